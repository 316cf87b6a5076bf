using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>
/// A signed transaction was given to the network and it is not known whether it will be included. The only safe
/// repetition is <see cref="TransactionSender.ResumeAsync"/> with the same bytes.
/// </summary>
public sealed class TransactionOutcomeUnknownException : Exception
{
    /// <summary>Makes the exception.</summary>
    public TransactionOutcomeUnknownException(Hash256 hash, ReadOnlyMemory<byte> raw, Exception? inner = null)
        : base($"It is not known whether transaction {hash} was included; resend only the same signed bytes.", inner)
    {
        Hash = hash;
        Raw = raw;
    }

    /// <summary>The transaction's hash.</summary>
    public Hash256 Hash { get; }

    /// <summary>Its signed bytes.</summary>
    public ReadOnlyMemory<byte> Raw { get; }
}
