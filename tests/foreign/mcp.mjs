// The MCP door of the provider, used by the stock client of MCP, npm @modelcontextprotocol/sdk, with payments by npm @x402/core and
// @x402/evm, all unmodified. Behind the provider is a scripted server of models.
// Usage: AITBC_PROVIDER_URL=URL OLLAMA_HOST=HOST:PORT node mcp.mjs http://127.0.0.1:8006
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { x402Client } from '@x402/core/client';
import { toClientEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme as ChannelPayer } from '@x402/evm/batch-settlement/client';
import { ExactEvmScheme as ExactPayer } from '@x402/evm/exact/client';
import { createPublicClient, http } from 'viem';
import { Checks, account, chainOf, token, until } from './checks.mjs';
import { model, serveModels } from './models.mjs';

const url = process.argv[2];
const checks = new Checks('mcp');
const chain = chainOf(url);
const network = `eip155:${chain.id}`;
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const models = await serveModels(Number(process.env.OLLAMA_HOST.split(':').at(-1)));
const client = new Client({ name: 'aitbc-foreign', version: '1.0.0' });
await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', process.env.AITBC_PROVIDER_URL)));
const call = async (name, args = {}, payment) => client.callTool({
  name, arguments: args, ...(payment && { _meta: { 'x402/payment': payment } }),
});

checks.equal('the server says who it is', client.getServerVersion().name, 'aitbc-provider');
await client.ping();
checks.equal('the tools are listed', (await client.listTools()).tools.map(t => t.name), ['models', 'quote', 'run', 'chat', 'balance', 'why']);
await until('the model is on sale', async () =>
  (await call('models')).structuredContent.models.some(m => m.name === model));

const ask = { model, messages: [{ role: 'user', content: 'What is two plus two?' }], max_tokens: 32 };
const quote = (await call('quote', ask)).structuredContent;
checks.holds('a quote is free', BigInt(quote.total) > 0n && models.asked.length === 0);
await checks.refused('an unknown tool', () => call('no'), e => e.code === -32602);

for (const [name, index, Scheme] of [['exact', 6, ExactPayer], ['channel', 8, ChannelPayer]]) {
  const payer = new x402Client()
    .register(network, new Scheme(toClientEvmSigner(account(index), reader)))
    .setSpendControls({ allowedAssets: [{ network, asset: token }] });
  const before = models.asked.length;
  const offer = await call('chat', ask);
  checks.holds(`${name}: an unpaid chat is an offer`, offer.isError && offer.structuredContent.x402Version === 2);
  checks.equal(`${name}: which is the quote`, offer.structuredContent.accepts.map(a => a.amount), [quote.total, quote.total]);
  checks.equal(`${name}: and its text`, JSON.parse(offer.content[0].text), offer.structuredContent);
  checks.equal(`${name}: and executes nothing`, models.asked.length, before);

  const payment = await payer.createPaymentPayload(offer.structuredContent);
  const given = await call('chat', ask, payment);
  checks.equal(`${name}: a paid chat is given`, [given.isError ?? false, given.content[0].text], [false, 'Two plus two is four.']);
  const settled = given._meta['x402/payment-response'];
  checks.holds(`${name}: the payment is taken`, settled.success);
  if (name === 'exact') {
    checks.equal('exact: the chain has it', (await reader.getTransactionReceipt({ hash: settled.transaction })).status, 'success');
  } else {
    const state = settled.extra.channelState;
    const balance = (await call('balance', { channel: state.channelId })).structuredContent;
    checks.equal('channel: its balance is told', [balance.charged, balance.deposited], [state.chargedCumulativeAmount, state.balance]);
  }

  const again = await call('chat', ask, payment);
  checks.equal(`${name}: the same payment gives the same answer`, again.structuredContent, given.structuredContent);
  const other = await call('chat', { ...ask, seed: 1 }, payment);
  checks.holds(`${name}: and no other`, other.isError && other.structuredContent.error.length > 0);
  checks.equal(`${name}: the chat was executed once`, models.asked.length, before + 1);
  const why = await until('the charge is told', async () => {
    const said = (await call('why', { answer: given._meta['aitbc/answer'] })).structuredContent;
    return said.charged !== null && said;
  });
  checks.holds(`${name}: why says what was charged`, why.state === 'given' && BigInt(why.charged) > 0n);
}

// A run of a program, paid in the same two ways.
const program = { script: 'for (const w of input.split(" ")) print(w.length)', input: 'five eighteen', maxStatements: 1000 };
const dear = (await call('quote', program)).structuredContent;
checks.equal('run: the quote names engine and unit', [dear.engine, dear.unit, dear.mostUnits], ['js', 'statement', 1000]);
for (const [name, index, Scheme] of [['exact', 6, ExactPayer], ['channel', 9, ChannelPayer]]) {
  const payer = new x402Client()
    .register(network, new Scheme(toClientEvmSigner(account(index), reader)))
    .setSpendControls({ allowedAssets: [{ network, asset: token }] });
  const offer = await call('run', program);
  checks.equal(`run, ${name}: the offer is the quote`, offer.structuredContent.accepts.map(a => a.amount), [dear.total, dear.total]);
  const payment = await payer.createPaymentPayload(offer.structuredContent);
  const given = await call('run', program, payment);
  checks.equal(`run, ${name}: the output is given`, [given.isError ?? false, given.content[0].text], [false, '4\n8\n']);
  const { units, charged } = given.structuredContent;
  checks.equal(`run, ${name}: the charge is that of the scheme`, BigInt(charged),
    name === 'exact' ? BigInt(dear.total) : (BigInt(units) * BigInt(dear.price) + BigInt(dear.unitsPer) - 1n) / BigInt(dear.unitsPer));
  const again = await call('run', program, payment);
  checks.equal(`run, ${name}: the same payment gives the same answer`, again.structuredContent, given.structuredContent);
}

await client.close();
models.close();
checks.end();
process.exit(0);
