// Every answer of every method that specs/rpc.md names, against the result schemas of ethereum/execution-apis, strictly: no
// unknown member anywhere. Usage: node openrpc.mjs http://127.0.0.1:8006
import Ajv from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import WebSocket from 'ws';
import { encodeFunctionData, erc20Abi, keccak256, parseEther } from 'viem';
import { Checks, account, chainOf, post, result, token, until } from './checks.mjs';

const url = process.argv[2];
const checks = new Checks('openrpc');
const here = name => new URL(name, import.meta.url);
const { methods, components } = JSON.parse(readFileSync(here('openrpc.json')));
const ref = name => ({ $ref: `#/components/schemas/${name}` });

// What the document leaves open is closed here: a transaction has no member that none of its schemas names.
components.schemas.TransactionInfo.unevaluatedProperties = false;
// Nothing at all is a list of hashes and a list of logs: one of them is enough.
components.schemas.FilterResults = { anyOf: components.schemas.FilterResults.oneOf };
for (const method of ['eth_getLogs', 'eth_getFilterLogs']) methods[method] = { type: 'array', items: ref('Log') };
// A transaction that waits: as TransactionInfo, with the members that only a block gives being null.
const ofBlock = ['blockHash', 'blockNumber', 'blockTimestamp', 'transactionIndex'];
components.schemas.Waiting = {
  allOf: [
    {
      required: ['blockHash', 'blockNumber', 'from', 'hash', 'transactionIndex'],
      properties: { from: ref('address'), hash: ref('hash32'), ...Object.fromEntries(ofBlock.map(m => [m, { type: 'null' }])) },
    },
    ref('TransactionSigned'),
  ],
  unevaluatedProperties: false,
};
// What a subscriber of heads gets: a block without its transactions and what only they give.
const { transactions, uncles, size, withdrawals, ...header } = components.schemas.Block.properties;
components.schemas.Head = {
  type: 'object', additionalProperties: false, properties: header,
  required: components.schemas.Block.required.filter(m => m in header),
};

// Methods that the document does not know.
const own = {
  txpool_contentFrom: {
    type: 'object', required: ['pending', 'queued'], additionalProperties: { type: 'object', additionalProperties: ref('Waiting') },
  },
  eth_sendRawTransactionSync: ref('ReceiptInfo'),
  eth_fillTransaction: {
    type: 'object', required: ['raw', 'tx'], properties: { raw: ref('bytes'), tx: { type: 'object' } }, additionalProperties: false,
  },
  eth_createAccessList: {
    type: 'object', required: ['accessList', 'gasUsed'], additionalProperties: false,
    properties: { accessList: ref('AccessList'), gasUsed: ref('uint'), error: { type: 'string' } },
  },
  eth_coinbase: ref('address'), net_listening: { type: 'boolean' }, net_peerCount: ref('uint'), web3_sha3: ref('hash32'),
  rpc_modules: { type: 'object', additionalProperties: { type: 'string' } },
  eth_protocolVersion: ref('uint'), txpool_inspect: { type: 'object' },
  aitbc_getReceiptProof: { type: ['object', 'null'], required: ['receipt', 'receiptProof', 'transaction', 'transactionProof'] },
  aitbc_runtime: { type: 'object', required: ['residentBytes', 'heapBytes', 'collections'] },
  aitbc_getCommit: { type: ['object', 'null'], required: ['height', 'header', 'consensusFields', 'commit', 'validators'] },
  aitbc_validators: { type: ['object', 'null'], required: ['height', 'validatorsHash', 'quorumWeight', 'validators'] },
  aitbc_peers: { type: 'array', items: { type: 'object', required: ['id', 'address'] } },
  aitbc_consensus: { type: 'object', required: ['mode', 'height'] },
  aitbc_status: { type: 'object' }, aitbc_transactionStatus: { type: 'object', required: ['status'] },
};
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true });
const rooted = schema => JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"doc#/$defs/'));
ajv.addSchema(rooted({ $id: 'doc', $defs: components.schemas }));
const compiled = new Map();
const validator = schema => {
  const key = JSON.stringify(schema);
  if (!compiled.has(key)) compiled.set(key, ajv.compile(rooted(schema)));
  return compiled.get(key);
};
const valid = (what, value, schema) => {
  const validate = validator(schema);
  checks.holds(`${what} = ${JSON.stringify(value)?.slice(0, 400)}: ${validate(value) ? '' : ajv.errorsText(validate.errors)}`,
    validate(value));
};
const schemaOf = method => methods[method] ?? own[method];
const asked = new Set();
const answers = async (method, params, schema) => {
  asked.add(method);
  const value = await result(url, method, params);
  checks.holds(`${method} has a schema`, schema ?? schemaOf(method));
  valid(`${method} ${JSON.stringify(params)}`, value, schema ?? schemaOf(method));
  return value;
};

// The methods that the specification of this node lists: `a`, `b{X,Y}` in the first column of its table.
const expand = name => name.includes('{')
  ? /\{(.*)\}/.exec(name)[1].split(',').map(part => name.replace(/\{.*\}/, part)) : [name];
const served = readFileSync(here('../../specs/rpc.md'), 'utf8').split('\n')
  .filter(line => /^\| `(web3|net|eth|txpool|aitbc|rpc|debug|admin)_/.test(line))
  .flatMap(line => [...line.split('|')[1].matchAll(/`((?:web3|net|eth|txpool|aitbc|rpc|debug|admin)_[A-Za-z{},]+)`/g)])
  .flatMap(match => expand(match[1]));
checks.holds('the specification lists methods', served.length >= 39);

// A block's worth of every kind: three types, a token transfer with its log, a call that is reverted.
const me = account(5);
const chain = chainOf(url);
const nonce = Number(await result(url, 'eth_getTransactionCount', [me.address, 'pending']));
const fees = { maxFeePerGas: 10_000_000_000n, maxPriorityFeePerGas: 1_000_000n };
const to = account(6).address;
const transfer = amount => encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, amount] });
const sign = (offset, tx) => me.signTransaction({ chainId: chain.id, nonce: nonce + offset, gas: 300_000n, ...tx });
const raws = await Promise.all([
  sign(0, { to, value: 1n, type: 'legacy', gasPrice: 10_000_000_000n }),
  sign(1, { to, value: 1n, type: 'eip2930', gasPrice: 10_000_000_000n, accessList: [{ address: token, storageKeys: [keccak256('0x')] }] }),
  sign(2, { to, value: 1n, type: 'eip1559', ...fees }),
  sign(3, { to: token, data: transfer(3n), type: 'eip1559', ...fees }),
  sign(4, { to: token, data: transfer(parseEther('100000000')), type: 'eip1559', ...fees }),
]);
const logFilter = { address: token, fromBlock: '0x0' };
const filters = {
  logs: await answers('eth_newFilter', [logFilter]),
  blocks: await answers('eth_newBlockFilter'),
  waiting: await answers('eth_newPendingTransactionFilter'),
};
const socket = new WebSocket(url.replace('http', 'ws'));
await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
const events = { newHeads: [], logs: [], newPendingTransactions: [] };
const names = new Map();
let next = 1;
const replies = new Map();
socket.on('message', text => {
  const message = JSON.parse(text);
  if (message.method === 'eth_subscription') events[names.get(message.params.subscription)].push(message);
  else replies.get(message.id)(message);
});
const call = (method, params) => new Promise(resolve => {
  replies.set(next, resolve);
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: next++, method, params }));
});
for (const kind of Object.keys(events)) {
  asked.add('eth_subscribe');
  const id = (await call('eth_subscribe', kind === 'logs' ? [kind, { address: token }] : [kind])).result;
  valid('eth_subscribe', id, methods.eth_subscribe);
  names.set(id, kind);
}

const hashes = [];
for (const raw of raws) hashes.push(await answers('eth_sendRawTransaction', [raw]));
const receipts = [];
for (const hash of hashes)
  receipts.push(await until('receipt', () => result(url, 'eth_getTransactionReceipt', [hash])));
const statuses = receipts.map(r => r.status);
checks.equal('four succeed, one is reverted', statuses, ['0x1', '0x1', '0x1', '0x1', '0x0']);
const queued = await answers('eth_sendRawTransaction', [await sign(500, { to, value: 1n, type: 'eip1559', ...fees })]);

const { blockHash, blockNumber, transactionIndex } = receipts[3];
const unknown = keccak256('0x1234');
for (const hash of [...hashes, unknown]) {
  await answers('eth_getTransactionByHash', [hash]);
  await answers('eth_getTransactionReceipt', [hash]);
  await answers('aitbc_transactionStatus', [hash]);
  await answers('aitbc_getReceiptProof', [hash]);
}
await answers('eth_getTransactionByHash', [queued], ref('Waiting'));
for (const tag of ['latest', 'pending', 'safe', 'finalized', 'earliest', blockNumber, '0xffffff'])
  for (const full of [false, true]) await answers('eth_getBlockByNumber', [tag, full]);
for (const full of [false, true]) await answers('eth_getBlockByHash', [blockHash, full]);
await answers('eth_getBlockByHash', [unknown, false]);
for (const [kind, at, missing] of [['Number', blockNumber, '0xffffff'], ['Hash', blockHash, unknown]]) {
  for (const block of [at, missing]) {
    await answers(`eth_getBlockTransactionCountBy${kind}`, [block]);
    await answers(`eth_getUncleCountByBlock${kind}`, [block]);
    await answers(`eth_getTransactionByBlock${kind}AndIndex`, [block, transactionIndex]);
    await answers(`eth_getTransactionByBlock${kind}AndIndex`, [block, '0xffff']);
  }
}
for (const block of [blockNumber, blockHash, 'latest', '0xffffff']) await answers('eth_getBlockReceipts', [block]);
for (const method of ['web3_clientVersion', 'net_version', 'net_listening', 'eth_chainId', 'eth_syncing', 'eth_accounts',
  'eth_blockNumber', 'eth_gasPrice', 'eth_maxPriorityFeePerGas', 'aitbc_status', 'aitbc_runtime',
  'aitbc_validators', 'aitbc_peers', 'aitbc_consensus']) await answers(method);
await answers('aitbc_getCommit', ['latest']);
for (const who of [me.address, token, '0x00000000000000000000000000000000000000ee']) {
  for (const tag of [undefined, 'latest', 'pending', { blockHash: (await result(url, 'eth_getBlockByNumber', ['latest', false])).hash }]) {
    const at = tag === undefined ? [] : [tag];
    await answers('eth_getBalance', [who, ...at]);
    await answers('eth_getTransactionCount', [who, ...at]);
    await answers('eth_getCode', [who, ...at]);
    await answers('eth_getStorageAt', [who, '0x0', ...at]);
  }
}
await answers('eth_call', [{ to: token, data: encodeFunctionData({ abi: erc20Abi, functionName: 'symbol' }) }, 'latest']);
await answers('eth_estimateGas', [{ from: me.address, to, value: '0x1' }]);
await answers('eth_createAccessList', [{ from: me.address, to: token, data: transfer(1n) }]);
for (const percentiles of [undefined, [], [0, 50, 99.5]])
  await answers('eth_feeHistory', ['0x5', 'latest', ...(percentiles ? [percentiles] : [])]);
const logs = await answers('eth_getLogs', [logFilter]);
checks.holds('there are logs', logs.some(l => l.transactionHash === hashes[3]));
await answers('eth_getLogs', [{ blockHash, address: [token], topics: [null, [keccak256('0x'), logs.at(-1).topics[1]]] }]);
for (const kind of Object.keys(filters)) {
  const changes = await answers('eth_getFilterChanges', [filters[kind]]);
  checks.holds(`the filter of ${kind} tells something`, changes.length > 0);
}
await answers('eth_getFilterLogs', [filters.logs]);
for (const id of [...Object.values(filters), '0x1234']) await answers('eth_uninstallFilter', [id]);

const shapes = { newHeads: ref('Head'), logs: ref('Log'), newPendingTransactions: ref('hash32') };
for (const [kind, heard] of Object.entries(events)) {
  await until(`an event of ${kind}`, () => heard.length > 0);
  for (const message of heard) {
    checks.equal(`the members of an event of ${kind}`, Object.keys(message).sort(), ['jsonrpc', 'method', 'params']);
    valid(`an event of ${kind}`, message.params.result, shapes[kind]);
  }
}
for (const id of names.keys()) {
  asked.add('eth_unsubscribe');
  valid('eth_unsubscribe', (await call('eth_unsubscribe', [id])).result, methods.eth_unsubscribe);
}
socket.close();

// Methods that a node may serve beyond the least: asked if the specification lists them.
const optional = {
  eth_getProof: [[token, ['0x0'], 'latest'], [me.address, [], 'latest']], eth_baseFee: [[]], eth_blobBaseFee: [[]],
  eth_fillTransaction: [[{ from: me.address, to, value: '0x1' }]], txpool_status: [[]], txpool_inspect: [[]],
  txpool_contentFrom: [[me.address]], net_peerCount: [[]], eth_coinbase: [[]], eth_protocolVersion: [[]], web3_sha3: [['0x1234']],
  rpc_modules: [[]],
};
for (const [method, requests] of Object.entries(optional))
  if (served.includes(method)) for (const params of requests) await answers(method, params);
if (served.includes('txpool_content')) {
  // What is in the pool is in no block: the document's own schema of it has only null addresses in mind.
  await answers('txpool_content', [], {
    type: 'object', required: ['pending', 'queued'], additionalProperties: { type: 'object', additionalProperties: { type: 'object', additionalProperties: ref('Waiting') } },
  });
}
await answers('eth_sendRawTransactionSync', [await sign(5, { to, value: 1n, type: 'eip1559', ...fees })]);

checks.equal('listed, but not asked here', served.filter(m => !asked.has(m)), []);
checks.equal('an answer has the members of JSON-RPC only',
  Object.keys(await post(url, { jsonrpc: '2.0', id: 'a', method: 'eth_chainId' })).sort(), ['id', 'jsonrpc', 'result']);
checks.end();
