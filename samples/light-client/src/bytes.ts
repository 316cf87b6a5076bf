// Bytes as the chain writes them: big-endian fields of fixed width, hex for JSON.
import { keccak_256 } from '@noble/hashes/sha3.js';

export type Bytes = Uint8Array;

export const keccak = (bytes: Bytes): Bytes => keccak_256(bytes);
export const toHex = (bytes: Bytes): string => '0x' + Buffer.from(bytes).toString('hex');
export const same = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
export const text = (value: string): Bytes => new TextEncoder().encode(value);

export function fromHex(value: unknown): Bytes {
  if (typeof value !== 'string' || !/^0x([0-9a-fA-F]{2})*$/.test(value)) throw new Error('not hex bytes');
  return Uint8Array.from(Buffer.from(value.slice(2), 'hex'));
}

export function concat(...parts: Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A big-endian integer of so many bytes; negative ones in two's complement. */
export function integer(value: bigint, length: number): Bytes {
  const bits = BigInt(length * 8);
  const wrapped = BigInt.asUintN(Number(bits), value);
  return fromHex('0x' + wrapped.toString(16).padStart(length * 2, '0'));
}

export const toBigInt = (bytes: Bytes): bigint => (bytes.length === 0 ? 0n : BigInt(toHex(bytes)));

/** Reads fields of fixed width and refuses what is too short or too long. */
export class Reader {
  private at = 0;
  constructor(private readonly bytes: Bytes) {}

  take(length: number): Bytes {
    if (length < 0 || this.at + length > this.bytes.length) throw new Error('the bytes end too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  uint(length: number): bigint {
    return toBigInt(this.take(length));
  }

  end(): void {
    if (this.at !== this.bytes.length) throw new Error('there are more bytes than fields');
  }
}
