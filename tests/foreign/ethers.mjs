// ethers v6, unmodified, against a running development network: connect, balance, send, wait, call, logs over HTTP and
// WebSocket, and the refusals that ethers classifies. Usage: node ethers.mjs http://127.0.0.1:8006
import assert from 'node:assert/strict';
import { Contract, HDNodeWallet, JsonRpcProvider, NonceManager, WebSocketProvider, formatEther, parseEther } from 'ethers';

const url = process.argv[2];
const mnemonic = 'test test test test test test test test test test test junk';
const token = '0x0000000000000000000000000000000000001001';
const abi = [
  'function name() view returns (string)', 'function symbol() view returns (string)',
  'function decimals() view returns (uint8)', 'function totalSupply() view returns (uint256)',
  'function balanceOf(address) view returns (uint256)', 'function transfer(address,uint256) returns (bool)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
];
let checks = 0;
const holds = (what, value) => { assert.ok(value, what); checks++; };
const equal = (what, actual, expected) => { assert.deepEqual(actual, expected, what); checks++; };

// ethers keeps answers for 250 ms, in which this chain makes several blocks: as on any fast chain, that is turned off.
const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
const wallet = HDNodeWallet.fromPhrase(mnemonic, undefined, "m/44'/60'/0'/0/2").connect(provider);
const receiver = HDNodeWallet.createRandom().address;
equal('chain id', (await provider.getNetwork()).chainId, 7777n);
holds('the account is funded', (await provider.getBalance(wallet.address)) > parseEther('1'));

const sent = await wallet.sendTransaction({ to: receiver, value: parseEther('0.25') });
const receipt = await sent.wait();
equal('status', receipt.status, 1);
equal('gas', receipt.gasUsed, 21000n);
equal('balance', formatEther(await provider.getBalance(receiver)), '0.25');
equal('transaction', (await provider.getTransaction(sent.hash)).from, wallet.address);
const block = await provider.getBlock(receipt.blockNumber, true);
holds('the block lists it', block.prefetchedTransactions.some(t => t.hash === sent.hash));
equal('block by hash', (await provider.getBlock(block.hash)).number, block.number);
equal('nonce', await provider.getTransactionCount(wallet.address), sent.nonce + 1);

const coin = new Contract(token, abi, wallet);
equal('symbol', await coin.symbol(), 'AIT');
equal('decimals', await coin.decimals(), 18n);
equal('token balance is the coin', await coin.balanceOf(receiver), parseEther('0.25'));
const socket = new WebSocketProvider(url.replace('http', 'ws'));
const heard = new Promise(resolve => new Contract(token, abi, socket).on('Transfer', (from, to, value) => {
  if (to === receiver) resolve({ from, value });
}));
await socket.send('eth_blockNumber', []);
const moved = await (await coin.transfer(receiver, 5n)).wait();
equal('the log is decoded', coin.interface.parseLog(moved.logs[0]).args.value, 5n);
equal('the subscription tells it', (await heard).value, 5n);
const logs = await coin.queryFilter(coin.filters.Transfer(null, receiver), moved.blockNumber, 'latest');
equal('the filter finds it', logs.map(l => l.transactionHash), [moved.hash]);

const managed = new NonceManager(wallet);
const many = await Promise.all([...Array(20)].map(() => managed.sendTransaction({ to: receiver, value: 1n })));
for (const one of many) equal('one of twenty at once', (await one.wait()).status, 1);

const refused = async (what, code, act) => {
  try { await act(); } catch (e) { equal(what, e.code, code); return; }
  assert.fail(`${what}: not refused`);
};
await refused('more than it has', 'INSUFFICIENT_FUNDS', () => wallet.sendTransaction(
  { to: receiver, value: parseEther('1000000000000'), gasLimit: 21000n }));
await refused('a used nonce', 'NONCE_EXPIRED', () => wallet.sendTransaction({ to: receiver, value: 1n, nonce: 0 }));
await refused('a call that reverts', 'CALL_EXCEPTION', () => coin.transfer.staticCall(receiver, parseEther('1000000000000')));
await socket.destroy();
provider.destroy();
console.log(`ethers: ${checks} checks hold`);
