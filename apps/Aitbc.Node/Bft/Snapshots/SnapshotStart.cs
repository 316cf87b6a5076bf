using Aitbc.Node.Network;
using Aitbc.Node.Network.Links.Identity;
using Aitbc.Node.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Bft.Snapshots;

/// <summary>
/// Before the node's parts are made: its chain out of a snapshot of peers, if it has none and is told so.
/// </summary>
internal static class SnapshotStart
{
    public static async Task RunAsync(IServiceProvider services, NodeOptions options, CancellationToken cancel)
    {
        ChainRestore.Clear(options.DataDirectory);
        if (!options.SnapshotSync || ChainRestore.HasChain(options.DataDirectory))
            return;
        var genesis = GenesisReader.Read(options.GenesisFile);
        var first = genesis.Build();
        using var transport = TransportKey.ReadOrCreate(options.DataDirectory);
        var gossip = PeerServices.Before(
            services, options, transport, genesis.ChainId, first.Block.Header.Hash())
            ?? throw new NodeStartException(
                NodeStartException.SnapshotRefused, "'snapshotSync' needs peers, and no option names any.");
        try
        {
            using var join = new SnapshotJoin(
                options, genesis, first, gossip, services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<ILogger<SnapshotJoin>>());
            await join.RunAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            await ((IAsyncDisposable)gossip).DisposeAsync().ConfigureAwait(false);
        }
    }
}
