using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Signing;

/// <summary>One signature that is asked for, whatever is signed.</summary>
/// <param name="From">The account.</param>
/// <param name="Digest">What is signed.</param>
/// <param name="Read">What it would spend.</param>
/// <param name="Sign">Makes the answer with the account's signer.</param>
/// <param name="Purpose">What the caller says it is for.</param>
internal sealed record SigningTask(
    Address From,
    Hash256 Digest,
    Func<Spend> Read,
    Func<ISigner, CancellationToken, Task<Verdict<SignedAnswer>>> Sign,
    SpendPurpose? Purpose)
{
    /// <summary>What is signed, for the log, where the answer does not say it (specs/wallet.md, Audit).</summary>
    public byte[]? Payload { get; init; }

    /// <summary>Keccak-256 of what was asked for, where the daemon added to it before it was signed.</summary>
    public Hash256? Asked { get; init; }

    /// <summary>Keccak-256 of signer, digest and purpose: what a repeated idempotency key must ask for again.</summary>
    public Hash256 RequestHash()
    {
        if (Asked is { } asked)
            return asked;
        var text = System.Text.Encoding.UTF8.GetBytes(Purpose?.Class ?? "");
        byte[] bytes =
        [
            .. From.ToArray(), .. Digest.ToArray(), .. (Purpose?.JobId ?? default).ToArray(), .. text,
        ];
        return Keccak256.Hash(bytes);
    }
}

/// <summary>What is answered: the JSON, and the hash if a transaction was signed.</summary>
internal sealed record SignedAnswer(byte[] Json, Hash256? Transaction);
