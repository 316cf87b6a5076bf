// ethers v6 and viem, unmodified, with the wallet daemon as their signer: accounts, messages, typed data, sends that are mined, and
// the refusal of what a budget does not allow.
// Usage: AITBC_DATA=FOLDER node wallet.mjs http://127.0.0.1:8006
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FetchRequest, JsonRpcProvider, verifyMessage, verifyTypedData as ethersVerifyTypedData } from 'ethers';
import { bytesToHex, createPublicClient, createWalletClient, http, parseEther, verifyTypedData } from 'viem';
import { Checks, account as accountOf, chainOf } from './checks.mjs';

const url = process.argv[2];
const data = process.env.AITBC_DATA;
const checks = new Checks('wallet');
const chain = chainOf(url);
const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 50 });
const network = JSON.parse(readFileSync(join(data, 'devnet.json'), 'utf8'));
const wallet = network.urls.wallet;
const owner = readFileSync(network.tokenFile, 'utf8').trim();
const local = accountOf(9);
const receiver = accountOf(8).address;

const call = async (path, body, token = owner) => {
  const answer = await fetch(new URL(path, wallet), {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify(body),
  });
  return answer.json();
};
await call('/v1/accounts/import', { privateKey: bytesToHex(local.getHdKey().privateKey), label: 'foreign' });
const limits = { amount: parseEther('2').toString() };
const { token } = await call('/v1/budgets', { label: 'foreign-libraries', limits, account: local.address });
checks.holds('the budget has a token', /^[0-9a-f]{64}$/.test(token));

// ethers: a provider with one header more.
const request = new FetchRequest(new URL('/rpc', wallet).href);
request.setHeader('Authorization', `Bearer ${owner}`);
const provider = new JsonRpcProvider(request, undefined, { cacheTimeout: -1, batchMaxCount: 10 });
const signer = await provider.getSigner(local.address);
checks.equal('ethers: chain id', (await provider.getNetwork()).chainId, 7777n);
checks.equal('ethers: a message', verifyMessage('hello', await signer.signMessage('hello')), local.address);
const domain = { name: 'Note', version: '1', chainId: 7777, verifyingContract: receiver };
const types = { Note: [{ name: 'text', type: 'string' }, { name: 'amount', type: 'uint256' }] };
const message = { text: 'hello', amount: 5n };
const typed = await signer.signTypedData(domain, types, message);
checks.equal('ethers: typed data', ethersVerifyTypedData(domain, types, message, typed), local.address);
checks.equal('and the same as the key itself gives', typed,
  await local.signTypedData({ domain, types, primaryType: 'Note', message }));
const before = await provider.getBalance(receiver);
const sent = await signer.sendTransaction({ to: receiver, value: parseEther('0.5') });
checks.equal('ethers: a send is mined', (await sent.wait()).status, 1);
checks.equal('ethers: and pays', await provider.getBalance(receiver), before + parseEther('0.5'));

// viem: an account of the node behind the transport.
const client = createWalletClient({
  account: local.address, chain,
  transport: http(new URL('/rpc', wallet).href, { fetchOptions: { headers: { authorization: `Bearer ${token}` } } }),
});
checks.equal('viem: the budget has one account', (await client.getAddresses()).map(a => a.toLowerCase()), [local.address.toLowerCase()]);
const hash = await client.sendTransaction({ to: receiver, value: parseEther('0.25') });
checks.equal('viem: a send is mined', (await reader.waitForTransactionReceipt({ hash })).status, 'success');
const races = await Promise.all(Array.from({ length: 10 }, () => client.sendTransaction({ to: receiver, value: 1n })));
const mined = await Promise.all(races.map(each => reader.waitForTransactionReceipt({ hash: each })));
checks.equal('viem: ten sends at once are ten transactions', new Set(mined.map(m => m.transactionHash)).size, 10);
const ownerClient = createWalletClient({
  account: local.address, chain,
  transport: http(new URL('/rpc', wallet).href, { fetchOptions: { headers: { authorization: `Bearer ${owner}` } } }),
});
const signature = await ownerClient.signTypedData({ domain, types, primaryType: 'Note', message });
checks.holds('viem: typed data', await verifyTypedData({ address: local.address, domain, types, primaryType: 'Note', message, signature }));
await checks.refused('viem: beyond the budget', () => client.sendTransaction({ to: receiver, value: parseEther('5') }),
  e => e.walk(x => x.data?.code === 'budget_exceeded' || /atto-AIT left/.test(x.details ?? x.message ?? '')) !== null);
await checks.refused('viem: a message is not in the budget', () => client.signMessage({ message: 'hello' }),
  e => /does not understand/.test(e.details ?? e.message));
const balance = await reader.getBalance({ address: local.address });
await checks.refused('ethers: no token', async () => {
  const bare = new JsonRpcProvider(new URL('/rpc', wallet).href, 7777, { staticNetwork: true });
  try { await bare.send('eth_accounts', []); } finally { bare.destroy(); }
}, e => /401/.test(e.message) || e.info?.responseStatus?.startsWith('401'));
checks.equal('nothing was sent by what was refused', await reader.getBalance({ address: local.address }), balance);
provider.destroy();
checks.end();
