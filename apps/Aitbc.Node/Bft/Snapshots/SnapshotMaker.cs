using Aitbc.Consensus.Bft.Messages;
using Aitbc.Ledger.State;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Engine;
using Aitbc.Node.Maintenance;
using Aitbc.Node.Storage;
using Aitbc.Sdk.Files;
using Aitbc.Sdk.Light;

namespace Aitbc.Node.Bft.Snapshots;

/// <summary>Writes the newest state of a node that does not run into a file.</summary>
internal static class SnapshotMaker
{
    public static SnapshotReport Run(string data, ulong cacheBytes, string path, CancellationToken cancel)
    {
        var options = new NodeOptions
        {
            DataDirectory = data,
            GenesisFile = "",
            Miner = "",
            DatabaseCache = cacheBytes,
        };
        using var store = new ChainStore(Path.Combine(data, "chain"), options);
        var tip = store.Tip ?? throw new NodeStartException(NodeStartException.NoData, $"There is no chain in {data}.");
        if (store.Block(tip) is not { } block || store.Commit(tip) is not { } commit
            || RegisteredValidators.At(store, tip) is not { } set)
        {
            throw SnapshotFile.Refused(
                $"Block {tip}, the newest, has no certificate of a set of validators: only what many have decided can "
                + "be proved to somebody who was not there.");
        }

        var temporary = path + ".new";
        long nodes;
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            SnapshotFile.Begin(file);
            SnapshotFile.Write(
                file, new PeerMessage.Light(0, new LightBlock(block.Header, block.Consensus, commit, set)));
            SnapshotFile.Write(
                file, new PeerMessage.Blocks(0, [new CertifiedBlock(block.Encode(), MessageCodec.Encode(commit))]));
            nodes = WriteState(store, block.Header.StateRoot, file, cancel);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DurableFile.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new SnapshotReport(tip, block.Header.Hash(), nodes, new FileInfo(path).Length);
    }

    private static long WriteState(
        ChainStore store, Primitives.Hash256 root, FileStream file, CancellationToken cancel)
    {
        var (walk, count) = (new StateWalk(root), 0L);
        while (!walk.IsDone)
        {
            cancel.ThrowIfCancellationRequested();
            var nodes = StateWalk.Read(store.GetTrieNode, root, walk.Next, PeerLimits.EnoughStateBytes);
            foreach (var node in nodes)
                walk.TryTake(node);
            count += nodes.Count;
            SnapshotFile.Write(file, new PeerMessage.State(0, nodes));
        }

        return count;
    }
}
