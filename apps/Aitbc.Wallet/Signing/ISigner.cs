using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Primitives.TypedData;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Signing;

/// <summary>
/// Signs for one account: with a key of this wallet, or by asking the signer that holds it. What comes back is a
/// signature of that account over what was asked for; everything else is a refusal.
/// </summary>
internal interface ISigner
{
    Task<Verdict<Transaction>> SignTransactionAsync(Transaction transaction, CancellationToken cancel);

    /// <summary>EIP-191, version 0x45.</summary>
    Task<Verdict<SignatureBytes>> SignMessageAsync(byte[] message, CancellationToken cancel);

    /// <summary>EIP-712.</summary>
    /// <param name="typedData">The document.</param>
    /// <param name="digest">Its hash.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<Verdict<SignatureBytes>> SignTypedDataAsync(JsonElement typedData, Hash256 digest, CancellationToken cancel);
}

/// <summary>r ‖ s ‖ v, 65 bytes.</summary>
internal sealed record SignatureBytes(byte[] Bytes);

/// <summary>Signs with a key of this wallet, which the caller zeroes.</summary>
internal sealed class KeySigner(PrivateKey key) : ISigner
{
    public Task<Verdict<Transaction>> SignTransactionAsync(Transaction transaction, CancellationToken cancel) =>
        Task.FromResult<Verdict<Transaction>>(transaction.Sign(key));

    public Task<Verdict<SignatureBytes>> SignMessageAsync(byte[] message, CancellationToken cancel) =>
        Sign(Eip191.HashMessage(message));

    public Task<Verdict<SignatureBytes>> SignTypedDataAsync(
        JsonElement typedData, Hash256 digest, CancellationToken cancel) => Sign(digest);

    private Task<Verdict<SignatureBytes>> Sign(Hash256 digest) =>
        Task.FromResult<Verdict<SignatureBytes>>(new SignatureBytes(key.Sign(digest).ToBytes65()));
}
