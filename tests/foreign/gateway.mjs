// The gateway of this repository's coordinator, paid by the stock client: npm openai with @x402/fetch as its fetch, unmodified, by exact and
// by batch-settlement; and by ours, `aitbc chat`. The provider has dialled the coordinator; nothing here asks it at a port of its own.
// Usage: AITBC_COORDINATOR_URL=URL OLLAMA_HOST=HOST:PORT node gateway.mjs http://127.0.0.1:8006
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { x402Client, wrapFetchWithPayment, decodePaymentResponseHeader } from '@x402/fetch';
import { toClientEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme as ChannelPayer } from '@x402/evm/batch-settlement/client';
import { ExactEvmScheme as ExactPayer } from '@x402/evm/exact/client';
import { createPublicClient, http } from 'viem';
import { Checks, account as accountOf, chainOf, token, until } from './checks.mjs';
import { model, serveModels } from './models.mjs';

const url = process.argv[2];
const checks = new Checks('gateway');
const chain = chainOf(url);
const network = `eip155:${chain.id}`;
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const words = ['Two', ' plus', ' two', ' is', ' four.'];
const models = await serveModels(Number(process.env.OLLAMA_HOST.split(':').at(-1)), words);
const base = `${process.env.AITBC_COORDINATOR_URL.replace(/\/$/, '')}/v1`;
await until('the gateway sells the model', async () =>
  (await (await fetch(`${base}/models`)).json()).data.some(m => m.id === model));

const paying = (index, Scheme) => {
  const client = new x402Client()
    .register(network, new Scheme(toClientEvmSigner(accountOf(index), reader)))
    .setSpendControls({ allowedAssets: [{ network, asset: token }] });
  const seen = [];
  const paid = wrapFetchWithPayment(fetch, client);
  return { seen, client, fetch: async (...words) => {
    const answer = await paid(...words);
    seen.push(answer);
    return answer;
  } };
};
// As if the first payee had been busy: what it was paid with is answered by the 402 that the gateway gives then.
const wrapFetchOnce = (wallet, refused) => async (address, init) => wrapFetchWithPayment(async (...words) => {
  const request = new Request(...words);
  if (!request.headers.has('PAYMENT-SIGNATURE') || refused.length > 0) return fetch(request);
  refused.push(address);
  const again = await fetch(address, { ...init, headers: Object.fromEntries([...request.headers].filter(([n]) => n !== 'payment-signature')) });
  return new Response(again.body, { status: 402, headers: { ...Object.fromEntries(again.headers), 'x-should-retry': 'true' } });
}, wallet.client)(address, init);
const said = 'Two plus two is four.';
const ask = { model, messages: [{ role: 'user', content: 'What is two plus two?' }], max_tokens: 32 };

const unpaid = new OpenAI({ baseURL: base, apiKey: 'none', maxRetries: 2 });
await checks.refused('an unpaid request', () => unpaid.chat.completions.create(ask), e => e.status === 402);
await checks.refused('a model that nobody sells', () => unpaid.chat.completions.create({ ...ask, model: 'none' }), e => e.status === 404);
checks.equal('neither executes anything', models.asked.length, 0);

for (const [name, index, Scheme] of [['exact', 8, ExactPayer], ['channel', 9, ChannelPayer]]) {
  const wallet = paying(index, Scheme);
  const client = new OpenAI({ baseURL: base, apiKey: 'sk-nobody-shall-see', fetch: wallet.fetch });
  const whole = await client.chat.completions.create(ask);
  checks.equal(`${name}: openai reads an answer`, [whole.choices[0].message.content, whole.usage.total_tokens], [said, 22]);
  const answer = wallet.seen.at(-1);
  checks.holds(`${name}: the payment is taken`, decodePaymentResponseHeader(answer.headers.get('PAYMENT-RESPONSE')).success);
  checks.holds(`${name}: its provider is named`, /^0x[0-9a-fA-F]{40}$/.test(answer.headers.get('X-Aitbc-Provider')));
  for (const round of [1, 2]) {
    let text = '';
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true }))
      text += chunk.choices[0]?.delta?.content ?? '';
    checks.equal(`${name}: openai reads stream ${round}`, text, said);
  }

  const vectors = await client.embeddings.create({ model, input: ['a', 'b'] });
  checks.equal(`${name}: openai reads vectors`, vectors.data.map(v => [...v.embedding]), [[0.5, -2], [0.5, -2]]);
}

checks.equal('each request was executed once', models.asked.length, 8);
checks.holds('no credential reaches the engine', models.asked.every(a =>
  !JSON.stringify(a).includes('sk-nobody-shall-see') && !('payment-signature' in a.headers) && !('authorization' in a.headers)));

// A payee that refuses before it took money is replaced: its client gets another 402 and begins anew by itself.
const replaced = [];
const busy = paying(8, ExactPayer);
const moving = new OpenAI({ baseURL: base, apiKey: 'none', maxRetries: 1, fetch: async (address, init) => {
  const wrapped = wrapFetchOnce(busy, replaced);
  return wrapped(address, init);
} });
const moved = await moving.chat.completions.create(ask);
checks.equal('a stock client follows to the next provider', [moved.choices[0].message.content, replaced.length], [said, 1]);

// Ours: the wallet daemon signs under a budget.
const program = fileURLToPath(new URL('../../aitbc', import.meta.url));
const aitbc = async (...words) => {
  try {
    return JSON.parse((await promisify(execFile)(program, [...words, '--json'], { timeout: 60_000 })).stdout);
  } catch (failure) {
    if (!failure.stdout) throw failure;
    return JSON.parse(failure.stdout);
  }
};
await aitbc('budget', 'create', 'talker', '5');
for (const round of [1, 2]) {
  const talk = await aitbc('chat', 'What is two plus two?', '--model', model, '--budget', 'talker', '--max-tokens', '32');
  checks.equal(`aitbc chat ${round}`, [talk.text, talk.tokens, talk.counted, talk.stopped], [said, 5, true, false]);
  checks.holds(`aitbc chat ${round} says its cost`, BigInt(talk.charged) > 0n);
}
const dear = await aitbc('chat', 'hi', '--model', model, '--budget', 'talker', '--max', '1 atto');
checks.equal('a limit holds', [dear.error.code, dear.error.charged], ['price_too_high', false]);
checks.equal('each was executed once', models.asked.length, 11);

// Ctrl-C stops an answer that would not end by itself, and its meter with it; its cost is still told.
words.splice(0, words.length, ...Array(200).fill(' word'), new Promise(() => {}));
const long = spawn(program, ['chat', 'Say it', '--model', model, '--budget', 'talker', '--max-tokens', '4000', '--max', '1']);
let [out, heard] = ['', ''];
long.stderr.on('data', part => { heard += part; });
long.stdout.on('data', part => {
  if (out === '') long.kill('SIGINT');
  out += part;
});
const code = await new Promise(resolve => long.on('close', resolve));
if (code !== 1) console.error(heard);
checks.equal('an interrupted answer is no success', code, 1);
const told = /^(\d+) tokens, \d[^,]* AIT, stopped/m.exec(heard);
checks.holds('it stopped with its cost known', told);
checks.equal('each token that it counts was given', out.split(' word').length - 1, Number(told[1]));
models.close();
checks.end();
process.exit(0);
