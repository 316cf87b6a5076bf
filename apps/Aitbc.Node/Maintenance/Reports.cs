using Aitbc.Primitives;

namespace Aitbc.Node.Maintenance;

/// <summary>What <see cref="NodeData.Verify"/> found.</summary>
/// <param name="Height">The newest block.</param>
/// <param name="StateRoot">Of that block; null if it cannot be read.</param>
/// <param name="Accounts">Accounts read.</param>
/// <param name="Slots">Slots read.</param>
/// <param name="TrieNodes">Trie nodes that there should be.</param>
/// <param name="UndoRecords">Undo records read.</param>
/// <param name="Blocks">Blocks read.</param>
/// <param name="Problems">The first hundred.</param>
/// <param name="ProblemCount">All of them.</param>
public sealed record VerifyReport(
    ulong Height, Hash256? StateRoot, long Accounts, long Slots, long TrieNodes, long UndoRecords, ulong Blocks,
    IReadOnlyList<DataProblem> Problems, long ProblemCount);

/// <summary>One thing that is not as it was written.</summary>
/// <param name="Kind">One of <see cref="ProblemKind"/>.</param>
/// <param name="Detail">A sentence.</param>
public sealed record DataProblem(string Kind, string Detail);

/// <summary>Kinds of problems: what mends them differs.</summary>
public static class ProblemKind
{
    /// <summary>A flat account or slot: nothing else has it; a backup or an earlier height helps.</summary>
    public const string Flat = "flat";

    /// <summary>A trie node: it is derived from the flat tables.</summary>
    public const string Trie = "trie";

    /// <summary>A block, its receipts or an index to them.</summary>
    public const string Block = "block";

    /// <summary>An undo record: earlier state cannot be told, the newest is whole.</summary>
    public const string Undo = "undo";
}

/// <summary>What <see cref="NodeData.RebuildTrie"/> did or would do.</summary>
/// <param name="Height">The newest block.</param>
/// <param name="StateRoot">Its state root, which the rebuilt trie has.</param>
/// <param name="Accounts">Accounts read.</param>
/// <param name="Slots">Slots read.</param>
/// <param name="TrieNodes">Trie nodes written.</param>
/// <param name="Corrected">Storage roots of flat accounts that were put right.</param>
/// <param name="Done">False if nothing was changed.</param>
public sealed record RebuildReport(
    ulong Height, Hash256 StateRoot, long Accounts, long Slots, long TrieNodes, long Corrected, bool Done);

/// <summary>What <see cref="NodeData.Rollback"/> did or would do.</summary>
/// <param name="From">The newest block before.</param>
/// <param name="To">The newest block after.</param>
/// <param name="Blocks">Blocks removed.</param>
/// <param name="Transactions">Transactions in them.</param>
/// <param name="UndoRecords">Undo records that lead back.</param>
/// <param name="Done">False if nothing was changed.</param>
public sealed record RollbackReport(
    ulong From, ulong To, ulong Blocks, ulong Transactions, long UndoRecords, bool Done);

/// <summary>What <see cref="NodeData.Snapshot"/> wrote or <see cref="NodeData.RestoreAsync"/> read.</summary>
/// <param name="Height">Of the block after which the state is.</param>
/// <param name="BlockHash">Its hash: what an operator may name as trusted.</param>
/// <param name="Nodes">Trie nodes.</param>
/// <param name="Bytes">Of the file.</param>
public sealed record SnapshotReport(ulong Height, Hash256 BlockHash, long Nodes, long Bytes);
