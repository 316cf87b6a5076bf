// Follows the chain from a trusted validator set and proves accounts and receipts (specs/consensus.md, rule C3).
import { verifyMerkleProof } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { type Bytes, fromHex, keccak, same, toBigInt, toHex } from './bytes.js';
import { type Node } from './node.js';
import { type Chain, type ValidatorSet, type Commit, checkCommit, commitOf, knownWeight, readSet, setOf } from './validators.js';

export interface Trust {
  chainId: number;
  genesis: string;
  height: number;
  validators: string;
  timeMs: number;
}

export interface Header {
  height: bigint;
  hash: Bytes;
  stateRoot: Bytes;
  transactionsRoot: Bytes;
  receiptsRoot: Bytes;
  timeMs: bigint;
  set: ValidatorSet;
  nextSetHash: string;
}

interface Start {
  height: bigint;
  timeMs: bigint;
  set: ValidatorSet;
  nextSetHash: string;
}

const trustingPeriodMs = 10n * 24n * 3600n * 1000n;
const maxDriftMs = 10_000n;
const maxSteps = 1000;

const fields = (bytes: Bytes, count: number): Bytes[] => {
  const list = RLP.decode(bytes);
  if (!Array.isArray(list) || list.length !== count || list.some(item => !(item instanceof Uint8Array))) throw new Error('not the fields');
  return list as Bytes[];
};

export class LightClient {
  private readonly chain: Chain;
  private readonly verified = new Map<bigint, Header>();
  private readonly start: Start;

  constructor(private readonly node: Node, trust: Trust) {
    this.chain = { chainId: BigInt(trust.chainId), genesis: fromHex(trust.genesis) };
    const set = readSet(fromHex(trust.validators));
    this.start = { height: BigInt(trust.height) - 1n, timeMs: BigInt(trust.timeMs), set, nextSetHash: set.hash };
  }

  /** The verified header of a height, or of the newest block that the node has. */
  async header(height?: bigint): Promise<Header> {
    const known = height === undefined ? undefined : this.verified.get(height);
    if (known) return known;
    const target = await this.fetch(height);
    if (target.header.height <= this.start.height) throw new Error('the block lies before what is trusted');
    const ahead = [target];
    for (let steps = 0; ; ) {
      const next = ahead[ahead.length - 1]!;
      const from = this.before(next.header.height);
      if (this.verify(from, next)) {
        this.verified.set(next.header.height, next.header);
        ahead.pop();
        if (ahead.length === 0) return next.header;
        continue;
      }
      if (++steps > maxSteps) throw new Error('too many blocks lie between');
      ahead.push(await this.fetch(from.height + (next.header.height - from.height) / 2n));
    }
  }

  /** Balance and nonce of an account after a block. */
  async account(address: string, at: Header): Promise<{ balance: bigint; nonce: bigint }> {
    const proof = await this.node.ask('eth_getProof', address, [], '0x' + at.height.toString(16));
    const leaf = await verifyMerkleProof(fromHex(address), proof.accountProof.map(fromHex), { root: at.stateRoot, useKeyHashing: true });
    if (leaf === null) return { balance: 0n, nonce: 0n };
    const [nonce, balance] = fields(leaf, 4);
    return { nonce: toBigInt(nonce!), balance: toBigInt(balance!) };
  }

  /** Whether a transaction succeeded, and its logs. */
  async receipt(hash: string): Promise<{ height: bigint; succeeded: boolean; logs: { address: string; topics: string[]; data: string }[] }> {
    const proof = await this.node.ask('aitbc_getReceiptProof', hash);
    if (proof === null) throw new Error('the node knows no such transaction');
    const transaction = fromHex(proof.transaction);
    if (toHex(keccak(transaction)) !== hash.toLowerCase()) throw new Error('another transaction came');
    const header = await this.header(BigInt(proof.blockNumber));
    const key = RLP.encode(BigInt(proof.transactionIndex));
    const receipt = fromHex(proof.receipt);
    await this.isEntry(header.transactionsRoot, key, proof.transactionProof, transaction);
    await this.isEntry(header.receiptsRoot, key, proof.receiptProof, receipt);
    const body = receipt[0]! <= 2 ? receipt.subarray(1) : receipt;
    const [status, , , logs] = RLP.decode(body) as [Bytes, Bytes, Bytes, [Bytes, Bytes[], Bytes][]];
    return {
      height: header.height,
      succeeded: toBigInt(status) === 1n,
      logs: logs.map(([address, topics, data]) => ({ address: toHex(address), topics: topics.map(toHex), data: toHex(data) })),
    };
  }

  private async isEntry(root: Bytes, key: Bytes, nodes: string[], expected: Bytes): Promise<void> {
    const entry = await verifyMerkleProof(key, nodes.map(fromHex), { root });
    if (entry === null || !same(entry, expected)) throw new Error('the proof does not hold');
  }

  private async fetch(height?: bigint): Promise<{ header: Header; commit: Commit }> {
    const answer = await this.node.ask('aitbc_getCommit', height === undefined ? 'latest' : '0x' + height.toString(16));
    if (answer === null) throw new Error(`there is no block ${height}`);
    const raw = fromHex(answer.header);
    const f = fields(raw, 16);
    const consensus = fromHex(answer.consensusFields);
    const [version, timeMs, setHash, nextSetHash] = RLP.decode(consensus) as Bytes[];
    if (toBigInt(version!) !== 2n) throw new Error('the chain has no registered validators');
    const set = setOf(answer.validators);
    const header: Header = {
      height: toBigInt(f[8]!), hash: keccak(raw), stateRoot: f[3]!, transactionsRoot: f[4]!, receiptsRoot: f[5]!,
      timeMs: toBigInt(timeMs!), set, nextSetHash: toHex(nextSetHash!),
    };
    if (height !== undefined && header.height !== height) throw new Error('another block came');
    if (!same(keccak(consensus), f[12]!)) throw new Error('the consensus fields are not those of the header');
    if (toHex(setHash!) !== set.hash) throw new Error('the validators are not those of the header');
    if (toBigInt(f[11]!) !== header.timeMs / 1000n) throw new Error('header and consensus fields name different times');
    return { header, commit: commitOf(answer.commit, header.height, header.hash, set) };
  }

  // False: the sets have too little in common to go there in one step.
  private verify(from: Start, next: { header: Header; commit: Commit }): boolean {
    const { header, commit } = next;
    const now = BigInt(Date.now());
    if (now - from.timeMs >= trustingPeriodMs) throw new Error(`block ${from.height} is too old to be trusted`);
    if (header.timeMs < from.timeMs || header.timeMs > now + maxDriftMs) throw new Error('the time of the block is wrong');
    if (header.height === from.height + 1n && header.set.hash !== from.nextSetHash) throw new Error('other validators decided the block');
    checkCommit(this.chain, header.set, commit, header.height, header.hash);
    return header.height === from.height + 1n || knownWeight(from.set, header.set, commit) >= from.set.total / 3n + 1n;
  }

  private before(height: bigint): Start {
    let best: Start = this.start;
    for (const header of this.verified.values()) if (header.height < height && header.height > best.height) best = header;
    return best;
  }
}

