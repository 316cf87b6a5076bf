// Foundry's cast, unmodified, against a running development network: connect, read, estimate, call, send every type, wait,
// logs, storage, refusals. Usage: node cast.mjs http://127.0.0.1:8006
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { parseEther } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { Checks, account, foundry, mnemonic, result, token } from './checks.mjs';

const url = process.argv[2];
const checks = new Checks('cast');
const binary = foundry('cast');
const environment = { ...process.env, NO_COLOR: '1', FOUNDRY_DISABLE_NIGHTLY_WARNING: '1', ETH_RPC_URL: url };
const run = async (...args) => {
  const { stdout } = await promisify(execFile)(binary, args, { env: environment, timeout: 30_000 });
  return stdout.trim();
};
const json = async (...args) => JSON.parse(await run(...args, '--json'));
const me = account(4).address;
const signer = ['--mnemonic', mnemonic, '--mnemonic-index', '4'];
const receiver = privateKeyToAddress(generatePrivateKey());
const topic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

checks.equal('chain id', await run('chain-id'), '7777');
checks.holds('client', (await run('client')).startsWith('aitbc/'));
checks.equal('wallet address', await run('wallet', 'address', ...signer), me);
checks.holds('block number', Number(await run('block-number')) >= 0);
checks.holds('balance', BigInt(await run('balance', me)) > parseEther('1'));
checks.holds('gas price', BigInt(await run('gas-price')) > 0n);
checks.holds('base fee', BigInt(await run('base-fee')) > 0n);
checks.equal('no code at an account', await run('code', receiver), '0x');
checks.holds('code at the token', (await run('code', token)).length > 2);
checks.equal('symbol', await run('call', token, 'symbol()(string)'), '"AIT"');
checks.equal('decimals', await run('call', token, 'decimals()(uint8)'), '18');
checks.equal('estimate of a transfer', await run('estimate', '--from', me, receiver, '--value', '1'), '21000');
checks.holds('estimate of a call',
  Number(await run('estimate', '--from', me, token, 'transfer(address,uint256)', receiver, '1')) > 21000);

const nonce = Number(await run('nonce', me));
const kinds = [
  ['0x2', []],
  ['0x0', ['--legacy']],
  ['0x1', ['--legacy', '--access-list', JSON.stringify([{ address: token, storageKeys: [] }])]],
];
for (const [type, flags] of kinds) {
  const receipt = await json('send', ...signer, ...flags, receiver, '--value', '0.5ether');
  checks.equal(`status of type ${type}`, receipt.status, '0x1');
  checks.equal('type', receipt.type, type);
  const transaction = JSON.parse(await run('tx', receipt.transactionHash, '--json'));
  checks.equal('value', BigInt(transaction.value), parseEther('0.5'));
  checks.equal('receipt again', (await json('receipt', receipt.transactionHash)).blockHash, receipt.blockHash);
}
checks.equal('nonce', Number(await run('nonce', me)), nonce + kinds.length);
checks.equal('balance received', await run('balance', receiver, '--ether'), '1.500000000000000000');

const subscription = spawn(binary, ['logs', '--subscribe', '--address', token, topic, '--rpc-url', url.replace('http', 'ws')],
  { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
const heard = new Promise((resolve, reject) => {
  let text = '';
  subscription.stdout.on('data', data => { if ((text += data).includes('transactionHash')) resolve(text); });
  subscription.once('exit', code => reject(new Error(`cast logs --subscribe ended with ${code} before a log came`)));
});
// cast does not say when its subscription stands, so transfers are sent until it has heard of one.
let moved;
let told = false;
heard.then(() => { told = true; }, () => { told = true; });
for (let i = 0; i < 50 && !told; i++)
  moved = await json('send', ...signer, token, 'transfer(address,uint256)', receiver, '7');
checks.holds('a log over WebSocket', (await heard).includes(token.slice(2)));
subscription.removeAllListeners('exit').kill('SIGINT');
checks.equal('the log', moved.logs.length, 1);
const logs = await json('logs', '--from-block', String(Number(moved.blockNumber)), '--address', token,
  'Transfer(address indexed,address indexed,uint256)', me, receiver);
checks.equal('the filter finds it', logs.map(l => l.transactionHash), [moved.transactionHash]);
const block = await json('block', String(Number(moved.blockNumber)), '--full');
checks.holds('the block lists it', block.transactions.some(t => t.hash === moved.transactionHash));
checks.equal('the block by hash', (await json('block', block.hash)).number, block.number);
checks.equal('age in seconds', Number(await run('block', block.hash, '-f', 'timestamp')), Number(block.timestamp));
checks.equal('a slot', BigInt(await run('storage', token, '0x99')), 0n);

const raw = await run('mktx', ...signer, receiver, '--value', '1');
const published = JSON.parse(await run('publish', raw));
checks.equal('published', published.status, '0x1');
checks.equal('sent and included in one call', (await json('send', '--sync', ...signer, receiver, '--value', '1')).status, '0x1');
const after = `0x${(Number(await result(url, 'eth_getTransactionCount', [me, 'pending']))).toString(16)}`;
checks.equal('what is pending is counted', BigInt(after), BigInt(await run('nonce', me, '--block', 'pending')));

const says = text => failure => `${failure.stderr}${failure.stdout}`.toLowerCase().includes(text);
await checks.refused('more than it has', () => run('send', ...signer, receiver, '--value', '1000000000ether', '--gas-limit', '21000'),
  says('insufficient funds'));
await checks.refused('a used nonce', () => run('send', ...signer, receiver, '--value', '1', '--nonce', '0'), says('nonce too low'));
await checks.refused('a call that reverts',
  () => run('call', '--from', me, token, 'transfer(address,uint256)', receiver, '1000000000000000000000000000'),
  says('transfer amount exceeds balance'));
await checks.refused('an estimate that reverts',
  () => run('send', ...signer, token, 'transfer(address,uint256)', receiver, '1000000000000000000000000000'),
  says('transfer amount exceeds balance'));
await checks.refused('a contract', () => run('send', ...signer, '--gas-limit', '100000', '--create', '0x6001600155'), says('creation'));
checks.end();
