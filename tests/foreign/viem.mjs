// viem, unmodified, against a running development network: connect, read, estimate, send every type, wait, call, typed data
// that moves coins, logs and heads over WebSocket, filters over HTTP, batches, and the refusals that viem classifies.
// Usage: node viem.mjs http://127.0.0.1:8006
import assert from 'node:assert/strict';
import {
  ExecutionRevertedError, FeeCapTooLowError, InsufficientFundsError, IntrinsicGasTooLowError, NonceTooLowError,
  createPublicClient, createWalletClient, decodeEventLog, erc20Abi, http,
  parseAbi, parseAbiItem, parseEther, parseEventLogs, toHex, webSocket, zeroHash,
} from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { Checks, account as accountOf, chainOf, multicall3, token, until } from './checks.mjs';

const url = process.argv[2];
const checks = new Checks('viem');
const chain = chainOf(url);
const account = accountOf(3);
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const listener = createPublicClient({ chain, transport: webSocket(url.replace('http', 'ws')) });
const writer = createWalletClient({ account, chain, transport: http(url) });
const receiver = privateKeyToAddress(generatePrivateKey());
const wait = async hash => reader.waitForTransactionReceipt({ hash: await hash });

checks.equal('chain id', await reader.getChainId(), 7777);
checks.holds('the account is funded', (await reader.getBalance({ address: account.address })) > parseEther('1'));
const fees = await reader.estimateFeesPerGas();
checks.holds('fees are estimated', fees.maxFeePerGas >= fees.maxPriorityFeePerGas);
const history = await reader.getFeeHistory({ blockCount: 4, rewardPercentiles: [25, 75] });
checks.equal('fee history', history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
checks.equal('estimate', await reader.estimateGas({ account, to: receiver, value: 1n }), 21000n);

// The transport's own subscribe resolves when the subscription stands; watchBlocks does not say when.
const subscribed = async params => {
  const heard = [];
  let tell;
  const first = new Promise(resolve => { tell = resolve; });
  const { unsubscribe } = await listener.transport.subscribe({
    params, onData: data => { heard.push(data.result); tell(data.result); }, onError: assert.fail,
  });
  return { first, heard, unsubscribe };
};
const heads = await subscribed(['newHeads']);
const transfers = await subscribed(['logs', { address: token }]);
const waiting = await subscribed(['newPendingTransactions']);
const hash = await writer.sendTransaction({ to: receiver, value: parseEther('0.5') });
const receipt = await wait(hash);
checks.equal('status', receipt.status, 'success');
checks.equal('balance', await reader.getBalance({ address: receiver }), parseEther('0.5'));
checks.equal('transaction', (await reader.getTransaction({ hash })).value, parseEther('0.5'));
checks.holds('new heads arrive', BigInt((await heads.first).number) >= 1n);
checks.equal('the pool tells of it', await waiting.first, hash);
checks.equal('block', (await reader.getBlock({ blockHash: receipt.blockHash })).number, receipt.blockNumber);
checks.equal('confirmations', (await reader.getTransactionConfirmations({ hash })) >= 1n, true);
for (const blockTag of ['latest', 'safe', 'finalized', 'pending'])
  checks.holds(blockTag, (await reader.getBlock({ blockTag, includeTransactions: true })).hash);

checks.equal('symbol', await reader.readContract({ address: token, abi: erc20Abi, functionName: 'symbol' }), 'AIT');
const { request } = await reader.simulateContract(
  { account, address: token, abi: erc20Abi, functionName: 'transfer', args: [receiver, 7n] });
const moved = await wait(writer.writeContract(request));
const log = await transfers.first;
checks.equal('the event arrives', decodeEventLog({ abi: erc20Abi, data: log.data, topics: log.topics }).args.value, 7n);
checks.equal('the receipt has it', parseEventLogs({ abi: erc20Abi, logs: moved.logs })[0].args.to, receiver);
const logs = await reader.getContractEvents(
  { address: token, abi: erc20Abi, eventName: 'Transfer', args: { to: receiver }, fromBlock: moved.blockNumber });
checks.equal('the filter finds it', logs.map(l => l.transactionHash), [moved.transactionHash]);
checks.equal('no code at an account', await reader.getCode({ address: receiver }), undefined);
for (const s of [heads, transfers, waiting]) await s.unsubscribe();
const silent = [heads, transfers, waiting].map(s => s.heard.length);

const types = {
  legacy: {}, eip1559: {}, eip2930: { accessList: [{ address: token, storageKeys: [zeroHash] }] },
};
for (const [type, more] of Object.entries(types))
  checks.equal(type, (await wait(writer.sendTransaction({ to: receiver, value: 1n, type, ...more }))).type, type);
checks.equal('after unsubscribing nothing comes', [heads, transfers, waiting].map(s => s.heard.length), silent);

// Filters over HTTP, polled and removed.
const blockFilter = await reader.createBlockFilter();
const poolFilter = await reader.createPendingTransactionFilter();
const eventFilter = await reader.createContractEventFilter({ address: token, abi: erc20Abi, eventName: 'Transfer', args: { to: receiver } });
const filtered = await wait(writer.writeContract({ ...request, args: [receiver, 8n] }));
checks.holds('a block filter', (await reader.getFilterChanges({ filter: blockFilter })).includes(filtered.blockHash));
checks.equal('a pool filter', await reader.getFilterChanges({ filter: poolFilter }), [filtered.transactionHash]);
checks.equal('an event filter', (await reader.getFilterChanges({ filter: eventFilter })).map(l => l.args.value), [8n]);
checks.equal('nothing new', await reader.getFilterChanges({ filter: eventFilter }), []);
checks.equal('all of a filter', (await reader.getFilterLogs({ filter: eventFilter })).length > 0, true);
for (const filter of [blockFilter, poolFilter, eventFilter]) checks.equal('removed', await reader.uninstallFilter({ filter }), true);
checks.equal('removed twice', await reader.uninstallFilter({ filter: eventFilter }), false);
const seen = [];
const unwatch = reader.watchEvent({
  address: token, event: parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)'),
  args: { to: receiver }, poll: true, onLogs: l => seen.push(...l),
});
for (let i = 0; i < 40 && seen.length === 0; i++) await wait(writer.writeContract({ ...request, args: [receiver, 9n] }));
await until('a polled event', () => seen.length > 0);
unwatch();
checks.equal('watched by polling', seen[0].args.value, 9n);

// A batch: viem puts what is asked in one turn into one request.
const batching = createPublicClient({ chain, transport: http(url, { batch: true }) });
const [id, height, ...balances] = await Promise.all([
  batching.getChainId(), batching.getBlockNumber(),
  ...Array.from({ length: 20 }, () => batching.getBalance({ address: receiver })),
]);
checks.holds('batch', id === 7777 && height > 0n && new Set(balances).size === 1);

// Typed data that moves coins: the authorisation of EIP-3009 as x402 clients sign it, brought in by someone else.
const eip3009 = parseAbi([
  'function transferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce,bytes signature)',
  'function authorizationState(address authorizer,bytes32 nonce) view returns (bool)',
  'function permit(address owner,address spender,uint256 value,uint256 deadline,uint8 v,bytes32 r,bytes32 s)',
]);
const other = createWalletClient({ account: accountOf(1), chain, transport: http(url) });
// viem hands on the salt that EIP-5267 returns even where the fields say that it is not used, and would sign it.
const { domain: { salt, ...domain } } = await reader.getEip712Domain({ address: token });
checks.equal('no salt', BigInt(salt), 0n);
checks.equal('the domain is this chain and token', [domain.chainId, domain.verifyingContract.toLowerCase()], [7777, token]);
const message = {
  from: account.address, to: receiver, value: 11n, validAfter: 0n, validBefore: 2n ** 40n, nonce: toHex(1n, { size: 32 }),
};
const signature = await account.signTypedData({
  domain, message, primaryType: 'TransferWithAuthorization',
  types: {
    TransferWithAuthorization: [
      { name: 'from', type: 'address' }, { name: 'to', type: 'address' }, { name: 'value', type: 'uint256' },
      { name: 'validAfter', type: 'uint256' }, { name: 'validBefore', type: 'uint256' }, { name: 'nonce', type: 'bytes32' },
    ],
  },
});
const before = await reader.getBalance({ address: receiver });
const authorised = { address: token, abi: eip3009, functionName: 'transferWithAuthorization', args: [...Object.values(message), signature] };
checks.equal('an authorisation is taken', (await wait(other.writeContract(authorised))).status, 'success');
checks.equal('and moves the coins', (await reader.getBalance({ address: receiver })) - before, 11n);
checks.equal('once', await reader.readContract(
  { address: token, abi: eip3009, functionName: 'authorizationState', args: [account.address, message.nonce] }), true);
await checks.refused('a second time', () => reader.simulateContract({ ...authorised, account: accountOf(1) }),
  e => e.message.includes('authorization is used or canceled'));

if (await reader.getCode({ address: multicall3 })) {
  const withMulticall = createPublicClient({
    chain: { ...chain, contracts: { multicall3: { address: multicall3 } } }, transport: http(url), batch: { multicall: true },
  });
  const read = (functionName, args) => ({ address: token, abi: erc20Abi, functionName, args });
  checks.equal('multicall', await withMulticall.multicall({
    allowFailure: false, contracts: [read('symbol'), read('decimals'), read('balanceOf', [receiver])],
  }), ['AIT', 18, before + 11n]);
  const [good, bad] = await withMulticall.multicall(
    { contracts: [read('symbol'), read('transfer', ['0x0000000000000000000000000000000000000000', 1n])] });
  checks.equal('multicall with one failure', [good.status, bad.status], ['success', 'failure']);
}

const prepared = await writer.prepareTransactionRequest({ to: receiver, value: 1n });
const synced = await writer.sendRawTransactionSync({ serializedTransaction: await account.signTransaction(prepared) });
checks.equal('sent and included in one call', synced.status, 'success');
checks.equal('with its final receipt', await reader.getTransactionReceipt({ hash: synced.transactionHash }), synced);

const is = kind => e => e.walk(c => c instanceof kind);
const refused = (what, kind, act) => checks.refused(what, act, is(kind));
await refused('more than it has', InsufficientFundsError, () => writer.sendTransaction(
  { to: receiver, value: parseEther('1000000000000'), gas: 21000n }));
await refused('a used nonce', NonceTooLowError, () => writer.sendTransaction({ to: receiver, value: 1n, nonce: 0 }));
await refused('too little gas', IntrinsicGasTooLowError, () => writer.sendTransaction({ to: receiver, value: 1n, gas: 20000n }));
await refused('a fee below the base fee', FeeCapTooLowError, () => writer.sendTransaction(
  { to: receiver, value: 1n, gas: 21000n, maxFeePerGas: 1n, maxPriorityFeePerGas: 1n }));
await refused('a call that reverts', ExecutionRevertedError, () => reader.call({ account, to: token, data: '0xdeadbeef' }));
await checks.refused('a call that reverts with a reason',
  () => reader.simulateContract({ ...request, args: [receiver, parseEther('1000000000000')] }),
  e => e.walk(c => c.reason)?.reason === 'ERC20: transfer amount exceeds balance');
await refused('an estimate that reverts', ExecutionRevertedError, () => reader.estimateContractGas(
  { ...request, args: [receiver, parseEther('1000000000000')] }));
await checks.refused('an unknown method', () => reader.request({ method: 'eth_nothing' }), e => e.code === -32601);
checks.equal('an unknown transaction', await reader.getTransactionReceipt({ hash: zeroHash }).catch(e => e.name),
  'TransactionReceiptNotFoundError');
(await listener.transport.getRpcClient()).close();
checks.end();
