using Aitbc.Ledger.Blocks;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using RocksDbSharp;

namespace Aitbc.Node.Maintenance;

/// <summary>
/// Writes the trie tables anew. Nothing is touched unless the flat tables give the root that the newest block says.
/// The root is written last: a rebuild that is cut off leaves a trie without it, which the start refuses, and is simply
/// run again.
/// </summary>
internal static class TrieRebuild
{
    private const int MostInBatch = 10_000;

    public static RebuildReport Run(ChainDatabase database, BlockHeader tip, bool really, CancellationToken cancel)
    {
        var corrected = 0L;
        var trial = new FlatState(database, cancel);
        var root = trial.Derive(
            (_, _) => { },
            text => throw Hopeless(text, tip),
            (_, _) => corrected++);
        if (root != tip.StateRoot)
        {
            throw Hopeless(
                $"The flat tables give the state root {root}, block {tip.Number} says {tip.StateRoot}.", tip);
        }

        cancel.ThrowIfCancellationRequested();
        if (really)
            Write(database, root);
        return new RebuildReport(tip.Number, root, trial.Accounts, trial.Slots, trial.Nodes, corrected, really);
    }

    private static void Write(ChainDatabase database, Hash256 root)
    {
        database.ClearTrie();
        var tables = new StateTables(database);
        var writer = new RlpWriter(FlatCodec.LongestAccount);
        using var batch = new WriteBatch();
        // From here on it is not broken off: a part of a trie is worth nothing.
        var written = new FlatState(database, CancellationToken.None).Derive(
            (key, encoded) =>
            {
                if (batch.Count() >= MostInBatch)
                {
                    database.WriteSynced(batch);
                    batch.Clear();
                }

                batch.Put(key, encoded, tables.TableOf(key));
            },
            text => throw Changing(text),
            (key, account) =>
            {
                FlatCodec.Encode(writer, account);
                batch.Put(key.ToArray(), writer.ToArray(), database.Accounts);
            });
        if (written != root)
            throw Changing($"The flat tables gave the state root {root} and then {written}.");
        database.WriteSynced(batch);
    }

    private static NodeStartException Changing(string detail) => new(
        NodeStartException.Damaged,
        $"{detail} The disk does not give back what it gave a moment ago; the trie is not complete. Move the data to "
        + "another disk and run this command again.");

    private static NodeStartException Hopeless(string reason, BlockHeader tip) => new(
        NodeStartException.Damaged,
        $"{reason} The flat tables are damaged, and the trie is derived from them: restore the data from a backup, "
        + $"or go back below block {tip.Number} with 'aitbcd db rollback' and verify again. Nothing was changed.");
}
