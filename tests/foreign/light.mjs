// Two light clients against four validators: the sample in TypeScript and the command line. Both believe what is proved, and nothing of a
// node that changes one thing in its answers. Usage: node light.mjs http://127.0.0.1:8006 (scripts/acceptance/light-client starts it)
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createWalletClient, encodeFunctionData, erc20Abi, http, parseEther } from 'viem';
import { Checks, account, chainOf, result, token, until } from './checks.mjs';

const [url, ...others] = process.env.AITBC_NODES.split('\n');
const checks = new Checks('light');
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'aitbc-light-'));
const trust = join(folder, 'trust.json');
const to = '0x00000000000000000000000000000000000000aa';
const wallet = createWalletClient({ account: account(1), chain: chainOf(url), transport: http(url) });

const run = (file, ...args) => new Promise(done => execFile(
  file, args, { cwd: root, timeout: 60_000 }, (error, out, said) => done({ exit: error?.code ?? 0, out, said: said + out })));
const sample = (node, ...args) => run(process.execPath, join(root, 'samples/light-client/dist/main.js'), node, trust, ...args);
const cli = (node, ...args) => run(join(root, 'aitbc'), 'blockchain', ...args, '--node-url', node, '--json');
const final = hash => until(`receipt of ${hash}`, () => result(url, 'eth_getTransactionReceipt', [hash]));

// Somebody between: what the node answers to one method is changed by one function.
const lying = (node, method, change) => new Promise(listening => {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const question = JSON.parse(body);
    const answer = await (await fetch(node, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json();
    if (question.method === method) change(answer.result);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1', () => listening({ url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }));
});
// One bit of a byte counted from the end, so that lengths and forms stay as they are.
const flip = (hex, fromEnd) => {
  const at = hex.length - (2 * fromEnd);
  return hex.slice(0, at) + (parseInt(hex.slice(at, at + 2), 16) ^ 1).toString(16).padStart(2, '0') + hex.slice(at + 2);
};
const last = (list, fromEnd) => { list[list.length - 1] = flip(list[list.length - 1], fromEnd); };

try {
  await final(await wallet.sendTransaction({ to, value: 1n }));
  const trusted = await cli(url, 'trust', '--out', trust);
  checks.equal('the trust file is made', trusted.exit, 0);
  checks.holds('it names four validators', JSON.parse(readFileSync(trust)).validators.length > 4 * 32 * 2);
  await final(await wallet.sendTransaction({ to, value: parseEther('3') }));
  const transfer = await wallet.sendTransaction({
    to: token, data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, 5n] }),
  });
  const receipt = await final(transfer);
  const balance = 1n + parseEther('3') + 5n;

  // A validator that neither of them was told to trust.
  const node = others.at(-1);
  await until('the other validator has it', () => result(node, 'eth_getTransactionReceipt', [transfer]));
  const [header, proved, logs, verified] = await Promise.all([
    sample(node, 'header'), sample(node, 'account', to), sample(node, 'receipt', transfer),
    cli(node, 'verify', '--trust', trust, '--account', to, '--transaction', transfer),
  ]);
  checks.equal('the sample verifies the newest header', header.exit, 0);
  const seen = JSON.parse(header.out);
  checks.equal('of four validators', seen.validators, 4);
  checks.equal('it is the block that the node has', seen.hash,
    (await result(node, 'eth_getBlockByNumber', ['0x' + BigInt(seen.height).toString(16), false])).hash);
  checks.equal('the sample proves the balance', BigInt(JSON.parse(proved.out).balance), balance);
  const { succeeded, logs: events } = JSON.parse(logs.out);
  checks.holds('the sample proves that the transaction succeeded', succeeded);
  checks.equal('and its log', [events.length, events[0].address, events[0].topics, events[0].data],
    [1, receipt.logs[0].address, receipt.logs[0].topics, receipt.logs[0].data]);
  checks.equal('the command line verifies the same', verified.exit, 0);
  const said = JSON.parse(verified.out);
  checks.holds('its balance', JSON.stringify(said.account.balance).includes(String(balance)));
  checks.equal('its receipt', [said.receipt.succeeded, said.receipt.events], [true, 1]);

  const lies = [
    ['a state root', 'aitbc_getCommit', a => { a.header = flip(a.header, 400); }, ['header']],
    ['a signature', 'aitbc_getCommit', a => last(a.commit.signatures, 9), ['header']],
    ['a key of the set', 'aitbc_getCommit', a => { a.validators[0].consensusKey = flip(a.validators[0].consensusKey, 1); }, ['header']],
    ['a balance', 'eth_getProof', a => last(a.accountProof, 68), ['account', to]],
    ['an account that is not there', 'eth_getProof', a => { a.accountProof.pop(); }, ['account', to]],
    ['the outcome', 'aitbc_getReceiptProof', a => { a.receipt = a.receipt.replace(/^(0x02f9....)01/, '$180'); }, ['receipt', transfer]],
    ['a log', 'aitbc_getReceiptProof', a => { a.receipt = flip(a.receipt, 1); last(a.receiptProof, 1); }, ['receipt', transfer]],
  ];
  for (const [what, method, change, question] of lies) {
    const liar = await lying(node, method, change);
    const asked = { header: [], account: ['--account', to], receipt: ['--transaction', transfer] }[question[0]];
    const [first, second] = await Promise.all([
      sample(liar.url, ...question), cli(liar.url, 'verify', '--trust', trust, ...asked),
    ]);
    liar.close();
    checks.holds(`the sample refuses a lie about ${what}: ${first.said}`, first.exit === 1 && first.said.includes('not verified'));
    checks.holds(`the command line refuses a lie about ${what}: ${second.said}`, second.exit === 1 && second.said.includes('not_verified'));
  }
  checks.end();
} finally {
  rmSync(folder, { recursive: true });
}
