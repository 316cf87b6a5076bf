// The A2A door of the provider, used by the stock clients of both versions of A2A, npm @a2a-js/sdk 1.3.0 (1.0) and 0.3.14 (0.3), with
// @x402/fetch as their fetch, all unmodified. Behind the provider is a scripted server of models.
// Usage: AITBC_PROVIDER_URL=URL OLLAMA_HOST=HOST:PORT node a2a.mjs http://127.0.0.1:8006
import { ClientFactory, ClientFactoryOptions, JsonRpcTransportFactory } from '@a2a-js/sdk/client';
import * as old from 'a2a-sdk-0.3/client';
import { x402Client, wrapFetchWithPayment, decodePaymentResponseHeader } from '@x402/fetch';
import { toClientEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme as ChannelPayer } from '@x402/evm/batch-settlement/client';
import { ExactEvmScheme as ExactPayer } from '@x402/evm/exact/client';
import { createPublicClient, http } from 'viem';
import { Checks, account, chainOf, token, until } from './checks.mjs';
import { model, serveModels } from './models.mjs';

const url = process.argv[2];
const shop = process.env.AITBC_PROVIDER_URL;
const checks = new Checks('a2a');
const chain = chainOf(url);
const network = `eip155:${chain.id}`;
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const words = ['Two', ' plus', ' two', ' is', ' four.'];
const models = await serveModels(Number(process.env.OLLAMA_HOST.split(':').at(-1)), words);
const said = words.join('');
const card = await until('the card names the model', async () => {
  const told = await (await fetch(new URL('/.well-known/agent-card.json', shop))).json();
  return told.skills.some(s => s.id === `chat/${model}`) && told;
});
checks.equal('both versions are on the card', card.supportedInterfaces.map(i => i.protocolVersion), ['1.0', '0.3']);

const paying = (index, Scheme) => {
  const client = new x402Client()
    .register(network, new Scheme(toClientEvmSigner(account(index), reader)))
    .setSpendControls({ allowedAssets: [{ network, asset: token }] });
  const seen = [];
  const paid = wrapFetchWithPayment(fetch, client);
  return { seen, fetch: async (...words) => {
    const answer = await paid(...words);
    seen.push(answer);
    return answer;
  } };
};
const wallets = { exact: paying(6, ExactPayer), channel: paying(9, ChannelPayer) };
const metadata = { model, max_tokens: 32 };
const textOf = task => task.artifacts.flatMap(a => a.parts).map(p => p.text ?? p.content?.value).join('');
const versions = {
  '1.0': {
    connect: fetchImpl => new ClientFactory(ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
      transports: [new JsonRpcTransportFactory({ fetchImpl })],
    })).createFromUrl(shop),
    message: (text, more) => ({ message: { messageId: crypto.randomUUID(), role: 1, metadata,
      parts: [{ content: { $case: 'text', value: text } }], extensions: [], referenceTaskIds: [] }, ...more }),
    immediately: { configuration: { returnImmediately: true, acceptedOutputModes: ['text/plain'] } },
    states: { working: 2, completed: 3, canceled: 5 },
    event: ({ payload }) => ({ kind: payload.$case, ...payload.value, text: payload.value.artifact?.parts[0].content.value }),
  },
  '0.3': {
    connect: fetchImpl => new old.ClientFactory(old.ClientFactoryOptions.createFrom(old.ClientFactoryOptions.default, {
      transports: [new old.JsonRpcTransportFactory({ fetchImpl })],
    })).createFromUrl(shop),
    message: (text, more) => ({ message: { kind: 'message', messageId: crypto.randomUUID(), role: 'user', metadata,
      parts: [{ kind: 'text', text }] }, ...more }),
    immediately: { configuration: { blocking: false, acceptedOutputModes: ['text/plain'] } },
    states: { working: 'working', completed: 'completed', canceled: 'canceled' },
    event: e => ({ ...e, kind: { 'status-update': 'statusUpdate', 'artifact-update': 'artifactUpdate' }[e.kind] ?? e.kind,
      text: e.artifact?.parts[0].text }),
  },
};

for (const [version, { connect, message, immediately, states, event }] of Object.entries(versions)) {
  const unpaid = await connect(fetch);
  await checks.refused(`${version}: an unpaid message`, () => unpaid.sendMessage(message('hi')), e => /at most \d+ atto-AIT/.test(e.message));

  for (const [name, wallet] of Object.entries(wallets)) {
    const before = models.asked.length;
    const client = await connect(wallet.fetch);
    const task = await client.sendMessage(message('What is two plus two?'));
    checks.equal(`${version} ${name}: a paid message gets its task`, [task.status.state, textOf(task)], [states.completed, said]);
    checks.equal(`${version} ${name}: which says its cost`, task.metadata.aitbc.output_tokens, words.length);
    const settled = decodePaymentResponseHeader(wallet.seen.at(-1).headers.get('PAYMENT-RESPONSE'));
    checks.holds(`${version} ${name}: the payment is taken`, settled.success);
    if (name === 'exact')
      checks.equal(`${version}: the chain has it`, (await reader.getTransactionReceipt({ hash: settled.transaction })).status, 'success');
    checks.equal(`${version} ${name}: the task is there for who knows it`, textOf(await unpaid.getTask({ id: task.id })), said);

    const events = [];
    for await (const each of client.sendMessageStream(message('What is two plus two?'))) events.push(event(each));
    checks.equal(`${version} ${name}: a stream is a task, its parts and its end`, [events[0].kind, events.at(-1).kind, events.at(-1).status.state],
      ['task', 'statusUpdate', states.completed]);
    checks.equal(`${version} ${name}: its parts are the answer`, events.map(e => e.text ?? '').join(''), said);
    checks.equal(`${version} ${name}: each was executed once`, models.asked.length, before + 2);
  }

  // An answer that is not waited for and never ends: followed, and ended by who knows it.
  words.splice(1, words.length, new Promise(() => {}));
  const client = await connect(wallets.channel.fetch);
  const begun = await client.sendMessage(message('What is two plus two?', immediately));
  checks.equal(`${version}: a task is told at once`, begun.status.state, states.working);
  const followed = [];
  for await (const each of unpaid.resubscribeTask({ id: begun.id })) {
    if (followed.push(event(each)) === 1) await unpaid.cancelTask({ id: begun.id });
  }
  checks.equal(`${version}: it is followed to its end`, [followed[0].kind, followed.at(-1).status.state], ['task', states.canceled]);
  checks.equal(`${version}: which stays`, (await unpaid.getTask({ id: begun.id })).status.state, states.canceled);
  await checks.refused(`${version}: a task that has ended`, () => unpaid.cancelTask({ id: begun.id }), e => /has ended|cannot be canceled/.test(e.message));
  await checks.refused(`${version}: a task of nobody`, () => unpaid.getTask({ id: '0'.repeat(32) }), e => /no such task|not found/i.test(e.message));
  words.splice(1, words.length, ...said.split(/(?= )/).slice(1));
}

models.close();
checks.end();
process.exit(0);
