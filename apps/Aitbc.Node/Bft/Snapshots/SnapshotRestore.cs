using Aitbc.Ledger.State;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Maintenance;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Light;

namespace Aitbc.Node.Bft.Snapshots;

/// <summary>Makes the chain of a node that has none out of a file, which is trusted no more than a peer.</summary>
internal static class SnapshotRestore
{
    public static async Task<SnapshotReport> RunAsync(NodeOptions options, string path, CancellationToken cancel)
    {
        if (ChainRestore.HasChain(options.DataDirectory))
            throw SnapshotFile.Refused($"There is a chain in {options.DataDirectory} already.");
        var genesis = GenesisReader.Read(options.GenesisFile);
        var first = genesis.Build();
        var trust = new SnapshotTrust(options, genesis, first, TimeProvider.System);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        try
        {
            SnapshotFile.ReadBegin(file);
            var light = SnapshotFile.Read<PeerMessage.Light>(file);
            var header = await trust.HeaderAsync(new OneBlock(light.Block), light.Block?.Header.Number, cancel)
                .ConfigureAwait(false);
            var item = SnapshotFile.Read<PeerMessage.Blocks>(file);
            if (light.Id != 0 || item.Id != 0 || item.Items is not [var certified]
                || SnapshotBlock.TryRead(certified, header, trust.Binding) is not { } block)
                throw SnapshotFile.Refused("The snapshot is damaged: its block is not the one that was decided.");
            using var restore = new ChainRestore(
                options.DataDirectory, options.DatabaseCache, header.Header.StateRoot);
            ReadState(restore, file, cancel);
            restore.Finish(first, genesis.ChainId, block, certified.Certificate);
            return new SnapshotReport(header.Height, header.Hash, restore.Nodes, file.Length);
        }
        catch (LightException e)
        {
            throw SnapshotFile.Refused(
                $"The snapshot is not believed: {e.Message} A file holds no way from the genesis to its block: if the "
                + "validators have changed much since, or that is long ago, name its block as HEIGHT:HASH.");
        }
        finally
        {
            ChainRestore.Clear(options.DataDirectory);
        }
    }

    private static void ReadState(ChainRestore restore, FileStream file, CancellationToken cancel)
    {
        while (!restore.IsWhole)
        {
            cancel.ThrowIfCancellationRequested();
            var state = SnapshotFile.Read<PeerMessage.State>(file);
            if (state.Id != 0 || state.Nodes.Count == 0 || !state.Nodes.All(restore.TryAdd))
                throw SnapshotFile.Refused("The snapshot is damaged: it holds a node that is not of its state.");
        }

        if (file.Position != file.Length)
            throw SnapshotFile.Refused("The snapshot is damaged: something follows its end.");
    }

    /// <summary>A file knows one block.</summary>
    private sealed class OneBlock(LightBlock? block) : ILightSource
    {
        public Task<LightBlock?> BlockAsync(ulong? height, CancellationToken cancel) =>
            Task.FromResult(height is null || height == block?.Header.Number ? block : null);

        public Task<AccountProof> ProveAsync(
            Address account, IReadOnlyList<Hash256> slots, ulong height, CancellationToken cancel) =>
            throw new NotSupportedException("A file gives a header only.");

        public Task<ReceiptProof?> ReceiptAsync(Hash256 transaction, CancellationToken cancel) =>
            throw new NotSupportedException("A file gives a header only.");
    }
}
