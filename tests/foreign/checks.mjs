// What the scripts here share: counting, raw JSON-RPC, the chain and its funded accounts.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { defineChain } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';

export const mnemonic = 'test test test test test test test test test test test junk';
export const token = '0x0000000000000000000000000000000000001001';
export const multicall3 = '0xcA11bde05977b3631167028862bE2a173976CA11';

/** An account that the development network and anvil fund alike. */
export const account = index => mnemonicToAccount(mnemonic, { addressIndex: index });

export const chainOf = url => defineChain({
  id: 7777, name: 'ait-devnet', nativeCurrency: { name: 'AIT', symbol: 'AIT', decimals: 18 },
  rpcUrls: { default: { http: [url] } },
});

/** Counts what holds; the first thing that does not ends the script with its name. */
export class Checks {
  count = 0;

  constructor(name) { this.name = name; }

  holds(what, value) {
    assert.ok(value, `${this.name}: ${what}`);
    this.count++;
  }

  equal(what, actual, expected) {
    assert.deepEqual(actual, expected, `${this.name}: ${what}`);
    this.count++;
  }

  /** The act fails and the failure is what is asked. */
  async refused(what, act, is) {
    let failure;
    try { await act(); } catch (e) { failure = e; }
    assert.ok(failure, `${this.name}: ${what}: not refused`);
    assert.ok(is(failure), `${this.name}: ${what}: refused otherwise: ${failure.shortMessage ?? failure.message}`);
    this.count++;
  }

  end() { console.log(`${this.name}: ${this.count} checks hold`); }
}

/** Any body to the node; the parsed answer, or undefined if the body of the answer is empty. */
export async function post(url, body) {
  const answer = await fetch(url, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** One request: {result} or {error}. Absent params stay absent. */
export const ask = (url, method, params) => post(url, { jsonrpc: '2.0', id: 1, method, ...(params && { params }) });

/** The result of a request that must succeed. */
export async function result(url, method, params) {
  const answer = await ask(url, method, params);
  assert.ok('result' in answer, `${method} ${JSON.stringify(params)}: ${JSON.stringify(answer.error)}`);
  return answer.result;
}

/** Polls until the value is there; 20 seconds at most. */
export async function until(what, read) {
  for (let i = 0; i < 800; i++) {
    const value = await read();
    if (value !== null && value !== undefined && value !== false) return value;
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  throw new Error(`${what}: not within 20 s`);
}

/** The binary of a Foundry tool: the wrapper that npm links loses its exit code. */
export const foundry = name => fileURLToPath(new URL(
  `node_modules/@foundry-rs/${name}-${process.platform}-${process.arch.replace('x64', 'amd64')}/bin/${name}`, import.meta.url));
