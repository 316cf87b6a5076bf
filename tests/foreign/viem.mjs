// viem, unmodified, against a running development network: connect, balance, send, wait, call, logs over HTTP and
// WebSocket, and the refusals that viem classifies. Usage: node viem.mjs http://127.0.0.1:8006
import assert from 'node:assert/strict';
import {
  ExecutionRevertedError, InsufficientFundsError, NonceTooLowError, createPublicClient, createWalletClient, decodeEventLog,
  defineChain, erc20Abi, http, parseEther, webSocket,
} from 'viem';
import { generatePrivateKey, mnemonicToAccount, privateKeyToAddress } from 'viem/accounts';

const url = process.argv[2];
const token = '0x0000000000000000000000000000000000001001';
const chain = defineChain({
  id: 7777, name: 'ait-devnet', nativeCurrency: { name: 'AIT', symbol: 'AIT', decimals: 18 },
  rpcUrls: { default: { http: [url] } },
});
const account = mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex: 3 });
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const listener = createPublicClient({ chain, transport: webSocket(url.replace('http', 'ws')) });
const writer = createWalletClient({ account, chain, transport: http(url) });
const receiver = privateKeyToAddress(generatePrivateKey());
let checks = 0;
const holds = (what, value) => { assert.ok(value, what); checks++; };
const equal = (what, actual, expected) => { assert.deepEqual(actual, expected, what); checks++; };

equal('chain id', await reader.getChainId(), 7777);
holds('the account is funded', (await reader.getBalance({ address: account.address })) > parseEther('1'));
const fees = await reader.estimateFeesPerGas();
holds('fees are estimated', fees.maxFeePerGas >= fees.maxPriorityFeePerGas);

// The transport's own subscribe resolves when the subscription stands; watchBlocks does not say when.
const subscribed = async params => {
  let tell;
  const first = new Promise(resolve => { tell = resolve; });
  await listener.transport.subscribe({ params, onData: data => tell(data.result), onError: assert.fail });
  return { first };
};
const heads = await subscribed(['newHeads']);
const transfers = await subscribed(['logs', { address: token }]);
const hash = await writer.sendTransaction({ to: receiver, value: parseEther('0.5') });
const receipt = await reader.waitForTransactionReceipt({ hash });
equal('status', receipt.status, 'success');
equal('balance', await reader.getBalance({ address: receiver }), parseEther('0.5'));
equal('transaction', (await reader.getTransaction({ hash })).value, parseEther('0.5'));
holds('new heads arrive', BigInt((await heads.first).number) >= 1n);
equal('block', (await reader.getBlock({ blockHash: receipt.blockHash })).number, receipt.blockNumber);

equal('symbol', await reader.readContract({ address: token, abi: erc20Abi, functionName: 'symbol' }), 'AIT');
const { request } = await reader.simulateContract(
  { account, address: token, abi: erc20Abi, functionName: 'transfer', args: [receiver, 7n] });
const moved = await reader.waitForTransactionReceipt({ hash: await writer.writeContract(request) });
const log = await transfers.first;
equal('the event arrives', decodeEventLog({ abi: erc20Abi, data: log.data, topics: log.topics }).args.value, 7n);
const logs = await reader.getContractEvents(
  { address: token, abi: erc20Abi, eventName: 'Transfer', args: { to: receiver }, fromBlock: moved.blockNumber });
equal('the filter finds it', logs.map(l => l.transactionHash), [moved.transactionHash]);
equal('no code at an account', await reader.getCode({ address: receiver }), undefined);
const legacy = await writer.sendTransaction({ to: receiver, value: 1n, type: 'legacy' });
equal('legacy', (await reader.waitForTransactionReceipt({ hash: legacy })).type, 'legacy');
const listed = await writer.sendTransaction(
  { to: receiver, value: 1n, accessList: [{ address: token, storageKeys: [] }], type: 'eip2930' });
equal('eip2930', (await reader.waitForTransactionReceipt({ hash: listed })).type, 'eip2930');

const refused = async (what, kind, act) => {
  try { await act(); } catch (e) { holds(`${what}: ${e.name} ${e.shortMessage}`, e.walk(c => c instanceof kind)); return; }
  assert.fail(`${what}: not refused`);
};
await refused('more than it has', InsufficientFundsError, () => writer.sendTransaction(
  { to: receiver, value: parseEther('1000000000000'), gas: 21000n }));
await refused('a used nonce', NonceTooLowError, () => writer.sendTransaction({ to: receiver, value: 1n, nonce: 0 }));
await refused('a call that reverts', ExecutionRevertedError, () => reader.call(
  { account, to: token, data: '0xdeadbeef' }));
console.log(`viem: ${checks} checks hold`);
process.exit(0);
