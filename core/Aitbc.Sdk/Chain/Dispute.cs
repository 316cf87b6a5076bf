using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Sdk.Chain;

/// <summary>Where the dispute of a job stands. The last three never change again.</summary>
public enum DisputeState
{
    /// <summary>The job is not with the hook, or not funded.</summary>
    None = 0,

    /// <summary>Terms are set and nobody has disputed.</summary>
    Agreed = 1,

    /// <summary>Disputed: the re-executors vote.</summary>
    Disputed = 2,

    /// <summary>The majority had the provider's result, which is paid.</summary>
    Confirmed = 3,

    /// <summary>The majority had another result: the client has its coins back.</summary>
    Refuted = 4,

    /// <summary>No majority in time: the result stands.</summary>
    Lapsed = 5,
}

/// <summary>What the re-execution hook holds of a job (specs/contracts/reexecution.md).</summary>
public sealed record Dispute
{
    /// <summary>Where it stands.</summary>
    public required DisputeState State { get; init; }

    /// <summary>Who doubts the result; zero = nobody did.</summary>
    public required Address Disputer { get; init; }

    /// <summary>What it staked, in atto-AIT.</summary>
    public required UInt256 Stake { get; init; }

    /// <summary>Unix time in seconds from which on nobody votes; 0 = nobody disputed.</summary>
    public required ulong Deadline { get; init; }

    /// <summary>What the majority had; zero = none yet.</summary>
    public required Hash256 Result { get; init; }

    /// <summary>The provider's result, that votes are compared with; zero = its deliverable.</summary>
    public required Hash256 Claimed { get; init; }

    /// <summary>Who votes.</summary>
    public required IReadOnlyList<Address> Reexecutors { get; init; }

    /// <summary>What a wrong doubt costs, in atto-AIT.</summary>
    public required UInt256 Bond { get; init; }

    /// <summary>What each re-executor of the majority receives, in atto-AIT.</summary>
    public required UInt256 Fee { get; init; }

    /// <summary>Seconds to vote.</summary>
    public required ulong VotingTime { get; init; }

    /// <summary>True while nobody is paid or refunded because of it.</summary>
    public bool IsOpen => State == DisputeState.Disputed;

    /// <summary>Whether the chain disputes as was agreed: committee, bond, fee and voting time.</summary>
    public bool HasTermsOf(JobReexecution agreed)
    {
        ArgumentNullException.ThrowIfNull(agreed);
        return (Bond, Fee, VotingTime) == (agreed.Bond, agreed.Fee, agreed.VotingTime)
            && Reexecutors.SequenceEqual(agreed.Reexecutors);
    }
}

/// <summary>A dispute that somebody opened.</summary>
/// <param name="JobId">The escrow's number of the job.</param>
/// <param name="Block">Height of the block that opened it.</param>
public sealed record OpenedDispute(ulong JobId, ulong Block);
