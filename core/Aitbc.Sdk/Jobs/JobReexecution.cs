using Aitbc.Primitives;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// Says that whoever doubts the result has it executed again by a committee, whose majority decides in the escrow
/// (specs/market/jobs.md, Re-execution). It is part of the terms: a provider agrees to it by working.
/// </summary>
public sealed record JobReexecution
{
    /// <summary>Seconds that the committee of an order has to vote, from the dispute on.</summary>
    public const ulong MarketVotingTime = 3600;

    /// <summary>Budgets that a re-executor may be paid at most (specs/contracts/reexecution.md).</summary>
    public const ulong MaxFeeBudgets = 16;

    private const ulong BondShare = 10;

    /// <summary>Who executes again: 1, 3 or 5 providers.</summary>
    public required IReadOnlyList<Address> Reexecutors { get; init => field = value ?? []; }

    /// <summary>atto-AIT that a wrong doubt costs who disputes; it goes to the provider.</summary>
    public required UInt256 Bond { get; init; }

    /// <summary>atto-AIT for each re-executor that the majority agrees with.</summary>
    public required UInt256 Fee { get; init; }

    /// <summary>Seconds to vote.</summary>
    public required ulong VotingTime { get; init; }

    /// <summary>
    /// The engine's version, 1 to 128 characters: equal units are promised for equal versions only, so a receipt with
    /// another one is refuted, and a re-executor with another one does not vote.
    /// </summary>
    public required string EngineVersion { get; init => field = value ?? ""; }

    /// <summary>atto-AIT that go along with a dispute.</summary>
    /// <exception cref="OverflowException">It exceeds 256 bits.</exception>
    public UInt256 Stake() => StakeOf(Bond, Fee, Reexecutors.Count);

    /// <summary>atto-AIT that go along with a dispute before such a committee.</summary>
    /// <exception cref="OverflowException">It exceeds 256 bits.</exception>
    public static UInt256 StakeOf(UInt256 bond, UInt256 fee, int committee) => bond + (fee * (ulong)committee);

    /// <summary>Whether so many re-executors can be asked for in an order.</summary>
    public static bool IsSize(int committee) => committee is 1 or 3 or 5;

    /// <summary>The bond of an order: a tenth of its budget, at least 1 atto-AIT.</summary>
    public static UInt256 BondOf(UInt256 budget) => budget / BondShare is { IsZero: false } share ? share : UInt256.One;

    /// <summary>The values of the typed messages that hold it, null for none.</summary>
    internal static object[] Values(JobReexecution? given) => given is null
        ? [Array.Empty<object?>(), UInt256.Zero, UInt256.Zero, UInt256.Zero, ""]
        : [
            given.Reexecutors.Cast<object?>().ToArray(),
            given.Bond,
            given.Fee,
            (UInt256)given.VotingTime,
            given.EngineVersion,
        ];

    /// <summary>The same committee in the same order, at the same prices.</summary>
    public bool Equals(JobReexecution? other) => other is not null
        && (Bond, Fee, VotingTime, EngineVersion)
            == (other.Bond, other.Fee, other.VotingTime, other.EngineVersion)
        && Reexecutors.SequenceEqual(other.Reexecutors);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Reexecutors.Count, Bond, Fee, VotingTime, EngineVersion);
}

/// <summary>What an order asks for.</summary>
/// <param name="Committee">How many re-executors: 1, 3 or 5.</param>
public sealed record ReexecutionRequest(int Committee);
