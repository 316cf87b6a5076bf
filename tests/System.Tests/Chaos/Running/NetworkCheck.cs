using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Xunit;

namespace System.Tests.Chaos.Running;

/// <summary>
/// Reads all validators: one hash at every height, nothing that was final is lost or elsewhere, and every coin is
/// somewhere.
/// </summary>
internal sealed class NetworkCheck(ChaosNetwork network)
{
    private const int Sample = 8;

    private readonly List<Hash256> blocks = [];
    private readonly HashSet<Hash256> seen = [];

    /// <summary>Heights that were held against each other.</summary>
    public int Heights => blocks.Count;

    public async Task RunAsync(TransferLoad load)
    {
        await load.DrainAsync();
        var nodes = Enumerable.Range(0, ChaosNetwork.Count).Select(network.Client).ToArray();
        var lowest = (await Task.WhenAll(nodes.Select(n => n.BlockNumberAsync()))).Min();
        for (var height = (ulong)blocks.Count; height <= lowest; height++)
        {
            var hashes = (await Task.WhenAll(nodes.Select(n => n.BlockAsync(height)))).Select(b => b!.Hash).Distinct();
            blocks.Add(Assert.Single(hashes));
        }

        // What was read before stays: looked at here and there, since each block names the one before.
        for (var height = 0; height < blocks.Count; height += Math.Max(1, blocks.Count / Sample))
        {
            foreach (var node in nodes)
                Assert.Equal(blocks[height], (await node.BlockAsync((ulong)height))!.Hash);
        }

        foreach (var (transfer, block) in load.Final.Where(f => seen.Add(f.Key)))
        {
            foreach (var receipt in await Task.WhenAll(nodes.Select(n => n.ReceiptAsync(transfer))))
                Assert.Equal((block, true), (receipt?.BlockHash, receipt?.Succeeded));
        }

        Assert.NotEmpty(load.Final);
        foreach (var node in nodes)
            await AddUpAsync(node);
    }

    private static async Task AddUpAsync(ChainClient node)
    {
        var sum = UInt256.Zero;
        foreach (var holder in TransferLoad.Holders)
            sum += await node.BalanceAsync(holder);
        var status = await node.StatusAsync();
        Assert.True(status.Conservation);
        Assert.Equal(status.Supply.Genesis - status.Supply.Burned, status.Supply.Total);
        Assert.Equal(status.Supply.Total, sum);
    }
}
