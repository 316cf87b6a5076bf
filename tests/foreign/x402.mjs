// The stock client and the stock facilitator of x402 (npm @x402/evm), unmodified, against a running development network: a
// channel is opened, charged by vouchers, claimed, settled, refunded; and the contracts answer by the client's own ABI.
// Usage: node x402.mjs http://127.0.0.1:8006
import { BatchSettlementEvmScheme as Payer, computeChannelId } from '@x402/evm/batch-settlement/client';
import { BatchSettlementEvmScheme as Facilitator } from '@x402/evm/batch-settlement/facilitator';
import { ExactEvmScheme as ExactPayer } from '@x402/evm/exact/client';
import { ExactEvmScheme as ExactFacilitator } from '@x402/evm/exact/facilitator';
import { toClientEvmSigner, toFacilitatorEvmSigner } from '@x402/evm';
import { createPublicClient, createWalletClient, erc20Abi, http, publicActions } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { Checks, account as accountOf, chainOf, token } from './checks.mjs';

const url = process.argv[2];
const checks = new Checks('x402');
const chain = chainOf(url);
const network = `eip155:${chain.id}`;
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const payer = accountOf(4);
const relayer = accountOf(5);
const receiver = privateKeyToAccount(generatePrivateKey());
const authorizer = privateKeyToAccount(generatePrivateKey());
const coins = address => reader.readContract({ address: token, abi: erc20Abi, functionName: 'balanceOf', args: [address] });
const signer = toFacilitatorEvmSigner(Object.assign(
  createWalletClient({ account: relayer, chain, transport: http(url), pollingInterval: 50 }).extend(publicActions),
  { address: relayer.address }));

const offer = (scheme, amount, extra = {}) => ({
  scheme, network, amount, asset: token, payTo: receiver.address, maxTimeoutSeconds: 300,
  extra: { name: 'AIT', version: '1', ...extra },
});
const pay = async (client, requirements) => ({
  accepted: requirements, resource: { url: 'http://127.0.0.1/' }, ...await client.createPaymentPayload(2, requirements),
});

// exact: one signed transfer.
const price = offer('exact', '1234');
const exact = await pay(new ExactPayer(toClientEvmSigner(payer, reader)), price);
const teller = new ExactFacilitator(signer);
checks.equal('exact is verified', (await teller.verify(exact, price)).isValid, true);
const paid = await teller.settle(exact, price);
checks.equal('exact is settled', [paid.success, paid.errorReason], [true, undefined]);
checks.equal('exact pays', await coins(receiver.address), 1234n);
checks.equal('exact pays once', (await teller.verify(exact, price)).invalidReason, 'invalid_exact_evm_nonce_already_used');

// batch-settlement: a channel, its vouchers, their claim.
const facilitator = new Facilitator(signer, authorizer);
const metered = offer('batch-settlement', '1000', { withdrawDelay: 900, ...facilitator.getExtra(network) });
const client = new Payer(toClientEvmSigner(payer, reader));
const opening = await pay(client, metered);
const { channelConfig, voucher } = opening.payload;
checks.equal('the first payment deposits', opening.payload.type, 'deposit');
checks.equal('the id', computeChannelId(channelConfig, network), voucher.channelId);
const verified = await facilitator.verify(opening, metered);
checks.equal('the deposit is verified', [verified.isValid, verified.invalidReason], [true, undefined]);
const deposited = await facilitator.settle(opening, metered);
checks.equal('the deposit is settled', [deposited.success, deposited.errorReason], [true, undefined]);
const deposit = BigInt(opening.payload.deposit.amount);
checks.equal('the channel holds it', BigInt(deposited.extra.channelState.balance), deposit);

// The server has charged the first voucher; the next one covers both requests.
await client.schemeHooks.onPaymentResponse?.({ paymentPayload: opening, requirements: metered, settleResponse: {
  ...deposited, extra: { ...deposited.extra, chargedAmount: '1000',
    channelState: { ...deposited.extra.channelState, chargedCumulativeAmount: '1000' } } } });
const second = await pay(client, metered);
checks.equal('the second payment is a voucher', second.payload.type, 'voucher');
checks.equal('its total', second.payload.voucher.maxClaimableAmount, '2000');
checks.equal('the voucher is verified', (await facilitator.verify(second, metered)).isValid, true);

const row = { voucher: { channel: channelConfig, maxClaimableAmount: '2000' }, signature: second.payload.voucher.signature };
const settle = payload => facilitator.settle({ ...second, payload }, metered);
const claimed = await settle({ type: 'claim', claims: [{ ...row, totalClaimed: '1500' }] });
checks.equal('the claim is settled', [claimed.success, claimed.errorReason], [true, undefined]);
const settled = await settle({ type: 'settle', receiver: receiver.address, token });
checks.equal('the receiver is settled', [settled.success, settled.errorReason], [true, undefined]);
checks.equal('the receiver is paid', await coins(receiver.address), 1234n + 1500n);

// A claim and the refund of the rest in one multicall.
const before = await coins(payer.address);
const refunded = await settle({ type: 'refund', channelConfig, voucher: second.payload.voucher,
  amount: String(deposit), refundNonce: '0', claims: [{ ...row, totalClaimed: '2000' }] });
checks.equal('the refund is settled', [refunded.success, refunded.errorReason], [true, undefined]);
checks.equal('the payer has the rest', await coins(payer.address) - before, deposit - 2000n);
await settle({ type: 'settle', receiver: receiver.address, token });
checks.equal('the receiver has all of it', await coins(receiver.address), 1234n + 2000n);
const nothing = await settle({ type: 'settle', receiver: receiver.address, token });
checks.equal('and nothing twice', nothing.success, false);
checks.end();
