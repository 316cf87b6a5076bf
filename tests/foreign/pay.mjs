// The stock server of x402 (npm @x402/express with @x402/core and @x402/evm) on a running development network, paid by the stock
// client (@x402/fetch) and by ours: the wallet daemon signs, `aitbc pay` sends. Both pay both schemes; ours stays within its budget.
// Usage: AITBC_DATA=FOLDER node pay.mjs http://127.0.0.1:8006
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import express from 'express';
import { x402Client, wrapFetchWithPayment, decodePaymentResponseHeader } from '@x402/fetch';
import { x402Facilitator } from '@x402/core/facilitator';
import { paymentMiddleware, setSettlementOverrides, x402ResourceServer } from '@x402/express';
import { toClientEvmSigner, toFacilitatorEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme as ChannelPayer } from '@x402/evm/batch-settlement/client';
import { BatchSettlementEvmScheme as ChannelFacilitator } from '@x402/evm/batch-settlement/facilitator';
import { BatchSettlementEvmScheme as ChannelServer } from '@x402/evm/batch-settlement/server';
import { ExactEvmScheme as ExactPayer } from '@x402/evm/exact/client';
import { ExactEvmScheme as ExactFacilitator } from '@x402/evm/exact/facilitator';
import { ExactEvmScheme as ExactServer } from '@x402/evm/exact/server';
import { createPublicClient, createWalletClient, erc20Abi, http, publicActions } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { Checks, account as accountOf, chainOf, token } from './checks.mjs';

const url = process.argv[2];
const checks = new Checks('pay');
const chain = chainOf(url);
const network = `eip155:${chain.id}`;
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const payer = accountOf(6);
const relayer = accountOf(7);
const receiver = privateKeyToAccount(generatePrivateKey());
const coins = address => reader.readContract({ address: token, abi: erc20Abi, functionName: 'balanceOf', args: [address] });

// The server, as its documents have it: only the token's terms are our own.
const chainSigner = toFacilitatorEvmSigner(Object.assign(
  createWalletClient({ account: relayer, chain, transport: http(url), pollingInterval: 50 }).extend(publicActions),
  { address: relayer.address }));
const facilitator = new x402Facilitator()
  .register(network, new ExactFacilitator(chainSigner))
  .register(network, new ChannelFacilitator(chainSigner, relayer));
const local = {
  verify: (payload, requirements) => facilitator.verify(payload, requirements),
  settle: (payload, requirements) => facilitator.settle(payload, requirements),
  getSupported: async () => facilitator.getSupported(),
};
const price = amount => ({ asset: token, amount, extra: { name: 'AIT', version: '1' } });
const accepts = scheme => ({ scheme, network, payTo: receiver.address, price: price('1000'), maxTimeoutSeconds: 60 });
const served = [];
const app = express();
app.use(express.text({ type: '*/*' }));
app.use(paymentMiddleware(
  { 'POST /exact': { accepts: accepts('exact') }, 'GET /metered': { accepts: accepts('batch-settlement') } },
  new x402ResourceServer(local)
    .register(network, new ExactServer())
    .register(network, new ChannelServer(receiver.address, { receiverAuthorizerSigner: relayer }))));
app.post('/exact', (request, answer) => { served.push(request.body); answer.json({ echo: request.body }); });
app.get('/metered', (request, answer) => {
  if (request.query.charge) setSettlementOverrides(answer, { amount: request.query.charge });
  answer.json({ units: 1 });
});
const listener = app.listen(0, '127.0.0.1');
await new Promise(resolve => listener.on('listening', resolve));
const shop = `http://127.0.0.1:${listener.address().port}`;

// The stock client.
const signer = toClientEvmSigner(payer, reader);
const stock = new x402Client()
  .register(network, new ExactPayer(signer))
  .register(network, new ChannelPayer(signer))
  .setSpendControls({ allowedAssets: [{ network, asset: token }] });
const stockFetch = wrapFetchWithPayment(fetch, stock);
const stockExact = await stockFetch(`${shop}/exact`, { method: 'POST', body: 'stock' });
checks.equal('the stock client is served', [stockExact.status, (await stockExact.json()).echo], [200, 'stock']);
checks.holds('and settled', decodePaymentResponseHeader(stockExact.headers.get('PAYMENT-RESPONSE')).success);
for (const units of [1, 2]) {
  const metered = await stockFetch(`${shop}/metered`);
  checks.equal(`the stock client pays request ${units} by its channel`, metered.status, 200);
}

// Ours.
const program = fileURLToPath(new URL('../../aitbc', import.meta.url));
const aitbc = async (...words) => {
  try {
    return JSON.parse((await promisify(execFile)(program, [...words, '--json'], { timeout: 60_000 })).stdout);
  } catch (failure) {
    if (!failure.stdout) throw failure;
    return JSON.parse(failure.stdout);
  }
};
const made = await aitbc('budget', 'create', 'foreign', '12000 atto');
const budget = made.budget;
const pay = (...words) => aitbc('pay', ...words, '--max', '1000 atto', '--budget', 'foreign');
const left = async () => BigInt((await aitbc('budget', 'show', 'foreign')).left);

const before = await coins(receiver.address);
const exact = await pay(`${shop}/exact`, '--body', 'ours', '--type', 'text/plain');
checks.equal('ours is served', [exact.status, JSON.parse(exact.body).echo], [200, 'ours']);
checks.equal('ours is settled', [exact.outcome, exact.charged], ['settled', '1000']);
checks.equal('the same way pays alike', await coins(receiver.address) - before, 1000n);
checks.equal('served what each sent, once', served, ['stock', 'ours']);

const opening = await pay(`${shop}/metered`);
checks.equal('ours opens a channel', [opening.status, opening.outcome, opening.charged], [200, 'settled', '1000']);
checks.equal('it holds what the server announces', opening.payment.reserved, '10000');
checks.equal('the budget counts both', await left(), 1000n);
const second = await pay(`${shop}/metered`);
checks.equal('the next request draws on it', [second.status, second.payment.reserved], [200, '0']);
checks.equal('one channel', second.payment.channel, opening.payment.channel);
const cheap = await pay(`${shop}/metered?charge=400`);
checks.equal('a smaller charge is taken over', [cheap.status, cheap.charged], [200, '400']);
const [channel] = (await aitbc('budget', 'revoke', 'foreign', '--wait', '0')).channels;
checks.equal('what is charged', [channel.charged, channel.promised], ['2400', '3000']);
checks.equal('what is exposed', channel.atRisk, '3000');

// Revoked: nothing is signed, and the rest is on its way back.
const refused = await pay(`${shop}/metered`);
checks.equal('a revoked budget pays nothing', refused.error.code, 'budget_revoked');
const { channels: [closing] } = await aitbc('budget', 'revoke', 'foreign');
checks.equal('its channel closes', closing.state, 'closing');
checks.holds('until its delay is over', Date.parse(closing.until) > Date.now() + 800_000);
const [amount] = await reader.readContract({
  address: '0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003',
  abi: [{ type: 'function', name: 'pendingWithdrawals', stateMutability: 'view', inputs: [{ type: 'bytes32' }],
    outputs: [{ type: 'uint128' }, { type: 'uint40' }] }],
  functionName: 'pendingWithdrawals', args: [closing.id],
});
checks.equal('the chain has the withdrawal', amount, 10000n);
checks.holds('the budget is the one that was made', budget.id === closing.budget);
listener.close();
checks.end();
process.exit(0);
