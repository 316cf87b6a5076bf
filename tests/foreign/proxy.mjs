// `aitbc proxy`: the stock clients openai, ollama and Vercel's ai with nothing but an address and an API key, which is the token of a
// budget. None of them knows of payments; over the gateway and over a provider.
// Usage: AITBC_COORDINATOR_URL=URL AITBC_PROVIDER_URL=URL OLLAMA_HOST=HOST:PORT node proxy.mjs http://127.0.0.1:8006
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, streamText } from 'ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { Checks, until } from './checks.mjs';
import { model, serveModels } from './models.mjs';

const checks = new Checks('proxy');
const words = ['Two', ' plus', ' two', ' is', ' four.'];
const said = 'Two plus two is four.';
const models = await serveModels(Number(process.env.OLLAMA_HOST.split(':').at(-1)), words);
const gateway = `${process.env.AITBC_COORDINATOR_URL.replace(/\/$/, '')}/v1`;
await until('the gateway sells the model', async () =>
  (await (await fetch(`${gateway}/models`)).json()).data.some(m => m.id === model));

const program = fileURLToPath(new URL('../../aitbc', import.meta.url));
const aitbc = async (...words) => JSON.parse((await promisify(execFile)(program, [...words, '--json'], { timeout: 60_000 })).stdout);
const freePort = () => new Promise(resolve => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
/** Starts a proxy and waits until it listens. */
const started = [];
const start = async (...words) => {
  const proxy = spawn(program, ['proxy', '--port', await freePort(), '--json', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(proxy);
  const [line] = await once(createInterface(proxy.stdout), 'line');
  return { process: proxy, ...JSON.parse(line) };
};
process.on('exit', () => started.forEach(proxy => proxy.kill()));

const spentOf = async name => BigInt((await aitbc('budget', 'show', name)).spent);
const { token: apiKey } = await aitbc('budget', 'create', 'proxied', '5');
checks.holds('a budget has a token', /^[0-9a-f]{64}$/.test(apiKey));
const overGateway = await start();
const direct = await start('--server', process.env.AITBC_PROVIDER_URL);
const ask = { model, messages: [{ role: 'user', content: 'What is two plus two?' }], max_tokens: 32 };

const openai = new OpenAI({ baseURL: `${overGateway.url}/v1`, apiKey });
checks.holds('openai lists the models', (await openai.models.list()).data.some(m => m.id === model));
const whole = await openai.chat.completions.create(ask);
checks.equal('openai reads an answer', [whole.choices[0].message.content, whole.usage.total_tokens], [said, 22]);
let text = '';
for await (const chunk of await openai.chat.completions.create({ ...ask, stream: true }))
  text += chunk.choices[0]?.delta?.content ?? '';
checks.equal('openai reads a stream', text, said);
const vectors = await openai.embeddings.create({ model, input: ['a'] });
checks.equal('openai reads vectors', [...vectors.data[0].embedding], [0.5, -2]);
const both = await Promise.all([1, 2].map(() => openai.chat.completions.create(ask, { maxRetries: 5 })));
checks.equal('and two answers at once', both.map(m => m.choices[0].message.content), [said, said]);

const compatible = createOpenAICompatible({ name: 'aitbc', baseURL: `${overGateway.url}/v1`, apiKey });
checks.equal('ai reads an answer', (await generateText({ model: compatible(model), prompt: 'What is two plus two?' })).text, said);
checks.equal('ai reads a stream', await streamText({ model: compatible(model), prompt: 'What is two plus two?' }).text, said);

const ollama = new Ollama({ host: direct.url, headers: { Authorization: `Bearer ${apiKey}` } });
checks.equal('ollama lists the models', (await ollama.list()).models.map(m => m.name), [model]);
const chat = await ollama.chat({ ...ask, options: { num_predict: 32 } });
checks.equal('ollama reads an answer', [chat.message.content, chat.eval_count], [said, 5]);
text = '';
for await (const part of await ollama.generate({ model, prompt: 'Two plus two', stream: true, options: { num_predict: 32 } }))
  text += part.response;
checks.equal('ollama reads a stream', text, said);
const responses = new OpenAI({ baseURL: `${direct.url}/v1`, apiKey });
checks.equal('openai reads a response', (await responses.responses.create({ model, input: 'What is two plus two?', max_output_tokens: 32 })).output_text, said);

const spent = await spentOf('proxied');
checks.holds('the budget paid', spent > 0n);
const executed = models.asked.length;
const foreign = new OpenAI({ baseURL: `${overGateway.url}/v1`, apiKey: 'sk-0000', maxRetries: 2 });
await checks.refused('a key of somebody else', () => foreign.chat.completions.create(ask), e => e.status === 401 && e.code === 'invalid_api_key');
const { token: poor } = await aitbc('budget', 'create', 'poor', '1 atto');
const short = new OpenAI({ baseURL: `${overGateway.url}/v1`, apiKey: poor, maxRetries: 2 });
await checks.refused('more than the budget has', () => short.chat.completions.create(ask), e => e.code === 'budget_exceeded');
await checks.refused('a model that nobody sells', () => openai.chat.completions.create({ ...ask, model: 'none' }), e => e.status === 404);
const strict = await start('--max', '1 atto');
const limited = new OpenAI({ baseURL: `${strict.url}/v1`, apiKey, maxRetries: 0 });
await checks.refused('more than one request may cost', () => limited.chat.completions.create(ask), e => e.code === 'no_payable_offer');
checks.equal('nothing of that was executed', models.asked.length, executed);
checks.equal('or paid', await spentOf('proxied'), spent);
checks.holds('no key reaches an engine', !JSON.stringify(models.asked).includes(apiKey));

for (const proxy of [overGateway, direct, strict]) {
  const gone = once(proxy.process, 'exit');
  proxy.process.kill('SIGINT');
  checks.equal('Ctrl-C ends it', (await gone)[0], 0);
}
models.close();
checks.end();
process.exit(0);
