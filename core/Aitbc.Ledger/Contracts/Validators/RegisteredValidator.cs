using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Validators;

/// <summary>A validator's term: from when to when it decides blocks with which key.</summary>
/// <param name="Operator">Account that acts for it.</param>
/// <param name="ConsensusKey">Ed25519 public key, 32 bytes, with which it signs proposals and votes.</param>
/// <param name="TransportKeyHash">What its peers pin; the chain does not look into it. Zero if unknown.</param>
/// <param name="FromHeight">First block that it decides.</param>
/// <param name="UntilHeight">First block that it decides no more; 0 while that is open.</param>
public sealed record RegisteredValidator(
    Address Operator, Hash256 ConsensusKey, Hash256 TransportKeyHash, ulong FromHeight, ulong UntilHeight)
{
    /// <summary>Voting weight: every validator has 1.</summary>
    public const ulong Weight = 1;

    /// <summary>True if it is one of those who decide this block.</summary>
    /// <param name="height">Height of the block.</param>
    public bool Decides(ulong height) => FromHeight <= height && (UntilHeight == 0 || height < UntilHeight);
}
