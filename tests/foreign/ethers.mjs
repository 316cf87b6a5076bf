// ethers v6, unmodified, against a running development network: connect, balance, send every type, wait, call, logs and heads
// over HTTP and WebSocket, batches, a permit, and the refusals that ethers classifies.
// Usage: node ethers.mjs http://127.0.0.1:8006
import assert from 'node:assert/strict';
import {
  Contract, HDNodeWallet, JsonRpcProvider, NonceManager, Signature, WebSocketProvider, formatEther, parseEther,
} from 'ethers';
import { Checks, mnemonic, token, until } from './checks.mjs';

const url = process.argv[2];
const checks = new Checks('ethers');
const abi = [
  'function name() view returns (string)', 'function symbol() view returns (string)',
  'function decimals() view returns (uint8)', 'function totalSupply() view returns (uint256)',
  'function balanceOf(address) view returns (uint256)', 'function transfer(address,uint256) returns (bool)',
  'function allowance(address,address) view returns (uint256)', 'function nonces(address) view returns (uint256)',
  'function permit(address,address,uint256,uint256,uint8,bytes32,bytes32)',
  'function eip712Domain() view returns (bytes1,string name,string version,uint256 chainId,address verifyingContract,bytes32,uint256[])',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
];

// ethers keeps answers for 250 ms, in which this chain makes several blocks: as on any fast chain, that is turned off.
const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
const wallet = HDNodeWallet.fromPhrase(mnemonic, undefined, "m/44'/60'/0'/0/2").connect(provider);
const receiver = HDNodeWallet.createRandom().address;
checks.equal('chain id', (await provider.getNetwork()).chainId, 7777n);
checks.holds('the account is funded', (await provider.getBalance(wallet.address)) > parseEther('1'));
const fees = await provider.getFeeData();
checks.holds('fees', fees.gasPrice > 0n && fees.maxFeePerGas >= fees.maxPriorityFeePerGas);
checks.equal('estimate', await provider.estimateGas({ from: wallet.address, to: receiver, value: 1n }), 21000n);

const sent = await wallet.sendTransaction({ to: receiver, value: parseEther('0.25') });
const receipt = await sent.wait();
checks.equal('status', receipt.status, 1);
checks.equal('gas', receipt.gasUsed, 21000n);
checks.equal('balance', formatEther(await provider.getBalance(receiver)), '0.25');
checks.equal('transaction', (await provider.getTransaction(sent.hash)).from, wallet.address);
const block = await provider.getBlock(receipt.blockNumber, true);
checks.holds('the block lists it', block.prefetchedTransactions.some(t => t.hash === sent.hash));
checks.equal('block by hash', (await provider.getBlock(block.hash)).number, block.number);
checks.equal('nonce', await provider.getTransactionCount(wallet.address), sent.nonce + 1);
checks.equal('code', await provider.getCode(receiver), '0x');
checks.equal('storage', BigInt(await provider.getStorage(receiver, 0)), 0n);
for (const type of [0, 1, 2]) {
  const typed = await (await wallet.sendTransaction({ to: receiver, value: 1n, type })).wait();
  checks.equal(`type ${type}`, [typed.type, typed.status], [type, 1]);
}

const coin = new Contract(token, abi, wallet);
checks.equal('symbol', await coin.symbol(), 'AIT');
checks.equal('decimals', await coin.decimals(), 18n);
checks.equal('token balance is the coin', await coin.balanceOf(receiver), parseEther('0.25') + 3n);
const socket = new WebSocketProvider(url.replace('http', 'ws'));
const overSocket = new Contract(token, abi, socket);
const heard = [];
await overSocket.on('Transfer', (from, to, value) => { if (to === receiver) heard.push(value); });
const heights = [];
await socket.on('block', height => heights.push(height));
await socket.send('eth_blockNumber', []);
const moved = await (await coin.transfer(receiver, 5n)).wait();
checks.equal('the log is decoded', coin.interface.parseLog(moved.logs[0]).args.value, 5n);
await until('the subscription', () => heard.length > 0);
checks.equal('the subscription tells it', heard[0], 5n);
await until('a head', () => heights.length > 0);
await overSocket.removeAllListeners();
await socket.removeAllListeners();
await (await coin.transfer(receiver, 6n)).wait();
await socket.send('eth_blockNumber', []);
checks.equal('after unsubscribing nothing comes', heard, [5n]);
const logs = await coin.queryFilter(coin.filters.Transfer(null, receiver), moved.blockNumber, moved.blockNumber);
checks.equal('the filter finds it', logs.map(l => l.transactionHash), [moved.hash]);

// Over HTTP ethers makes a filter and polls it.
provider.pollingInterval = 50;
const polled = [];
await coin.on(coin.filters.Transfer(null, receiver), event => polled.push(event.args.value));
for (let i = 0; i < 40 && polled.length === 0; i++) await (await coin.transfer(receiver, 9n)).wait();
await until('a polled event', () => polled.length > 0);
checks.equal('watched by polling', polled[0], 9n);
await coin.removeAllListeners();

// A batch: what is asked in one turn goes into one request.
const many = await Promise.all(Array.from({ length: 30 }, () => provider.getBalance(receiver)));
checks.holds('batch', new Set(many).size === 1);

const managed = new NonceManager(wallet);
const burst = await Promise.all([...Array(20)].map(() => managed.sendTransaction({ to: receiver, value: 1n })));
for (const one of burst) checks.equal('one of twenty at once', (await one.wait()).status, 1);

// A permit, signed as typed data and brought in by its owner.
const { name, version, chainId, verifyingContract } = await coin.eip712Domain();
const permit = { owner: wallet.address, spender: receiver, value: 77n, nonce: await coin.nonces(wallet.address), deadline: 2n ** 40n };
const { v, r, s } = Signature.from(await wallet.signTypedData({ name, version, chainId, verifyingContract }, {
  Permit: [
    { name: 'owner', type: 'address' }, { name: 'spender', type: 'address' }, { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' }, { name: 'deadline', type: 'uint256' },
  ],
}, permit));
await (await coin.permit(permit.owner, permit.spender, permit.value, permit.deadline, v, r, s)).wait();
checks.equal('a permit allows', await coin.allowance(wallet.address, receiver), 77n);

const refused = (what, code, act, reason) => checks.refused(what, act, e => e.code === code && (!reason || e.reason === reason));
await refused('more than it has', 'INSUFFICIENT_FUNDS', () => wallet.sendTransaction(
  { to: receiver, value: parseEther('1000000000000'), gasLimit: 21000n }));
await refused('a used nonce', 'NONCE_EXPIRED', () => wallet.sendTransaction({ to: receiver, value: 1n, nonce: 0 }));
await refused('a call that reverts', 'CALL_EXCEPTION', () => coin.transfer.staticCall(receiver, parseEther('1000000000000')),
  'ERC20: transfer amount exceeds balance');
await refused('an estimate that reverts', 'CALL_EXCEPTION', () => coin.transfer.estimateGas(receiver, parseEther('1000000000000')),
  'ERC20: transfer amount exceeds balance');
const failed = await wallet.sendTransaction({
  to: token, gasLimit: 200_000n, data: coin.interface.encodeFunctionData('transfer', [receiver, parseEther('1000000000000')]),
});
await refused('a transaction that reverts', 'CALL_EXCEPTION', () => failed.wait());
const waiting = await wallet.getNonce() + 1;
await wallet.sendTransaction({ to: receiver, value: 1n, nonce: waiting, gasLimit: 21000n });
await refused('a replacement without a higher fee', 'REPLACEMENT_UNDERPRICED', () => wallet.sendTransaction(
  { to: receiver, value: 2n, nonce: waiting, gasLimit: 21000n }));
await refused('an unknown method', 'UNSUPPORTED_OPERATION', () => provider.send('eth_nothing', []));
const unprotected = await wallet.signTransaction({ type: 0, to: receiver, value: 1n, nonce: 0, gasLimit: 21000n, gasPrice: 1n, chainId: 0 });
await refused('a transaction without a chain id', 'UNSUPPORTED_OPERATION', () => provider.broadcastTransaction(unprotected));
await (await wallet.sendTransaction({ to: receiver, value: 1n, nonce: waiting - 1 })).wait();
assert.equal(await wallet.getNonce('latest') >= waiting, true);
await socket.destroy();
provider.destroy();
checks.end();
