// Paid inference from end to end on four daemons: an owner opens a shop by `aitbc ai-serve`, a buyer streams an answer with the client it
// already has and pays by the token; what is unpaid, underpaid or shown twice is refused and not executed; the receipt verifies offline.
// A real Ollama is used when OLLAMA_HOST names one, else a scripted server of models.
// Usage: AITBC_PROVIDER_URL=URL AITBC_DATA=FOLDER OLLAMA_HOST=HOST:PORT node inference.mjs http://127.0.0.1:8006
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { x402Client, wrapFetchWithPayment } from '@x402/fetch';
import { toClientEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme as ChannelPayer } from '@x402/evm/batch-settlement/client';
import { ExactEvmScheme as ExactPayer } from '@x402/evm/exact/client';
import { createPublicClient, http } from 'viem';
import { Checks, account as accountOf, chainOf, token, until } from './checks.mjs';
import { model as scriptedModel, serveModels } from './models.mjs';

const url = process.argv[2];
const checks = new Checks('inference');
const chain = chainOf(url);
const network = `eip155:${chain.id}`;
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const folder = await mkdtemp(`${tmpdir()}/aitbc-inference-`);

const tags = await fetch(`http://${process.env.OLLAMA_HOST}/api/tags`).then(a => a.json()).catch(() => undefined);
const words = Array.from({ length: 100 }, (_, i) => ` w${i}`);
const scripted = tags?.models?.length ? undefined : await serveModels(Number(process.env.OLLAMA_HOST.split(':').at(-1)), words);
const model = tags?.models?.[0]?.name ?? scriptedModel;
console.log(`the models are those of ${scripted ? 'a scripted server' : `a real Ollama: ${model}`}`);

const program = fileURLToPath(new URL('../../aitbc', import.meta.url));
const aitbc = async (...words) => {
  try {
    return JSON.parse((await promisify(execFile)(program, [...words, '--json'], { timeout: 60_000 })).stdout);
  } catch (failure) {
    if (!failure.stdout) throw failure;
    return JSON.parse(failure.stdout);
  }
};

// The owner: what is there, and a shop on a free port.
const findings = await aitbc('ai-serve', '--check', '--port', '0', '--account', 'dev3', '--model', model);
checks.equal('the guide finds what selling needs', findings.map(f => f.ok), Array(6).fill(true));
const lacking = await aitbc('ai-serve', '--check', '--account', 'dev3', '--model', 'nobody-has-this');
checks.holds('and says what is missing', JSON.stringify(lacking).includes('ollama pull nobody-has-this'));
const taken = await aitbc('ai-serve', '--check', '--account', 'provider', '--model', model);
checks.equal('one account is not sold by two providers', taken.filter(f => !f.ok).map(f => f.what), ['account']);
const shop = spawn(program, ['ai-serve', '--json', '--port', '0', '--no-coordinator', '--account', 'dev3', '--model', model, '--price', '2']);
process.on('exit', () => shop.kill('SIGINT')); // also when a check fails
let opened = '';
shop.stdout.on('data', part => { opened += part; });
const ready = JSON.parse(await until('the shop opens', () => opened.split('\n').slice(0, -1).find(l => l.includes('"ready"'))));
const base = `${ready.url}v1`;
await until('the model is on sale', async () => (await (await fetch(`${base}/models`)).json()).data.some(m => m.id === model));

const client = Scheme => new x402Client()
  .register(network, new Scheme(toClientEvmSigner(accountOf(8), reader)))
  .setSpendControls({ allowedAssets: [{ network, asset: token }] });
const ask = { model, messages: [{ role: 'user', content: 'Count.' }], max_tokens: 128, stream: true };
const body = JSON.stringify(ask);
const post = headers => fetch(`${base}/chat/completions`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const offers = answer => JSON.parse(atob(answer.headers.get('payment-required')));
const asked = () => scripted?.asked.length ?? 0;

// Unpaid, underpaid: refused by their names, and nothing is executed.
const unpaid = await post({});
checks.equal('an unpaid request is refused', unpaid.status, 402);
const required = offers(unpaid);
checks.equal('with both ways to pay', required.accepts.map(a => a.scheme), ['exact', 'batch-settlement']);
const exact = client(ExactPayer);
const header = async offered => ({ 'payment-signature': btoa(JSON.stringify(await exact.createPaymentPayload(offered))) });
const cheap = structuredClone(required);
cheap.accepts.forEach(a => { a.amount = '1000'; });
const underpaid = await post(await header(cheap));
checks.equal('an underpaid one is refused', [underpaid.status, offers(underpaid).error], [402, 'No matching payment requirements']);
checks.equal('nothing was executed', asked(), 0);

// A paid stream by a transfer; the same payment again is the same answer, and pays for nothing else.
const payment = await header(required);
const paid = await post(payment);
const text = await paid.text();
checks.equal('a paid one is served', paid.status, 200);
checks.holds('to its end', text.endsWith('data: [DONE]\n\n'));
const once = asked();
const again = await post(payment);
checks.equal('shown again it is the same answer', await again.text(), text);
const replayed = await fetch(`${base}/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', ...payment },
  body: body.replace('Count.', 'Count!') });
checks.equal('a replay for another request is refused', [replayed.status, offers(replayed).error], [402, 'invalid_exact_evm_nonce_already_used']);
checks.equal('nothing was executed twice', asked(), once);

// The receipt: signed by the shop's account, over the words that were given.
const id = paid.headers.get('x-aitbc-answer');
const receipt = await until('the receipt', async () => {
  const answer = await fetch(`${base}/receipts/${id}`);
  return answer.ok ? answer.text() : undefined;
});
await writeFile(`${folder}/receipt.json`, receipt);
const given = text.split('\n').filter(l => l.startsWith('data: {')).map(l => JSON.parse(l.slice(6)).choices[0]?.delta?.content ?? '').join('');
await writeFile(`${folder}/answer.txt`, given);
const health = await (await fetch(`${ready.url}health`)).json();
const verified = await aitbc('receipt', 'verify', `${folder}/receipt.json`, '--provider', health.address, '--output', `${folder}/answer.txt`);
checks.equal('its receipt verifies offline', verified.valid, true);

// By the token, from one deposit, with the client that everybody has.
const channel = client(ChannelPayer);
const openai = new OpenAI({ baseURL: base, apiKey: 'none', fetch: wrapFetchWithPayment(fetch, channel) });
for (const round of [1, 2]) {
  let tokens = 0;
  for await (const chunk of await openai.chat.completions.create({ ...ask, stream_options: { include_usage: true } }))
    tokens = chunk.usage?.completion_tokens ?? tokens;
  checks.holds(`stream ${round} is paid by the token`, tokens > 0);
}
const status = await aitbc('provider', 'status', '--url', ready.url);
checks.equal('the owner sees what was sold', [status.sales.answers, status.health.status], [3, 'ok']);
checks.holds('and what was earned', BigInt(status.sales.charged) > 0n);
const earned = await aitbc('provider', 'earnings', '--url', ready.url, '--by', 'client');
checks.equal('the book of earnings has every answer', [earned.total.answers, earned.damaged], [3, 0]);
checks.equal('to the atto', earned.rows.reduce((sum, row) => sum + BigInt(row.charged), 0n), BigInt(status.sales.chargedToday));

shop.kill('SIGINT');
await new Promise(resolve => shop.on('exit', resolve));
scripted?.close();
await rm(folder, { recursive: true });
checks.end();
process.exit(0);
