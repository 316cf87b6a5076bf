// The OpenAI door of the provider, used by Vercel's npm ai with @ai-sdk/openai-compatible and @x402/fetch as its fetch, all unmodified, by
// exact and by batch-settlement. Behind the provider is a scripted server of models.
// Usage: AITBC_PROVIDER_URL=URL OLLAMA_HOST=HOST:PORT node ai.mjs http://127.0.0.1:8006
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embedMany, generateText, streamText } from 'ai';
import { x402Client, wrapFetchWithPayment, decodePaymentResponseHeader } from '@x402/fetch';
import { toClientEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme as ChannelPayer } from '@x402/evm/batch-settlement/client';
import { ExactEvmScheme as ExactPayer } from '@x402/evm/exact/client';
import { createPublicClient, http } from 'viem';
import { Checks, account, chainOf, token, until } from './checks.mjs';
import { model, serveModels } from './models.mjs';

const url = process.argv[2];
const checks = new Checks('ai');
const chain = chainOf(url);
const network = `eip155:${chain.id}`;
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const models = await serveModels(Number(process.env.OLLAMA_HOST.split(':').at(-1)));
const baseURL = `${process.env.AITBC_PROVIDER_URL.replace(/\/$/, '')}/v1`;
await until('the model is on sale', async () =>
  (await (await fetch(`${baseURL}/models`)).json()).data.some(m => m.id === model));
const said = 'Two plus two is four.';
const ask = { prompt: 'What is two plus two?', system: 'Be brief.', maxOutputTokens: 32 };
const provider = fetch => createOpenAICompatible({ name: 'aitbc', baseURL, apiKey: 'sk-nobody-shall-see', includeUsage: true, fetch });

// It asks again on its own where that is told to help; a payment is not such a case.
let tries = 0;
const unpaid = provider((...words) => { tries++; return fetch(...words); });
await checks.refused('an unpaid request', () => generateText({ model: unpaid(model), ...ask }),
  e => APICallError.isInstance(e) && e.statusCode === 402 && !e.isRetryable);
checks.equal('and is asked once', [tries, models.asked.length], [1, 0]);

for (const [name, index, Scheme] of [['exact', 6, ExactPayer], ['channel', 8, ChannelPayer]]) {
  const payer = new x402Client()
    .register(network, new Scheme(toClientEvmSigner(account(index), reader)))
    .setSpendControls({ allowedAssets: [{ network, asset: token }] });
  const paid = wrapFetchWithPayment(fetch, payer);
  const seen = [];
  const aitbc = provider(async (...words) => {
    const answer = await paid(...words);
    seen.push(answer);
    return answer;
  });
  const before = models.asked.length;

  const whole = await generateText({ model: aitbc(model), ...ask });
  checks.equal(`${name}: a text is generated`, [whole.text, whole.finishReason], [said, 'stop']);
  checks.equal(`${name}: and its usage`, [whole.usage.inputTokens, whole.usage.outputTokens], [17, 5]);
  const settled = decodePaymentResponseHeader(seen.at(-1).headers.get('PAYMENT-RESPONSE'));
  checks.holds(`${name}: the payment is taken`, settled.success);
  if (name === 'exact')
    checks.equal('exact: the chain has it', (await reader.getTransactionReceipt({ hash: settled.transaction })).status, 'success');

  for (const round of [1, 2]) {
    const stream = streamText({ model: aitbc(model), ...ask, onError: ({ error }) => { throw error; } });
    const parts = [];
    for await (const part of stream.textStream) parts.push(part);
    checks.equal(`${name}: stream ${round} comes in its parts`, parts, ['Two', ' plus', ' two', ' is', ' four.']);
    checks.equal(`${name}: with its usage`, [await stream.finishReason, (await stream.usage).outputTokens], ['stop', 5]);
  }

  const vectors = await embedMany({ model: aitbc.embeddingModel(model), values: ['a', 'b'] });
  checks.equal(`${name}: texts become vectors`, vectors.embeddings, [[0.5, -2], [0.5, -2]]);
  checks.equal(`${name}: each was executed once`, models.asked.length, before + 4);
}

checks.holds('no credential reaches the engine', models.asked.every(a =>
  !JSON.stringify(a).includes('sk-nobody-shall-see') && !('payment-signature' in a.headers) && !('authorization' in a.headers)));
models.close();
checks.end();
process.exit(0);
