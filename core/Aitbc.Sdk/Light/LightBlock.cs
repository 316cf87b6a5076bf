using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Light;

/// <summary>A block as somebody tells it: nothing of it is believed before it is verified.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Consensus">What the header's extraData is the hash of.</param>
/// <param name="Commit">Precommits of a quorum for it.</param>
/// <param name="Validators">The set said to have decided it.</param>
public sealed record LightBlock(
    BlockHeader Header, ConsensusFields Consensus, VoteCertificate Commit, ValidatorSet Validators)
{
    /// <summary>Why the parts do not belong together; null if they do.</summary>
    internal string? Mismatch() =>
        Consensus.Version != ConsensusFields.SetVersion ? "the chain has no registered validators"
        : Header.ExtraData != Consensus.Hash() ? "the consensus fields are not those that the header commits to"
        : Consensus.ValidatorsHash != Validators.Hash ? "the validators are not those that the header names"
        : Header.Timestamp != Consensus.TimeMs / 1000 ? "header and consensus fields name different times"
        : null;
}

/// <summary>A header that was verified: its roots can be proved against.</summary>
/// <param name="Header">The header.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="TimeMs">Block time, Unix milliseconds.</param>
/// <param name="Validators">The set that decided it.</param>
/// <param name="NextValidatorsHash">Hash of the set that decides the next block.</param>
public sealed record LightHeader(
    BlockHeader Header, Hash256 Hash, ulong TimeMs, ValidatorSet Validators, Hash256 NextValidatorsHash)
{
    /// <summary>Height.</summary>
    public ulong Height => Header.Number;
}
