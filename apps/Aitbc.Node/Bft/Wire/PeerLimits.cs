namespace Aitbc.Node.Bft.Wire;

/// <summary>Bounds of messages between nodes (specs/sync.md).</summary>
internal static class PeerLimits
{
    /// <summary>Blocks of an answer at most.</summary>
    public const int MostBlocks = 32;

    /// <summary>Bytes of the blocks and certificates of an answer at most; one block always fits.</summary>
    public const int MostBlockBytes = (4 << 20) - (64 << 10);

    /// <summary>Proofs of a message at most.</summary>
    public const int MostProofs = 16;

    /// <summary>An answer with nodes of the state ends with the node with which it has so many bytes.</summary>
    public const int EnoughStateBytes = 512 << 10;

    /// <summary>Nodes of it at most: none has less than 32 bytes.</summary>
    public const int MostStateNodes = (EnoughStateBytes / 32) + 1;

    /// <summary>Transactions of a message at most.</summary>
    public const int MostTransactions = 512;

    /// <summary>Bytes of the transactions of a message at most, unless it is a single one.</summary>
    public const int MostTransactionBytes = 256 << 10;

    /// <summary>Hashes of the proof of a part at most: a body has 24 parts.</summary>
    public const int LongestProof = 5;
}
