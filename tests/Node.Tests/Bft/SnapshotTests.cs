using System.Text.Json.Nodes;
using Aitbc.Consensus.Bft.Durability;
using Aitbc.Ledger.State;
using Aitbc.Node;
using Aitbc.Node.Bft.Snapshots;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Engine;
using Aitbc.Node.Maintenance;
using Aitbc.Node.Network;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Node.Tests.Bft;

/// <summary>Nodes that begin from the state of a recent block (specs/sync.md, section 6).</summary>
public sealed class SnapshotTests
{
    private static readonly Address Receiver = Address.Parse("0x00000000000000000000000000000000000000aa");

    [Fact]
    public async Task N1_a_fresh_node_joins_by_a_snapshot_and_follows_without_the_blocks_before()
    {
        await using var cluster = await StartAsync(transfers: 6);
        await JoinAsync(cluster, 4);
        var joined = cluster.ChainOf(4);
        var begin = joined.Store.Snapshot!.Value;
        Assert.True(begin >= 6);
        Assert.Null(joined.Store.Block(begin - 1));
        Assert.Equal((UInt256)6, await cluster[4].BalanceAsync(Receiver));
        await cluster.FinalAsync(await cluster.SendAsync(4, 0, 6));
        await cluster.HeightAsync(cluster.ChainOf(0).Head.Header.Number);
        Assert.Equal((UInt256)7, await cluster[4].BalanceAsync(Receiver));
        await cluster.StopAsync(4);
        // What was written is what a node writes: flat state, trie and blocks agree, also after a restart.
        var report = NodeData.Verify(cluster.DataOf(4), 1_024, CancellationToken.None);
        Assert.Equal(0, report.ProblemCount);
        await cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 7));
        Assert.Equal(
            cluster.ChainOf(0).Store.Header(begin + 1)!.Hash(), cluster.ChainOf(4).Store.Header(begin + 1)!.Hash());
    }

    [Fact]
    public async Task N6_what_lies_before_the_snapshot_is_said_to_be_pruned()
    {
        await using var cluster = await StartAsync(transfers: 3);
        await JoinAsync(cluster, 4);
        var begin = cluster.ChainOf(4).Store.Snapshot!.Value;
        var old = $"0x{begin - 1:x}";
        foreach (var (method, parameters) in new (string, JsonNode?[])[]
        {
            ("eth_getBlockByNumber", [old, false]),
            ("eth_getBlockReceipts", [$"0x{begin:x}"]),
            ("eth_getBalance", [Receiver.ToString(), old]),
            ("eth_getLogs", [new JsonObject { ["fromBlock"] = old, ["toBlock"] = old }]),
            ("aitbc_getCommit", [old]),
        })
        {
            var error = (await cluster[4].AnswerAsync(method, parameters))["error"];
            Assert.Equal((method, 4444), (method, (int)error!["code"]!));
        }

        Assert.NotNull(await cluster[4].CallAsync("eth_getBlockByNumber", "latest", false));
        Assert.NotNull(await cluster[4].CallAsync("eth_getBlockByNumber", "earliest", false));
        Assert.NotNull(await cluster[4].CallAsync("eth_feeHistory", "0x5", "latest"));
        Assert.Equal($"0x{begin + 1:x}", (string)(await cluster[4].CallAsync("aitbc_status"))!["oldestBlock"]!);
    }

    [Fact]
    public async Task N4_a_peer_that_lies_is_punished_and_another_is_asked()
    {
        await using var cluster = await StartAsync(transfers: 4);
        using var gossip = cluster.Network.Join(6, default);
        var liar = new Liar(gossip, cluster.ChainOf(0));
        gossip.Start(liar);
        cluster.Network.Split([0, 1, 2, 3], [4, 6]);
        var joining = JoinAsync(cluster, 4);
        await cluster.UntilAsync(
            () => cluster.Gossips[4] is { } own && own.Has("not part of the snapshot"), "complaint about a wrong node");
        Assert.False(Directory.Exists(Path.Combine(cluster.DataOf(4), "chain")));
        cluster.Network.Heal();
        await joining;
        Assert.Equal((UInt256)4, await cluster[4].BalanceAsync(Receiver));
    }

    [Fact]
    public async Task N2_a_header_that_the_validators_did_not_sign_is_no_beginning()
    {
        await using var cluster = await StartAsync(transfers: 2);
        var (options, chain) = (cluster.Options(4), cluster.ChainOf(0));
        var wrong = Keccak256.Hash("another block"u8);
        options.Trust = $"1:{wrong}";
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => JoinAsync(cluster, 4, TimeSpan.FromSeconds(1)));
        Assert.True(cluster.Gossips[4].Has("not the one that the operator trusts"));
        options.Trust = $"1:{chain.Store.Header(1)!.Hash()}";
        options.TrustingPeriod = TimeSpan.FromDays(1);
        await JoinAsync(cluster, 4);
        Assert.Equal((UInt256)2, await cluster[4].BalanceAsync(Receiver));
    }

    [Fact]
    public async Task N2_a_genesis_that_is_too_old_needs_the_operators_word()
    {
        await using var cluster = await StartAsync(transfers: 1);
        cluster.Options(4).TrustingPeriod = TimeSpan.FromDays(1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => JoinAsync(cluster, 4, TimeSpan.FromSeconds(1)));
        Assert.False(ChainRestore.HasChain(cluster.DataOf(4)));
        // An honest peer is not punished for the age of what is trusted here.
        Assert.Empty(cluster.Gossips[4].Complaints);
    }

    [Fact]
    public async Task N5_a_restore_that_is_killed_leaves_nothing_and_begins_again()
    {
        await using var cluster = await StartAsync(transfers: 4);
        cluster.Options(4).AtPoint = at =>
        {
            if (at == "BeforeSnapshot")
                throw new IOException("It dies here.");
        };
        await Assert.ThrowsAsync<IOException>(() => JoinAsync(cluster, 4));
        cluster.Options(4).AtPoint = null;
        Assert.False(ChainRestore.HasChain(cluster.DataOf(4)));
        Assert.True(Directory.Exists(Path.Combine(cluster.DataOf(4), "chain.restore")));
        await JoinAsync(cluster, 4);
        Assert.False(Directory.Exists(Path.Combine(cluster.DataOf(4), "chain.restore")));
        Assert.Equal((UInt256)4, await cluster[4].BalanceAsync(Receiver));
    }

    [Fact]
    public async Task N1_a_chain_without_blocks_is_begun_at_its_genesis()
    {
        await using var cluster = await Cluster.StartAsync(4, followers: 1);
        await cluster.StopAsync(4);
        Directory.Delete(Path.Combine(cluster.DataOf(4), "chain"), recursive: true);
        Assert.True(await TryJoinAsync(cluster, 4, Cluster.Patience));
        Assert.False(ChainRestore.HasChain(cluster.DataOf(4)));
    }

    [Fact]
    public async Task G5_a_validator_of_which_only_a_snapshot_is_left_rejoins_and_signs_after_watching()
    {
        await using var cluster = await StartAsync(transfers: 3, followers: 0);
        await cluster.StopAsync(3);
        var file = Path.Combine(cluster.DataOf(3), "copy.snapshot");
        var (options, data) = (cluster.Options(3), cluster.DataOf(3));
        var made = NodeData.Snapshot(data, file, CancellationToken.None);
        Directory.Delete(Path.Combine(data, "chain"), recursive: true);
        Directory.Delete(Path.Combine(data, "consensus"), recursive: true);
        File.Delete(Path.Combine(data, "sign.guard"));
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 3));
        var restored = await NodeData.RestoreAsync(options, file, CancellationToken.None);
        Assert.Equal((made.Height, made.BlockHash, made.Nodes), (restored.Height, restored.BlockHash, restored.Nodes));
        await cluster.StartAsync(3);
        var nonce = 4UL;
        while (cluster.Standing(3).Permit != PermitState.Granted || cluster.Standing(3).WaitsAtStart)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce++));
        Assert.True(nonce > 4);
        await cluster.StopAsync(1);
        // Without it there is no quorum.
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
    }

    [Fact]
    public async Task N7_a_snapshot_file_that_was_cut_or_changed_anywhere_is_refused_and_leaves_nothing()
    {
        await using var cluster = await StartAsync(transfers: 2);
        await cluster.StopAsync(4);
        var (options, data) = (cluster.Options(4), cluster.DataOf(4));
        await cluster.StopAsync(0);
        var file = Path.Combine(data, "copy.snapshot");
        NodeData.Snapshot(cluster.DataOf(0), file, CancellationToken.None);
        var good = await File.ReadAllBytesAsync(file);
        for (var at = 0; at < good.Length; at += good.Length / 37)
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= 4;
            await File.WriteAllBytesAsync(file, bad);
            await RefusedAsync(options, file);
            await File.WriteAllBytesAsync(file, good[..at]);
            await RefusedAsync(options, file);
        }

        await File.WriteAllBytesAsync(file, [.. good, 0]);
        await RefusedAsync(options, file);
        await File.WriteAllBytesAsync(file, good);
        options.Trust = $"2:{Hash256.Zero}";
        await RefusedAsync(options, file);
        options.Trust = null;
        await NodeData.RestoreAsync(options, file, CancellationToken.None);
        // Where a chain is, nothing is restored over it.
        await RefusedAsync(options, file, hasChain: true);
        await cluster.StartAsync(0);
        await cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 2));
    }

    private static async Task RefusedAsync(NodeOptions options, string file, bool hasChain = false)
    {
        var refusal = await Assert.ThrowsAsync<NodeStartException>(
            () => NodeData.RestoreAsync(options, file, CancellationToken.None));
        Assert.Equal(NodeStartException.SnapshotRefused, refusal.Code);
        Assert.Equal(hasChain, ChainRestore.HasChain(options.DataDirectory));
    }

    // Four validators with some blocks, and a fifth place that is empty.
    private static async Task<Cluster> StartAsync(int transfers, int followers = 1)
    {
        var cluster = new Cluster(4, followers);
        for (var i = 0; i < cluster.Count; i++)
            cluster.Options(i).TrustingPeriod = TimeSpan.FromDays(36_500);
        for (var i = 0; i < 4; i++)
            await cluster.StartAsync(i);
        for (var nonce = 0UL; nonce < (ulong)transfers; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
        return cluster;
    }

    private static async Task JoinAsync(Cluster cluster, int index, TimeSpan? patience = null)
    {
        Assert.True(await TryJoinAsync(cluster, index, patience ?? Cluster.Patience));
        Assert.True(ChainRestore.HasChain(cluster.DataOf(index)));
        await cluster.StartAsync(index);
    }

    private static async Task<bool> TryJoinAsync(Cluster cluster, int index, TimeSpan patience)
    {
        using var late = new CancellationTokenSource(patience);
        using var gossip = cluster.Gossips[index] = cluster.Network.Join(index, default);
        var options = cluster.Options(index);
        var genesis = GenesisReader.Read(options.GenesisFile);
        using var join = new SnapshotJoin(
            options, genesis, genesis.Build(), gossip, TimeProvider.System, NullLogger.Instance);
        await join.RunAsync(late.Token);
        return true;
    }

    // Proves a true header, and then sends nodes of a state that is almost the one asked for.
    private sealed class Liar(MemoryGossip gossip, Chain chain) : IGossipReceiver
    {
        public void OnConnected(PeerId peer)
        {
            // It waits to be asked.
        }

        public void OnDisconnected(PeerId peer)
        {
            // It lies to whoever is there.
        }

        public void OnMessage(PeerId from, MessageClass lane, ReadOnlyMemory<byte> message)
        {
            if (!PeerCodec.TryDecode(message, out var decoded))
                return;
            var source = new SnapshotSource(chain);
            if (decoded is PeerMessage.GetLight light)
                Tell(from, new PeerMessage.Light(light.Id, source.Light(light.Height)));
            if (decoded is not PeerMessage.GetState state)
                return;
            var nodes = source.State(state.Height, state.From).ToList();
            nodes[^1] = new AccountState(0, 1_000_000, default, default).Encode();
            Tell(from, new PeerMessage.State(state.Id, nodes));
        }

        private void Tell(PeerId peer, PeerMessage message) =>
            gossip.TrySend(peer, MessageClass.Sync, PeerCodec.Encode(message));
    }
}
