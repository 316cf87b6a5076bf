using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Sdk.Wallet;

/// <summary>A signer with one key in this process: for tools and tests that run without a wallet daemon.</summary>
public sealed class LocalSigner : IWalletSigner, IDisposable
{
    private readonly PrivateKey key;

    /// <summary>Takes over the key; it is disposed with the signer.</summary>
    public LocalSigner(PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        this.key = key;
    }

    /// <summary>The one account.</summary>
    public Address Address => key.Address;

    /// <inheritdoc />
    public Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        RequireOwn(from);
        if (transaction.ChainId is null)
            throw new ArgumentException("A transaction without a chain id is not signed.", nameof(transaction));
        return Task.FromResult(transaction.Sign(key));
    }

    /// <inheritdoc />
    public Task<Signature> SignMessageAsync(
        Address from, ReadOnlyMemory<byte> message, CancellationToken cancel = default)
    {
        RequireOwn(from);
        return Task.FromResult(key.Sign(Eip191.HashMessage(message.Span)));
    }

    /// <inheritdoc />
    public Task<Signature> SignTypedDataAsync(
        Address from, JsonElement typedData, CancellationToken cancel = default)
    {
        RequireOwn(from);
        return Task.FromResult(key.Sign(Eip712.HashTypedData(typedData)));
    }

    /// <inheritdoc />
    public void Dispose() => key.Dispose();

    private void RequireOwn(Address from)
    {
        if (!from.Equals(key.Address))
            throw new ArgumentException($"This signer does not hold {from}.", nameof(from));
    }
}
