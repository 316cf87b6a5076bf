// The coordinator of this repository as the facilitator of stock servers: npm @x402/core's client of facilitators, and @x402/express as
// a shop that has no node of its own, unmodified, paid by stock @x402/fetch.
// Usage: AITBC_COORDINATOR_URL=URL node facilitator.mjs http://127.0.0.1:8006
import express from 'express';
import { HTTPFacilitatorClient } from '@x402/core/server';
import { paymentMiddleware, x402ResourceServer } from '@x402/express';
import { ExactEvmScheme as ExactShop } from '@x402/evm/exact/server';
import { ExactEvmScheme as ExactPayer } from '@x402/evm/exact/client';
import { BatchSettlementEvmScheme as ChannelShop, BatchSettlementChannelManager as ChannelManager } from '@x402/evm/batch-settlement/server';
import { BatchSettlementEvmScheme as ChannelPayer } from '@x402/evm/batch-settlement/client';
import { toClientEvmSigner } from '@x402/evm';
import { x402Client, wrapFetchWithPayment, decodePaymentResponseHeader } from '@x402/fetch';
import { createPublicClient, erc20Abi, http } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { Checks, account as accountOf, chainOf, token } from './checks.mjs';

const url = process.argv[2];
const checks = new Checks('facilitator');
const chain = chainOf(url);
const network = `eip155:${chain.id}`;
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const facilitator = new HTTPFacilitatorClient({ url: `${process.env.AITBC_COORDINATOR_URL.replace(/\/$/, '')}/x402` });
const receiver = privateKeyToAccount(generatePrivateKey());
const coins = address => reader.readContract({ address: token, abi: erc20Abi, functionName: 'balanceOf', args: [address] });

const supported = await facilitator.getSupported();
checks.equal('both schemes are served', supported.kinds, ['exact', 'batch-settlement'].map(scheme => ({ x402Version: 2, scheme, network })));

// By hand: verified, settled, settled again.
const price = { scheme: 'exact', network, amount: '1234', asset: token, payTo: receiver.address, maxTimeoutSeconds: 300,
  extra: { name: 'AIT', version: '1' } };
const payer = new ExactPayer(toClientEvmSigner(accountOf(8), reader));
const payment = { accepted: price, resource: { url: 'http://127.0.0.1/' }, ...await payer.createPaymentPayload(2, price) };
checks.equal('a payment is verified', (await facilitator.verify(payment, price)).isValid, true);
const settled = await facilitator.settle(payment, price);
checks.equal('a payment is settled', [settled.success, settled.errorReason], [true, undefined]);
checks.equal('the chain has it', (await reader.getTransactionReceipt({ hash: settled.transaction })).status, 'success');
const again = await facilitator.settle(payment, price);
checks.equal('and again is the same', [again.success, again.transaction], [true, settled.transaction]);
checks.equal('it pays once', await coins(receiver.address), 1234n);
checks.equal('it cannot be used again', (await facilitator.verify(payment, price)).invalidReason,
  'invalid_exact_evm_nonce_already_used');
const dearer = { ...price, amount: '9999' };
checks.equal('nor for more', (await facilitator.verify(payment, dearer)).invalidReason,
  'invalid_exact_evm_payload_authorization_value_mismatch');

// A shop of stock parts.
const app = express();
app.use(paymentMiddleware({
  'GET /weather': { accepts: { scheme: 'exact', network, payTo: receiver.address,
    price: { asset: token, amount: '777', extra: { name: 'AIT', version: '1' } } }, description: 'Weather' },
}, new x402ResourceServer(facilitator).register(network, new ExactShop())));
let served = 0;
app.get('/weather', (_, answer) => { served++; answer.json({ weather: 'fair' }); });
const server = await new Promise(ready => { const s = app.listen(0, '127.0.0.1', () => ready(s)); });
const shop = `http://127.0.0.1:${server.address().port}/weather`;
checks.equal('the shop gives nothing for nothing', (await fetch(shop)).status, 402);
const client = new x402Client().register(network, payer).setSpendControls({ allowedAssets: [{ network, asset: token }] });
const before = served;
const answer = await wrapFetchWithPayment(fetch, client)(shop);
checks.equal('the shop serves who pays', [answer.status, (await answer.json()).weather], [200, 'fair']);
checks.equal('once', served, before + 1);
checks.holds('and says so', decodePaymentResponseHeader(answer.headers.get('PAYMENT-RESPONSE')).success);
checks.equal('the shop has its coins', await coins(receiver.address), 1234n + 777n);
server.close();

// A shop of stock parts that is paid by channels, and claims and refunds with a key of its own.
const till = new ChannelShop(receiver.address, { receiverAuthorizerSigner: privateKeyToAccount(generatePrivateKey()), withdrawDelay: 900 });
const channelApp = express();
channelApp.use(paymentMiddleware({
  'GET /word': { accepts: { scheme: 'batch-settlement', network, payTo: receiver.address,
    price: { asset: token, amount: '100', extra: { name: 'AIT', version: '1' } } }, description: 'A word' },
}, new x402ResourceServer(facilitator).register(network, till)));
channelApp.get('/word', (_, answer) => answer.json({ word: 'good' }));
const channelServer = await new Promise(ready => { const s = channelApp.listen(0, '127.0.0.1', () => ready(s)); });
const words = `http://127.0.0.1:${channelServer.address().port}/word`;
const drawer = accountOf(7);
const paying = wrapFetchWithPayment(fetch, new x402Client().register(network, new ChannelPayer(toClientEvmSigner(drawer, reader)))
  .setSpendControls({ allowedAssets: [{ network, asset: token }] }));
for (let i = 0; i < 3; i++) {
  const word = await paying(words);
  checks.equal(`request ${i + 1} by the channel`, [word.status, (await word.json()).word], [200, 'good']);
}
const manager = new ChannelManager({ scheme: till, facilitator, receiver: receiver.address, token, network });
const { claims } = await manager.claimAndSettle();
checks.equal('the shop claims its channel', claims.map(c => c.vouchers), [1]);
checks.equal('and is paid for three', await coins(receiver.address), 1234n + 777n + 300n);
const rest = await coins(drawer.address);
checks.equal('the shop refunds', (await manager.refund()).length, 1);
checks.holds('and the payer has the rest', await coins(drawer.address) > rest);
channelServer.close();
checks.end();
process.exit(0);
