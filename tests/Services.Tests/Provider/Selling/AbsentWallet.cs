using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Wallet;

namespace Services.Tests.Provider.Selling;

/// <summary>A wallet daemon that goes away when a test wants it to.</summary>
internal sealed class AbsentWallet(LocalSigner signer) : IWalletSigner
{
    private volatile bool _isAway;

    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    public Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default) =>
        Here(() => signer.SignTransactionAsync(from, transaction, cancel));

    public Task<Signature> SignMessageAsync(
        Address from, ReadOnlyMemory<byte> message, CancellationToken cancel = default) =>
        Here(() => signer.SignMessageAsync(from, message, cancel));

    public Task<Signature> SignTypedDataAsync(
        Address from, JsonElement typedData, CancellationToken cancel = default) =>
        Here(() => signer.SignTypedDataAsync(from, typedData, cancel));

    private Task<T> Here<T>(Func<Task<T>> sign) =>
        IsAway ? throw new HttpRequestException("The wallet does not answer.") : sign();
}
