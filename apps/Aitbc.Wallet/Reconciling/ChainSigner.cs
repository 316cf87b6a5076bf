using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Signing;

namespace Aitbc.Wallet.Reconciling;

/// <summary>Signs what the daemon itself sends to the chain to take coins back; nothing else asks it.</summary>
internal sealed class ChainSigner(AccountSigner signer) : IWalletSigner
{
    public async Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default) =>
        await OpenAsync<Transaction>(from, key => transaction.Sign(key), cancel);

    public async Task<Signature> SignAsync(Address from, Hash256 digest, CancellationToken cancel)
    {
        var bytes = await OpenAsync<byte[]>(from, key => key.Sign(digest).ToBytes65(), cancel);
        return Signature.TryParse65(bytes, out var signature)
            ? signature
            : throw new InvalidOperationException("A signature of this wallet cannot be read.");
    }

    public Task<Signature> SignMessageAsync(
        Address from, ReadOnlyMemory<byte> message, CancellationToken cancel = default) =>
        throw new NotSupportedException("The daemon signs no messages of its own.");

    public Task<Signature> SignTypedDataAsync(
        Address from, JsonElement typedData, CancellationToken cancel = default) =>
        throw new NotSupportedException("The daemon signs no typed data of its own.");

    private async Task<T> OpenAsync<T>(Address from, Func<PrivateKey, Verdict<T>> sign, CancellationToken cancel)
        where T : class =>
        await signer.WithKeyAsync(from, sign, cancel) is { Value: { } signed }
            ? signed
            : throw new WalletLockedException(); // an account that is gone or damaged signs as little as a locked one
}
