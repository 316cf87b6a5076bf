// The provider of this repository, paid by stock clients: npm openai and ollama with @x402/fetch as their fetch, unmodified, by exact
// and by batch-settlement; and by ours, `aitbc pay`. Behind the provider is a scripted server of models.
// Usage: AITBC_PROVIDER_URL=URL OLLAMA_HOST=HOST:PORT node sell.mjs http://127.0.0.1:8006
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { Ollama } from 'ollama';
import { x402Client, wrapFetchWithPayment, decodePaymentResponseHeader } from '@x402/fetch';
import { toClientEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme as ChannelPayer } from '@x402/evm/batch-settlement/client';
import { ExactEvmScheme as ExactPayer } from '@x402/evm/exact/client';
import { createPublicClient, erc20Abi, http } from 'viem';
import { Checks, account as accountOf, chainOf, token, until } from './checks.mjs';
import { model, serveModels } from './models.mjs';

const url = process.argv[2];
const shop = process.env.AITBC_PROVIDER_URL;
const checks = new Checks('sell');
const chain = chainOf(url);
const network = `eip155:${chain.id}`;
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const models = await serveModels(Number(process.env.OLLAMA_HOST.split(':').at(-1)));
const base = `${shop.replace(/\/$/, '')}/v1`;
await until('the model is on sale', async () =>
  (await (await fetch(`${base}/models`)).json()).data.some(m => m.id === model));

const coins = address => reader.readContract({ address: token, abi: erc20Abi, functionName: 'balanceOf', args: [address] });
const paying = (index, Scheme) => {
  const client = new x402Client()
    .register(network, new Scheme(toClientEvmSigner(accountOf(index), reader)))
    .setSpendControls({ allowedAssets: [{ network, asset: token }] });
  const seen = [];
  const paid = wrapFetchWithPayment(fetch, client);
  return { seen, fetch: async (...words) => {
    const answer = await paid(...words);
    seen.push(answer);
    return answer;
  } };
};
const said = 'Two plus two is four.';
const ask = { model, messages: [{ role: 'user', content: 'What is two plus two?' }], max_tokens: 32 };

// Nobody is served for nothing.
const unpaid = new OpenAI({ baseURL: base, apiKey: 'none', maxRetries: 2 });
await checks.refused('an unpaid request', () => unpaid.chat.completions.create(ask), e => e.status === 402);
checks.equal('an unpaid request executes nothing', models.asked.length, 0);
checks.equal('the models are listed', (await unpaid.models.list()).data.map(m => m.id), [model]);

for (const [name, index, Scheme] of [['exact', 6, ExactPayer], ['channel', 7, ChannelPayer]]) {
  const wallet = paying(index, Scheme);
  const before = await coins(accountOf(index).address);
  const client = new OpenAI({ baseURL: base, apiKey: 'sk-nobody-shall-see', fetch: wallet.fetch });

  const whole = await client.chat.completions.create(ask);
  checks.equal(`${name}: openai reads an answer`, whole.choices[0].message.content, said);
  checks.equal(`${name}: and its usage`, whole.usage.total_tokens, 22);
  const settled = decodePaymentResponseHeader(wallet.seen.at(-1).headers.get('PAYMENT-RESPONSE'));
  checks.holds(`${name}: the payment is taken`, settled.success);
  if (name === 'exact')
    checks.equal('exact: the chain has it', (await reader.getTransactionReceipt({ hash: settled.transaction })).status, 'success');

  for (const round of [1, 2]) {
    let text = '';
    let usage;
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })) {
      text += chunk.choices[0]?.delta?.content ?? '';
      usage = chunk.usage ?? usage;
    }
    checks.equal(`${name}: openai reads stream ${round}`, [text, usage.completion_tokens], [said, 5]);
  }

  const asked = { model, input: [{ role: 'user', content: 'What is two plus two?' }], instructions: 'Be brief.', max_output_tokens: 32 };
  const response = await client.responses.create(asked);
  checks.equal(`${name}: openai reads a response`, [response.output_text, response.status, response.usage.total_tokens], [said, 'completed', 22]);
  let spoken = '';
  const types = [];
  for await (const event of await client.responses.create({ ...asked, stream: true })) {
    types.push(event.type);
    if (event.type === 'response.output_text.delta') spoken += event.delta;
    if (event.type === 'response.completed') checks.equal(`${name}: the last event has all of it`, event.response.output[0].content[0].text, said);
  }
  checks.equal(`${name}: openai reads a response as it comes`, [spoken, types[0], types.at(-1)], [said, 'response.created', 'response.completed']);

  const vectors = await client.embeddings.create({ model, input: ['a', 'b'] });
  checks.equal(`${name}: openai reads vectors`, vectors.data.map(v => [...v.embedding]), [[0.5, -2], [0.5, -2]]);

  const ollama = new Ollama({ host: shop, fetch: wallet.fetch });
  const chat = await ollama.chat({ ...ask, options: { num_predict: 32 } });
  checks.equal(`${name}: ollama reads an answer`, [chat.message.content, chat.eval_count, chat.done_reason], [said, 5, 'stop']);
  let lines = '';
  for await (const part of await ollama.generate({ model, prompt: 'Two plus two', stream: true, options: { num_predict: 32 } }))
    lines += part.response;
  checks.equal(`${name}: ollama reads a stream`, lines, said);
  checks.equal(`${name}: ollama reads vectors`, (await ollama.embed({ model, input: ['a'] })).embeddings, [[0.5, -2]]);
  checks.equal(`${name}: ollama lists the models`, (await ollama.list()).models.map(m => m.name), [model]);
  checks.holds(`${name}: coins have left the payer`, await coins(accountOf(index).address) < before);
}

// The same nine requests by two payers; nothing of them but the calls went on.
checks.equal('each request was executed once', models.asked.length, 18);
checks.holds('no credential reaches the engine', models.asked.every(a =>
  !JSON.stringify(a).includes('sk-nobody-shall-see') && !('payment-signature' in a.headers) && !('authorization' in a.headers)));

// Ours: the wallet daemon signs under a budget, `aitbc pay` sends.
const program = fileURLToPath(new URL('../../aitbc', import.meta.url));
const aitbc = async (...words) => {
  try {
    return JSON.parse((await promisify(execFile)(program, [...words, '--json'], { timeout: 60_000 })).stdout);
  } catch (failure) {
    if (!failure.stdout) throw failure;
    return JSON.parse(failure.stdout);
  }
};
await aitbc('budget', 'create', 'buyer', '5');
const pay = body => aitbc('pay', `${base}/chat/completions`, '--body', JSON.stringify(body), '--type', 'application/json',
  '--max', '1', '--budget', 'buyer');
const first = await pay(ask);
checks.equal('ours is served', [first.status, JSON.parse(first.body).choices[0].message.content], [200, said]);
const second = await pay({ ...ask, stream: true });
checks.holds('ours is served a stream', second.status === 200 && second.body.includes('[DONE]'));
const third = await pay({ ...ask, stream: true, max_tokens: 16 });
checks.holds('and another', third.status === 200 && third.body.includes('[DONE]'));
checks.equal('each was executed once', models.asked.length, 21);
const sales = await (await fetch(`${base}/sales`)).json();
checks.equal('the provider counts what it sold', sales.answers, 21);
models.close();
checks.end();
process.exit(0);
