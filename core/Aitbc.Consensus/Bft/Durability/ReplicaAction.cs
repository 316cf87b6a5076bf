using Aitbc.Consensus.Bft.Engine;

namespace Aitbc.Consensus.Bft.Durability;

/// <summary>
/// What the node does for the replica, strictly in this order, stopping for good at the first failure of a write. A
/// crash between any two of them is harmless.
/// </summary>
public abstract record ReplicaAction
{
    private ReplicaAction()
    {
    }

    /// <summary>Begin the log of a height with this record; logs of lower heights may go.</summary>
    /// <param name="Height">Height.</param>
    /// <param name="Header">Its first record.</param>
    public sealed record StartLog(ulong Height, ReadOnlyMemory<byte> Header) : ReplicaAction;

    /// <summary>Append to the log of the height.</summary>
    /// <param name="Record">The record.</param>
    public sealed record AppendLog(ReadOnlyMemory<byte> Record) : ReplicaAction;

    /// <summary>Wait until the log is durable.</summary>
    public sealed record SyncLog : ReplicaAction;

    /// <summary>Replace the guard file and wait until that is durable.</summary>
    /// <param name="Content">The whole file.</param>
    public sealed record StoreGuard(ReadOnlyMemory<byte> Content) : ReplicaAction;

    /// <summary>The key was asked for a second, different signature for one place. Tell the operator.</summary>
    /// <param name="Height">Height.</param>
    /// <param name="Round">Round.</param>
    public sealed record Alarm(ulong Height, int Round) : ReplicaAction;

    /// <summary>Carry out an effect of the engine; never <see cref="BftEffect.Sign"/>.</summary>
    /// <param name="Effect">The effect.</param>
    public sealed record Perform(BftEffect Effect) : ReplicaAction;
}
