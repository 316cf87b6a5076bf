// The same requests and the same signed transactions to this node and to Foundry's anvil: whatever needs no EVM must be answered
// alike, to the value. Wanted differences are in anvil-differences.json, each with its reason: of some values only the form is
// compared, since they are each chain's own; the others must show, so that the list stays true. Usage: node anvil.mjs http://127.0.0.1:8006
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { keccak256, parseEther, parseGwei, toHex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import WebSocket from 'ws';
import { Checks, account, ask, foundry, mnemonic, post, result, until } from './checks.mjs';

const binary = foundry('anvil');
if (!existsSync(binary)) {
  console.log(`anvil: skipped: ${process.platform}-${process.arch} has no package of it`);
  process.exit(process.env.AITBC_CI ? 1 : 0);
}

const checks = new Checks('anvil');
const chainId = 7777;
const to = '0x00000000000000000000000000000000000000aa';
const price = parseGwei('10');
const tip = 1_000_000n;
// The tip is the cap: what is paid does not depend on the base fee, so both take the same to the last unit.
const fixed = { type: 'eip1559', maxFeePerGas: price, maxPriorityFeePerGas: price };
const differences = JSON.parse(readFileSync(new URL('anvil-differences.json', import.meta.url)));
const globs = differences.map(d => new RegExp(`^${d.at.replace(/[.[\]()|+?^$\\]/g, '\\$&').replaceAll('*', '.*')}$`));
const shown = new Set();
const unlisted = new Set();

/** What kind of value it is, if the value itself is the chain's own. */
function form(value) {
  if (value === null || typeof value !== 'string') return value === null ? 'null' : typeof value;
  if (/^0x[0-9a-f]{64}$/.test(value)) return 'hash';
  if (/^0x[0-9a-f]{40}$/.test(value)) return 'address';
  if (/^0x(0|[1-9a-f][0-9a-f]*)$/.test(value)) return 'quantity';
  return /^0x([0-9a-f]{2})*$/.test(value) ? `${(value.length - 2) / 2} bytes` : 'text';
}

function differ(at, ours, theirs) {
  const found = globs.findIndex(glob => glob.test(at));
  if (found < 0) {
    unlisted.add(`${at}: ${JSON.stringify(ours)?.slice(0, 160)} here, ${JSON.stringify(theirs)?.slice(0, 160)} at anvil`);
    return;
  }
  shown.add(found);
  if (differences[found].compare !== 'form' || form(ours) === form(theirs)) return;
  unlisted.add(`${at}: ${form(ours)} (${ours}) here, ${form(theirs)} (${theirs}) at anvil`);
}

function compare(at, ours, theirs) {
  const isObject = value => value !== null && typeof value === 'object';
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length)
    ours.forEach((item, i) => compare(`${at}[]`, item, theirs[i]));
  else if (isObject(ours) && isObject(theirs) && !Array.isArray(ours) && !Array.isArray(theirs))
    for (const member of new Set([...Object.keys(ours), ...Object.keys(theirs)]))
      compare(`${at}.${member}`, ours[member], theirs[member]);
  else if (JSON.stringify(ours) !== JSON.stringify(theirs)) differ(at, ours, theirs);
  checks.count++;
}

const anvil = spawn(binary, ['--port', '0', '--chain-id', `${chainId}`, '--hardfork', 'london', '--mnemonic', mnemonic,
  '--gas-limit', '300000000', '--base-fee', '1000000000'], { stdio: ['ignore', 'pipe', 'inherit'] });
const theirUrl = await new Promise((resolve, reject) => {
  anvil.once('exit', code => reject(new Error(`anvil ended with ${code}`)));
  createInterface({ input: anvil.stdout }).on('line', line => {
    const listening = /^Listening on (.*)$/.exec(line);
    if (listening) resolve(`http://${listening[1]}`);
  });
});

try {
  await run([process.argv[2], theirUrl]);
} finally {
  anvil.removeAllListeners('exit');
  anvil.kill();
}

for (const difference of unlisted) console.error(difference);
const unseen = differences.filter((d, i) => d.compare === 'nothing' && !shown.has(i)).map(d => d.at);
for (const at of unseen) console.error(`${at}: listed, but alike`);
checks.equal('differences that are not listed', [...unlisted].length, 0);
checks.equal('listed differences that do not show', unseen.length, 0);
checks.holds('each listed difference has its reason', differences.every(d => d.reason.length > 20));
checks.end();

async function run(nodes) {
  /** The same question to both; params may depend on the node. */
  const both = async (method, params = [], label = method) => {
    const answers = await Promise.all(nodes.map(node => ask(node, method, typeof params === 'function' ? params(node) : params)));
    // Words are compared as clients do it.
    for (const { error } of answers) if (error) error.message = error.message.toLowerCase();
    compare(label, answers[0], answers[1]);
    return answers;
  };
  const from = await funded(nodes);
  const other = await funded(nodes);
  await aboutTheNode(both);
  await aboutAccounts(both, nodes, from.address, 'before');
  const sent = await transfers(both, nodes, from, other);
  await aboutBlocks(both, nodes, sent);
  await aboutAccounts(both, nodes, from.address, 'after');
  await calls(both, from.address);
  await refusals(both, nodes, from);
  await waiting(both, nodes, from);
  await filters(both, nodes, from);
  await heads(nodes, from);
  await messages(nodes);
}

/** An account that both chains see for the first time, with the same coins. */
async function funded(nodes) {
  const fresh = privateKeyToAccount(generatePrivateKey());
  const bank = account(9);
  for (const node of nodes) {
    const nonce = Number(await result(node, 'eth_getTransactionCount', [bank.address, 'pending']));
    const raw = await bank.signTransaction({
      chainId, nonce, type: 'legacy', gas: 21_000n, gasPrice: parseGwei('10'), to: fresh.address, value: parseEther('5'),
    });
    await final(node, await result(node, 'eth_sendRawTransaction', [raw]));
  }
  return fresh;
}

function final(node, hash) {
  return until('a receipt', () => result(node, 'eth_getTransactionReceipt', [hash]));
}

async function aboutTheNode(both) {
  for (const method of ['eth_chainId', 'net_version', 'net_listening', 'eth_syncing', 'eth_accounts', 'eth_blockNumber',
    'eth_gasPrice', 'eth_maxPriorityFeePerGas', 'web3_clientVersion', 'txpool_status', 'txpool_content', 'txpool_inspect'])
    await both(method);
  for (const data of ['0x', '0x00', '0x68656c6c6f', toHex(new Uint8Array(300))]) await both('web3_sha3', [data]);
}

async function aboutAccounts(both, nodes, address, when) {
  const hashes = new Map();
  for (const node of nodes) hashes.set(node, (await result(node, 'eth_getBlockByNumber', ['latest', false])).hash);
  const tags = [() => [], () => ['latest'], () => ['pending'], () => ['safe'], () => ['finalized'], () => ['LATEST'],
    node => [{ blockHash: hashes.get(node) }], node => [{ blockHash: hashes.get(node), requireCanonical: true }]];
  for (const who of [address, '0x00000000000000000000000000000000000000ee', address.toUpperCase().replace('0X', '0x')]) {
    for (const [i, tag] of tags.entries()) {
      // What anvil does not read, or keeps back, has a label of its own.
      const label = method => method + ['/no tag', '', '', '/safe', '/finalized', '/upper case', '', ''][i];
      for (const method of ['eth_getBalance', 'eth_getTransactionCount', 'eth_getCode'])
        await both(method, node => [who, ...tag(node)], label(method));
      await both('eth_getStorageAt', node => [who, '0x0', ...tag(node)], label('eth_getStorageAt'));
    }
    await both('eth_getProof', [who, [keccak256('0x')], 'latest'], `eth_getProof/${when}`);
    await both('eth_getProof', [who, ['0x0'], 'latest'], 'eth_getProof/short key');
  }
}

async function transfers(both, nodes, from, other) {
  const accessList = [{ address: to, storageKeys: [keccak256('0x')] }, { address: from.address, storageKeys: [] }];
  const kinds = [
    { type: 'legacy', gasPrice: price, gas: 21_000n, value: 1n },
    { type: 'eip2930', gasPrice: price, gas: 50_000n, value: parseEther('0.25'), accessList },
    { ...fixed, gas: 21_000n, value: 0n },
    { ...fixed, gas: 60_000n, value: 3n, accessList, data: '0x00112233000000' },
    { ...fixed, gas: 21_000n, value: 7n, to: from.address },
    // Only this one pays what its block asks for, and so it comes from an account of its own.
    { type: 'eip1559', maxFeePerGas: price, maxPriorityFeePerGas: tip, gas: 21_000n, value: 5n, nonce: 0, by: other },
  ];
  const sent = [];
  for (const [i, { by = from, ...kind }] of kinds.entries()) {
    const raw = await by.signTransaction({ chainId, nonce: i, to, ...kind });
    const method = i % 2 === 0 ? 'eth_sendRawTransaction' : 'eth_sendRawTransactionSync';
    const label = by === other ? '/base fee' : '';
    await both(method, [raw], `${method}${label}`);
    const hash = keccak256(raw);
    for (const node of nodes) await final(node, hash);
    const receipts = (await both('eth_getTransactionReceipt', [hash], `eth_getTransactionReceipt${label}`)).map(a => a.result);
    for (const [at, node] of nodes.entries()) {
      if (by === from) continue;
      const { baseFeePerGas } = await result(node, 'eth_getBlockByHash', [receipts[at].blockHash, false]);
      checks.equal('base fee and tip are paid', BigInt(receipts[at].effectiveGasPrice), BigInt(baseFeePerGas) + tip);
    }
    await both('eth_getTransactionByHash', [hash], `eth_getTransactionByHash${label}`);
    sent.push({ hash, label, at: new Map(nodes.map((node, at) => [node, receipts[at]])) });
  }
  return sent;
}

async function aboutBlocks(both, nodes, sent) {
  for (const { label, at } of sent) {
    const number = node => at.get(node).blockNumber;
    const hash = node => at.get(node).blockHash;
    for (const full of [false, true]) {
      await both('eth_getBlockByNumber', node => [number(node), full], `eth_getBlockByNumber${label}`);
      await both('eth_getBlockByHash', node => [hash(node), full], `eth_getBlockByHash${label}`);
    }
    await both('eth_getBlockReceipts', node => [number(node)], `eth_getBlockReceipts${label}`);
    await both('eth_getBlockTransactionCountByNumber', node => [number(node)]);
    await both('eth_getBlockTransactionCountByHash', node => [hash(node)]);
    await both('eth_getUncleCountByBlockNumber', node => [number(node)]);
    await both('eth_getUncleCountByBlockHash', node => [hash(node)]);
    for (const index of ['0x0', '0x1']) {
      await both('eth_getTransactionByBlockNumberAndIndex', node => [number(node), index],
        `eth_getTransactionByBlockNumberAndIndex${label}`);
      await both('eth_getTransactionByBlockHashAndIndex', node => [hash(node), index],
        `eth_getTransactionByBlockHashAndIndex${label}`);
    }
    await both('eth_getLogs', node => [{ fromBlock: number(node), toBlock: number(node) }]);
    await both('eth_getLogs', node => [{ blockHash: hash(node), address: to, topics: [null, [keccak256('0x')]] }]);
    for (const percentiles of [undefined, [], [0, 50, 100]])
      await both('eth_feeHistory', node => ['0x2', number(node), ...(percentiles ? [percentiles] : [])], `eth_feeHistory${label}`);
  }
  const unknown = keccak256('0x1234');
  for (const method of ['eth_getTransactionByHash', 'eth_getTransactionReceipt', 'eth_getBlockTransactionCountByHash',
    'eth_getUncleCountByBlockHash']) await both(method, [unknown], `${method}/unknown`);
  await both('eth_getBlockByHash', [unknown, true], 'eth_getBlockByHash/unknown');
  for (const method of ['eth_getBlockReceipts', 'eth_getBlockTransactionCountByNumber', 'eth_getUncleCountByBlockNumber'])
    await both(method, ['0xffffff'], `${method}/unknown`);
  await both('eth_getBlockByNumber', ['0xffffff', false], 'eth_getBlockByNumber/unknown');
  await both('eth_getTransactionByBlockHashAndIndex', [unknown, '0x0'], 'eth_getTransactionByBlockHashAndIndex/unknown');
  await both('eth_getTransactionByBlockNumberAndIndex', ['0xffffff', '0x0'], 'eth_getTransactionByBlockNumberAndIndex/unknown');
}

async function calls(both, from) {
  const accessList = [{ address: to, storageKeys: [keccak256('0x'), keccak256('0x00')] }];
  for (const call of [{ from, to, value: '0x1' }, { from, to, data: '0x0011ff' }, { from, to, input: '0x0011ff' },
    { from, to, input: '0x00', data: '0x00' }, { to }, { from, to, accessList }, { from, to, gasPrice: toHex(price) },
    { from, to, maxFeePerGas: toHex(price), maxPriorityFeePerGas: '0x1' }, { from, to, gas: '0xc350', value: '0x5' }]) {
    await both('eth_call', [call, 'latest']);
    await both('eth_estimateGas', [call, 'latest']);
  }
  await both('eth_createAccessList', [{ from, to, value: '0x1' }, 'latest']);
  const rich = { [to]: { balance: toHex(parseEther('1')) } };
  await both('eth_call', [{ from: to, to: from, value: '0x1' }, 'latest', rich]);
  await both('eth_estimateGas', [{ from: to, to: from, value: '0x1' }, 'latest', rich]);
}

async function refusals(both, nodes, from) {
  const nonce = Number(await result(nodes[0], 'eth_getTransactionCount', [from.address, 'latest']));
  const sign = tx => from.signTransaction({ chainId, nonce, gas: 21_000n, to, value: 1n, ...fixed, ...tx });
  const poor = privateKeyToAccount(generatePrivateKey());
  const transactions = {
    'nonce used': await sign({ nonce: 0, value: 2n }),
    'same again': await from.signTransaction({ chainId, nonce: 0, type: 'legacy', gasPrice: price, gas: 21_000n, value: 1n, to }),
    balance: await sign({ value: parseEther('500') }),
    'no account': await poor.signTransaction({ chainId, nonce: 0, gas: 21_000n, to, value: 1n, ...fixed }),
    'intrinsic gas': await sign({ gas: 20_999n }),
    'block gas': await sign({ gas: 300_000_001n }),
    'low fee': await sign({ maxFeePerGas: 1n, maxPriorityFeePerGas: 1n }),
    'other chain': await sign({ chainId: 1 }),
    'unknown type': '0x7fc0',
    'no transaction': '0x02c180',
    empty: '0x',
    'odd digits': '0x123',
  };
  for (const [what, raw] of Object.entries(transactions)) await both('eth_sendRawTransaction', [raw], `refused/${what}`);
  const overdrawn = { from: poor.address, to, value: '0x1' };
  await both('eth_call', [overdrawn, 'latest'], 'refused/call without coins');
  await both('eth_estimateGas', [overdrawn, 'latest'], 'refused/estimate without coins');
  for (const [method, params] of [['eth_nothing', []], ['eth_getBalance', []], ['eth_getBalance', ['0x12', 'latest']],
    ['eth_getBalance', [to, 'newest']], ['eth_getBlockByNumber', ['0xzz', false]], ['eth_getTransactionByHash', ['0x12']],
    ['eth_getTransactionReceipt', []], ['eth_call', ['0x']], ['eth_getStorageAt', [to, 'x', 'latest']],
    ['eth_getBalance', [to, '0xffffff']], ['eth_getBalance', [to, { blockHash: keccak256('0x55') }]],
    ['eth_getFilterChanges', ['0x1']], ['eth_getFilterLogs', ['0x1']], ['eth_uninstallFilter', ['0x1']],
    ['eth_getLogs', [{ fromBlock: '0x2', toBlock: '0x1' }]], ['eth_feeHistory', ['0x1', '0xffffff', []]],
    ['eth_call', [{ to, input: '0x00', data: '0x01' }, 'latest']], ['eth_getProof', [to, 'x', 'latest']]])
    await both(method, params, `wrong/${method} ${JSON.stringify(params).slice(0, 60)}`);
}

async function waiting(both, nodes, from) {
  const nonce = Number(await result(nodes[0], 'eth_getTransactionCount', [from.address, 'latest'])) + 3;
  const raw = await from.signTransaction({ chainId, nonce, gas: 21_000n, to, value: 1n, ...fixed });
  await both('eth_sendRawTransaction', [raw], 'waiting/send');
  await both('eth_sendRawTransaction', [raw], 'waiting/same again');
  const cheap = await from.signTransaction({ chainId, nonce, gas: 21_000n, to, value: 2n, ...fixed });
  await both('eth_sendRawTransaction', [cheap], 'waiting/fee bump missing');
  await both('eth_getTransactionByHash', [keccak256(raw)], 'waiting/eth_getTransactionByHash');
  await both('eth_getTransactionReceipt', [keccak256(raw)], 'waiting/eth_getTransactionReceipt');
  await both('eth_getTransactionCount', [from.address, 'pending'], 'waiting/eth_getTransactionCount');
  for (const method of ['txpool_status', 'txpool_content', 'txpool_inspect']) await both(method, [], `waiting/${method}`);
  const bump = { type: 'eip1559', maxFeePerGas: 2n * price, maxPriorityFeePerGas: 2n * price };
  const better = await from.signTransaction({ chainId, nonce, gas: 21_000n, to, value: 2n, ...bump });
  await both('eth_sendRawTransaction', [better], 'waiting/replacement');
  await both('eth_getTransactionByHash', [keccak256(raw)], 'waiting/replaced');
  // Whoever closes the gap frees it; all are final afterwards on both.
  for (let next = nonce - 3; next < nonce; next++)
    await both('eth_sendRawTransaction', [await from.signTransaction({ chainId, nonce: next, gas: 21_000n, to, value: 1n, ...fixed })]);
  for (const node of nodes) await final(node, keccak256(better));
  await both('eth_getTransactionCount', [from.address, 'pending']);
  await both('eth_getBalance', [from.address, 'latest']);
}

async function next(nodes, from) {
  const nonce = Number(await result(nodes[0], 'eth_getTransactionCount', [from.address, 'latest']));
  const raw = await from.signTransaction({ chainId, nonce, gas: 21_000n, to, value: 1n, ...fixed });
  for (const node of nodes) await final(node, await result(node, 'eth_sendRawTransaction', [raw]));
  return keccak256(raw);
}

async function filters(both, nodes, from) {
  for (const [method, params] of [['eth_newBlockFilter', []], ['eth_newPendingTransactionFilter', []],
    ['eth_newFilter', [{ fromBlock: 'latest', address: to }]]]) {
    const ids = (await both(method, params)).map(a => a.result);
    const id = node => [ids[nodes.indexOf(node)]];
    await both('eth_getFilterChanges', id, `filters/${method} before`);
    const hash = await next(nodes, from);
    const [heard] = await both('eth_getFilterChanges', id, `filters/${method} after`);
    if (method === 'eth_newPendingTransactionFilter') checks.equal('the filter tells of it', heard.result, [hash]);
    await both('eth_getFilterChanges', id, `filters/${method} again`);
    if (method === 'eth_newFilter') await both('eth_getFilterLogs', id);
    await both('eth_uninstallFilter', id);
    await both('eth_uninstallFilter', id);
  }
}

async function heads(nodes, from) {
  const heard = await Promise.all(nodes.map(async node => {
    const socket = new WebSocket(node.replace('http', 'ws'));
    const messages = [];
    socket.on('message', text => messages.push(JSON.parse(text)));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    for (const [id, kind] of ['newHeads', 'newPendingTransactions'].entries())
      socket.send(JSON.stringify({ id, jsonrpc: '2.0', method: 'eth_subscribe', params: [kind] }));
    await until('both subscriptions', () => messages.length >= 2);
    return { socket, messages };
  }));
  await next(nodes, from);
  const told = [];
  for (const { socket, messages } of heard) {
    const event = id => messages.find(m => m.method && m.params.subscription === messages.find(a => a.id === id).result);
    await until('both events', () => event(0) && event(1));
    told.push([event(0), event(1)]);
    socket.close();
  }
  compare('newHeads', told[0][0], told[1][0]);
  compare('newPendingTransactions', told[0][1], told[1][1]);
}

async function messages(nodes) {
  const chain = id => ({ jsonrpc: '2.0', id, method: 'eth_chainId', params: [] });
  for (const [what, body] of Object.entries({
    batch: [chain(1), chain('two')], 'id of text': chain('x'), 'id of zero': chain(0), 'absent params': { jsonrpc: '2.0', id: 1, method: 'eth_chainId' },
    'batch with an unknown method': [chain(1), { jsonrpc: '2.0', id: 2, method: 'eth_nothing' }], 'empty batch': [],
    'no JSON': '{', 'no request': '{}', 'params by name': { ...chain(1), method: 'eth_getBalance', params: { address: to } },
  })) {
    const answers = await Promise.all(nodes.map(node => post(node, body)));
    for (const answer of answers) {
      for (const one of [answer].flat()) if (one?.error) one.error.message = one.error.message.toLowerCase();
      if (Array.isArray(answer)) answer.sort((a, b) => `${a.id}` < `${b.id}` ? -1 : 1);
    }
    compare(`message/${what}`, ...answers);
  }
}
