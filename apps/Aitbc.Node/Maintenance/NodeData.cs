using Aitbc.Node.Bft.Snapshots;
using Aitbc.Node.Storage;
using RocksDbSharp;

namespace Aitbc.Node.Maintenance;

/// <summary>
/// Checks and mends the data of a node that does not run (specs/storage.md, section 6). All refusals are
/// <see cref="NodeStartException"/>.
/// </summary>
public static class NodeData
{
    private const ulong Cache = 64UL << 20;

    /// <summary>Compares the trie with the flat tables, and the newest blocks with what they commit to.</summary>
    /// <param name="dataDirectory">The node's.</param>
    /// <param name="blocks">How many of the newest blocks are checked.</param>
    /// <param name="cancel">Ends the check; nothing was changed.</param>
    public static VerifyReport Verify(string dataDirectory, ulong blocks, CancellationToken cancel) =>
        Open(dataDirectory, (database, tip) =>
        {
            RefuseUnfinished(database, dataDirectory);
            var problems = new ProblemList();
            var read = BlockCheck.Run(database, tip, blocks, problems, cancel);
            var header = BlockCheck.TryRead(database, tip)?.Header;
            var state = new StateCheck(database, problems, cancel).Run();
            if (header is not null && state.Root is { } root && root != header.StateRoot)
            {
                problems.Add(
                    ProblemKind.Flat,
                    $"The flat tables give the state root {root}, block {tip} says {header.StateRoot}.");
            }

            var undo = HistoryCheck.Run(database, tip, problems, cancel);
            return new VerifyReport(
                tip, header?.StateRoot, state.Accounts, state.Slots, state.Nodes, undo, read, problems.First,
                problems.Count);
        });

    /// <summary>
    /// Writes the trie tables anew out of the flat tables, if these give the newest block's state root, or says what
    /// that would write.
    /// </summary>
    /// <param name="dataDirectory">The node's.</param>
    /// <param name="really">False: nothing is changed.</param>
    /// <param name="cancel">Ends it before anything is written.</param>
    public static RebuildReport RebuildTrie(string dataDirectory, bool really, CancellationToken cancel) =>
        Open(dataDirectory, (database, tip) =>
        {
            RefuseUnfinished(database, dataDirectory);
            var block = BlockCheck.TryRead(database, tip) ?? throw new NodeStartException(
                NodeStartException.Damaged,
                RepairAdvice.Chain($"Block {tip}, the newest, is missing or cannot be read.", dataDirectory));
            return TrieRebuild.Run(database, block.Header, really, cancel);
        });

    /// <summary>Goes back to an earlier height, or says what that would remove.</summary>
    /// <param name="dataDirectory">The node's.</param>
    /// <param name="height">Becomes the newest.</param>
    /// <param name="really">False: nothing is changed.</param>
    /// <param name="cancel">Ends it; what was begun is finished by the same call.</param>
    public static RollbackReport Rollback(
        string dataDirectory, ulong height, bool really, CancellationToken cancel) =>
        Open(dataDirectory, (database, tip) => ChainRollback.Run(database, tip, height, really, cancel));

    /// <summary>Writes the newest state, with what proves it, into a file; one that was there is replaced.</summary>
    /// <param name="dataDirectory">The node's.</param>
    /// <param name="file">Where to.</param>
    /// <param name="cancel">Ends it; the file is not there then.</param>
    public static SnapshotReport Snapshot(string dataDirectory, string file, CancellationToken cancel)
    {
        Open(dataDirectory, (database, _) =>
        {
            RefuseUnfinished(database, dataDirectory);
            return true;
        });
        return SnapshotMaker.Run(dataDirectory, Cache, file, cancel);
    }

    /// <summary>Makes the chain of a node that has none out of such a file, which need not be trusted.</summary>
    /// <param name="options">Data folder, genesis, and the block that is trusted if it is not the genesis.</param>
    /// <param name="file">Where from.</param>
    /// <param name="cancel">Ends it; there is no chain then.</param>
    public static Task<SnapshotReport> RestoreAsync(NodeOptions options, string file, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        return SnapshotRestore.RunAsync(options, file, cancel);
    }

    private static void RefuseUnfinished(ChainDatabase database, string data)
    {
        if (database.RollbackTarget is { } target)
            throw new NodeStartException(NodeStartException.Damaged, RepairAdvice.Unfinished(target, data));
    }

    private static T Open<T>(string dataDirectory, Func<ChainDatabase, ulong, T> work)
    {
        var folder = Path.Combine(dataDirectory, "chain");
        if (!File.Exists(Path.Combine(folder, "CURRENT")))
        {
            throw new NodeStartException(
                NodeStartException.NoData, $"There is no chain in {Path.GetFullPath(dataDirectory)}.");
        }

        using var database = ChainDatabase.Open(folder, Cache);
        try
        {
            database.CheckLayout();
            var tip = database.Tip ?? throw new NodeStartException(
                NodeStartException.Damaged, "The height of the chain is missing: restore the data from a backup.");
            return work(database, tip);
        }
        catch (RocksDbException e)
        {
            throw new NodeStartException(
                NodeStartException.Damaged,
                $"The database cannot be read or written: {e.Message}. Restore the data from a backup.",
                e);
        }
    }
}
