// Validator sets and commit certificates (specs/consensus.md, sections 5.1 to 5.3).
import { ed25519 } from '@noble/curves/ed25519.js';
import { type Bytes, Reader, concat, fromHex, integer, keccak, text, toHex } from './bytes.js';

export interface Validator {
  operator: Bytes;
  key: Bytes;
  weight: bigint;
}

export interface ValidatorSet {
  members: Validator[];
  total: bigint;
  hash: string;
}

export interface Commit {
  height: bigint;
  round: bigint;
  block: Bytes;
  signers: number[];
  signatures: Bytes[];
}

export interface Chain {
  chainId: bigint;
  genesis: Bytes;
}

const mostWeight = 1n << 62n;

export function readSet(bytes: Bytes): ValidatorSet {
  const reader = new Reader(bytes);
  const count = Number(reader.uint(2));
  if (count < 1 || count > 256) throw new Error('a set holds 1 to 256 validators');
  const members: Validator[] = [];
  let total = 0n;
  for (let i = 0; i < count; i++) {
    const one = { operator: reader.take(20), key: reader.take(32), weight: reader.uint(8) };
    const before = members[i - 1];
    if (before && toHex(before.operator) >= toHex(one.operator)) throw new Error('operators do not ascend');
    if (members.some(m => toHex(m.key) === toHex(one.key))) throw new Error('two validators have one key');
    total += one.weight;
    if (one.weight === 0n || total > mostWeight) throw new Error('a weight is out of range');
    members.push(one);
  }
  reader.end();
  return { members, total, hash: toHex(keccak(concat(text('aitbc/validators/1'), bytes))) };
}

/** A set as `aitbc_getCommit` lists it; the encoding that is hashed sorts by operator. */
export function setOf(list: { operator: string; consensusKey: string; weight: string }[]): ValidatorSet {
  const members = list
    .map(v => concat(fixed(v.operator, 20), fixed(v.consensusKey, 32), integer(BigInt(v.weight), 8)))
    .sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
  return readSet(concat(integer(BigInt(members.length), 2), ...members));
}

/** The precommits of a certificate, for the block it is said to be of. */
export function commitOf(
  answer: { round: string; signers: string; signatures: string[] }, height: bigint, block: Bytes, set: ValidatorSet): Commit {
  const bitmap = fixed(answer.signers, Math.ceil(set.members.length / 8));
  const signers: number[] = [];
  for (let i = 0; i < bitmap.length * 8; i++) if ((bitmap[i >> 3]! >> (i & 7)) & 1) signers.push(i);
  if (signers.length !== answer.signatures.length) throw new Error('signers and signatures are not as many');
  return { height, round: BigInt(answer.round), block, signers, signatures: answer.signatures.map(s => fixed(s, 64)) };
}

function fixed(hex: unknown, length: number): Bytes {
  const bytes = fromHex(hex);
  if (bytes.length !== length) throw new Error(`not ${length} bytes`);
  return bytes;
}

/** Rule C1: one signer that is unknown, one signature that is wrong, or too little weight, and nothing counts. */
export function checkCommit(chain: Chain, set: ValidatorSet, commit: Commit, height: bigint, block: Bytes): void {
  if (commit.height !== height || toHex(commit.block) !== toHex(block)) throw new Error('the certificate is of another block');
  if (commit.round > 1n << 30n) throw new Error('the round is out of range');
  const signed = concat(
    text('aitbc/bft/1'), integer(chain.chainId, 8), chain.genesis, Uint8Array.of(3), integer(height, 8), integer(commit.round, 4), block);
  let weight = 0n;
  commit.signers.forEach((index, i) => {
    const validator = set.members[index];
    if (!validator) throw new Error('a signer is not in the set');
    if (!ed25519.verify(commit.signatures[i]!, signed, validator.key, { zip215: false })) throw new Error('a signature is wrong');
    weight += validator.weight;
  });
  if (weight < (2n * set.total) / 3n + 1n) throw new Error('the signers are no quorum');
}

/** Weight of the signers that a trusted set knows by their keys. */
export const knownWeight = (trusted: ValidatorSet, set: ValidatorSet, commit: Commit): bigint =>
  commit.signers.reduce((sum, index) => {
    const key = toHex(set.members[index]!.key);
    return sum + (trusted.members.find(m => toHex(m.key) === key)?.weight ?? 0n);
  }, 0n);
