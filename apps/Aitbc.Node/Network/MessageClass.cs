namespace Aitbc.Node.Network;

/// <summary>What a message is for. Each class has a bounded queue and goes before those after it.</summary>
internal enum MessageClass : byte
{
    /// <summary>Proposals, parts of blocks, votes, certificates.</summary>
    Consensus = 1,

    /// <summary>Statuses, and blocks that were asked for.</summary>
    Sync = 2,

    /// <summary>Transactions of the pool.</summary>
    Transactions = 3,
}

/// <summary>Bounds of what goes between nodes.</summary>
internal static class GossipLimits
{
    /// <summary>Longest message of any class, in bytes.</summary>
    public const int MaxMessage = 4 << 20;
}
