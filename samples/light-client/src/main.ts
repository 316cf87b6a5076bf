// node dist/main.js NODE_URL TRUST_FILE header [HEIGHT] | account ADDRESS | receipt TRANSACTION
import { readFileSync } from 'node:fs';
import { toHex } from './bytes.js';
import { LightClient, type Trust } from './light.js';
import { Node } from './node.js';

const [url, file, command, argument] = process.argv.slice(2);
const usage = 'usage: node dist/main.js NODE_URL TRUST_FILE header [HEIGHT] | account ADDRESS | receipt TRANSACTION';

async function run(): Promise<unknown> {
  if (!url || !file || !command) throw new Error(usage);
  const client = new LightClient(new Node(url), JSON.parse(readFileSync(file, 'utf8')) as Trust);
  const newest = await client.header(command === 'header' && argument ? BigInt(argument) : undefined);
  const block = { height: newest.height, hash: toHex(newest.hash), validators: newest.set.members.length };
  if (command === 'header') return block;
  if (command === 'account' && argument) return { ...block, account: argument, ...(await client.account(argument, newest)) };
  if (command === 'receipt' && argument) return { transaction: argument, ...(await client.receipt(argument)) };
  throw new Error(usage);
}

try {
  console.log(JSON.stringify(await run(), (_, value) => (typeof value === 'bigint' ? value.toString() : value)));
} catch (error) {
  console.error(`not verified: ${(error as Error).message}`);
  process.exitCode = 1;
}
