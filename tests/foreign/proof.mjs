// Nothing of this repository is trusted here: the hash, the roots and the bloom of blocks are computed anew from the answers of
// the node by ethereumjs and viem, and every proof of eth_getProof is checked against the state root.
// Usage: node proof.mjs http://127.0.0.1:8006
import { createMPT, verifyMerkleProof } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import {
  bytesToHex, concat, encodeFunctionData, erc20Abi, hexToBytes, keccak256, pad, parseEther, serializeTransaction, toHex,
} from 'viem';
import { Checks, account, chainOf, result, token, until } from './checks.mjs';

const url = process.argv[2];
const checks = new Checks('proof');
const chain = chainOf(url);
const me = account(7);
const to = account(8).address;

// Quantities are integers in RLP: no leading zero, zero is empty.
const quantity = hex => BigInt(hex) === 0n ? '0x' : toHex(BigInt(hex));
const rlp = items => bytesToHex(RLP.encode(items));
const root = async values => {
  const trie = await createMPT();
  for (const [i, value] of values.entries()) await trie.put(RLP.encode(quantity(toHex(i))), hexToBytes(value));
  return bytesToHex(trie.root());
};
const bloomOf = logs => {
  let bits = 0n;
  for (const item of logs.flatMap(l => [l.address, ...l.topics])) {
    const hash = hexToBytes(keccak256(item));
    for (const i of [0, 2, 4]) bits |= 1n << BigInt(((hash[i] << 8) | hash[i + 1]) & 2047);
  }
  return toHex(bits, { size: 256 });
};
const names = { '0x0': 'legacy', '0x1': 'eip2930', '0x2': 'eip1559' };
const bytesOf = tx => serializeTransaction({
  type: names[tx.type], chainId: Number(tx.chainId), nonce: Number(tx.nonce), gas: BigInt(tx.gas), to: tx.to, value: BigInt(tx.value),
  data: tx.input, accessList: tx.accessList,
  ...(tx.type === '0x2'
    ? { maxFeePerGas: BigInt(tx.maxFeePerGas), maxPriorityFeePerGas: BigInt(tx.maxPriorityFeePerGas) }
    : { gasPrice: BigInt(tx.gasPrice) }),
}, { r: tx.r, s: tx.s, ...(tx.type === '0x0' ? { v: BigInt(tx.v) } : { yParity: Number(tx.yParity) }) });
const receiptBytes = r => concat([
  r.type === '0x0' ? '0x' : pad(r.type, { size: 1 }),
  rlp([quantity(r.status), quantity(r.cumulativeGasUsed), r.logsBloom, r.logs.map(l => [l.address, l.topics, l.data])]),
]);
const headerHash = b => keccak256(rlp([
  b.parentHash, b.sha3Uncles, b.miner, b.stateRoot, b.transactionsRoot, b.receiptsRoot, b.logsBloom, quantity(b.difficulty),
  quantity(b.number), quantity(b.gasLimit), quantity(b.gasUsed), quantity(b.timestamp), b.extraData, b.mixHash, b.nonce,
  quantity(b.baseFeePerGas),
]));

// Transactions of every type, with logs and with a revert, that can share blocks.
const nonce = Number(await result(url, 'eth_getTransactionCount', [me.address, 'pending']));
const fees = { maxFeePerGas: 10_000_000_000n, maxPriorityFeePerGas: 1_000_000n };
const data = amount => encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, amount] });
const kinds = [
  { type: 'legacy', gasPrice: 10_000_000_000n, value: 1n },
  { type: 'eip2930', gasPrice: 10_000_000_000n, value: 0n, accessList: [{ address: token, storageKeys: [keccak256('0x')] }] },
  { type: 'eip1559', ...fees, value: parseEther('1') },
  { type: 'eip1559', ...fees, to: token, data: data(5n) },
  { type: 'eip1559', ...fees, to: token, data: data(parseEther('1000000000000')) },
];
const signed = await Promise.all(Array.from({ length: 25 }, (_, i) => me.signTransaction(
  { chainId: chain.id, nonce: nonce + i, gas: 200_000n, to, ...kinds[i % kinds.length] })));
const hashes = [];
for (const raw of signed) hashes.push(await result(url, 'eth_sendRawTransaction', [raw]));
const receipts = [];
for (const hash of hashes) receipts.push(await until('receipt', () => result(url, 'eth_getTransactionReceipt', [hash])));
const heights = [...new Set(receipts.map(r => r.blockNumber))];

for (const height of heights) {
  const block = await result(url, 'eth_getBlockByNumber', [height, true]);
  const ofBlock = await result(url, 'eth_getBlockReceipts', [height]);
  checks.equal('the hash of the header', headerHash(block), block.hash);
  const raws = block.transactions.map(bytesOf);
  checks.equal('the hashes of its transactions', raws.map(raw => keccak256(raw)), block.transactions.map(t => t.hash));
  checks.equal('the root of its transactions', await root(raws), block.transactionsRoot);
  checks.equal('the root of its receipts', await root(ofBlock.map(receiptBytes)), block.receiptsRoot);
  checks.equal('the bloom of each receipt', ofBlock.map(r => bloomOf(r.logs)), ofBlock.map(r => r.logsBloom));
  checks.equal('the bloom of the block', bloomOf(ofBlock.flatMap(r => r.logs)), block.logsBloom);
  checks.equal('its gas', BigInt(ofBlock.at(-1).cumulativeGasUsed), BigInt(block.gasUsed));
  const parent = await result(url, 'eth_getBlockByHash', [block.parentHash, false]);
  checks.equal('its parent', BigInt(parent.number) + 1n, BigInt(block.number));
}
checks.holds('what was signed is what is in them', signed.every((raw, i) => keccak256(raw) === hashes[i]));

const taken = async (address, keys, tag) => {
  const block = await result(url, 'eth_getBlockByNumber', [tag, false]);
  const proof = await result(url, 'eth_getProof', [address, keys, block.number]);
  const useKeyHashing = true;
  const nodes = list => list.map(n => hexToBytes(n));
  const leaf = await verifyMerkleProof(hexToBytes(address), nodes(proof.accountProof),
    { root: hexToBytes(block.stateRoot), useKeyHashing });
  const told = [proof.nonce, proof.balance, proof.storageHash, proof.codeHash];
  const empty = ['0x0', '0x0', '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421', keccak256('0x')];
  if (leaf === null) checks.equal(`${address} is not there, and that is proved`, told, empty);
  else checks.equal(`the account ${address} is proved`, bytesToHex(leaf), rlp([quantity(told[0]), quantity(told[1]), told[2], told[3]]));
  checks.equal('its balance', BigInt(proof.balance), BigInt(await result(url, 'eth_getBalance', [address, block.number])));
  for (const [i, slot] of proof.storageProof.entries()) {
    checks.equal('the slot that was asked', BigInt(slot.key), BigInt(keys[i]));
    const value = proof.storageHash === empty[2] ? null : await verifyMerkleProof(hexToBytes(pad(slot.key, { size: 32 })),
      nodes(slot.proof), { root: hexToBytes(proof.storageHash), useKeyHashing });
    checks.equal(`the slot ${keys[i]} is proved`, value === null ? '0x80' : bytesToHex(value), rlp(quantity(slot.value)));
    checks.equal('and is what eth_getStorageAt says', BigInt(slot.value),
      BigInt(await result(url, 'eth_getStorageAt', [address, keys[i], block.number])));
  }
  return { block, proof, nodes };
};
// allowance[me][to] and a slot that nobody wrote; the layout is Solidity's, so one of the first slots holds the mapping.
const approve = await me.signTransaction({
  type: 'eip1559', chainId: chain.id, nonce: nonce + signed.length, gas: 200_000n, to: token, ...fees,
  data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [to, 123_456n] }),
});
const approved = await result(url, 'eth_sendRawTransaction', [approve]);
const { blockNumber } = await until('receipt', () => result(url, 'eth_getTransactionReceipt', [approved]));
const mapped = (key, slot) => keccak256(concat([pad(key, { size: 32 }), slot]));
let allowance;
for (let i = 0n; i < 32n && !allowance; i++) {
  const slot = mapped(to, mapped(me.address, toHex(i, { size: 32 })));
  if (BigInt(await result(url, 'eth_getStorageAt', [token, slot, 'latest'])) === 123_456n) allowance = slot;
}
checks.holds('the allowance lies where Solidity would put it', allowance);
for (const tag of [blockNumber, 'latest'])
  for (const [address, keys] of [[me.address, []], [to, ['0x0']], [token, [allowance, keccak256('0x55')]],
    ['0x00000000000000000000000000000000000000ee', []]]) await taken(address, keys, tag);
const { block, proof, nodes } = await taken(me.address, [], 'latest');
const forged = nodes(proof.accountProof);
forged.at(-1)[forged.at(-1).length - 1] ^= 1;
await checks.refused('a forged node', () => verifyMerkleProof(hexToBytes(me.address), forged,
  { root: hexToBytes(block.stateRoot), useKeyHashing: true }), () => true);
checks.end();
