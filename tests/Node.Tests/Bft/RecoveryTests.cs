using Aitbc.Consensus.Bft.Durability;
using Xunit;

namespace Node.Tests.Bft;

public sealed class RecoveryTests
{
    [Fact]
    public async Task A_node_that_was_stopped_catches_up_and_decides_again()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StopAsync(3);
        for (var nonce = 1UL; nonce <= 8; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
        await cluster.StartAsync(3);
        await cluster.HeightAsync(cluster.ChainOf(0).Head.Header.Number);
        // With another one down, nothing is decided without it.
        await cluster.StopAsync(1);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 9));
        Assert.True(cluster.OneHashAtEveryHeight() > 4);
    }

    [Fact]
    public async Task A_wiped_node_rejoins_with_its_key_alone_and_signs_after_watching()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StopAsync(3);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 1));
        cluster.Wipe(3);
        await cluster.StartAsync(3);
        await cluster.HeightAsync(cluster.ChainOf(0).Head.Header.Number);
        var nonce = await cluster.SignsAsync(3, sender: 0, nonce: 2);
        Assert.True(nonce > 2);
        await cluster.StopAsync(1);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
        cluster.OneHashAtEveryHeight();
    }

    [Fact]
    public async Task D3_two_of_four_that_lose_their_databases_at_once_but_neither_guard_nor_log_go_on()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await VotedWithoutQuorumAsync(cluster);
        foreach (var lost in new[] { 1, 2 })
            Directory.Delete(Path.Combine(cluster.DataOf(lost), "chain"), recursive: true);
        for (var i = 0; i < 4; i++)
            await cluster.StartAsync(i);
        await cluster.FinalAsync(await cluster.SendAsync(3, 1, 0));
        cluster.OneHashAtEveryHeight();
        Assert.Equal(0, Enumerable.Range(0, 4).Sum(i => cluster.Standing(i).ProofsWaiting));
    }

    [Fact]
    public async Task G5_two_of_four_that_are_wiped_at_once_catch_up_and_sign_nothing_until_their_guards_are_back()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await VotedWithoutQuorumAsync(cluster);
        string[] kept = ["sign.guard", "consensus"];
        foreach (var lost in new[] { 1, 2 })
        {
            foreach (var name in kept)
                Move(cluster.DataOf(lost), name, name + ".kept");
            Directory.Delete(Path.Combine(cluster.DataOf(lost), "chain"), recursive: true);
        }

        for (var i = 0; i < 4; i++)
            await cluster.StartAsync(i);
        await cluster.BegunAsync();
        var tip = cluster.ChainOf(0).Head.Header.Number;
        await cluster.HeightAsync(tip);
        foreach (var lost in new[] { 1, 2 })
        {
            Assert.Equal(PermitState.Watching, cluster.Standing(lost).Permit);
            Assert.True(File.Exists(Path.Combine(cluster.DataOf(lost), "sign.guard")));
        }

        var hash = await cluster.SendAsync(3, 1, 0);
        await cluster.VoteAsync(3);
        var votes = cluster.Standing(3).Engine!.Votes;
        Assert.Equal((null, null), (votes[1].Prevote, votes[2].Prevote));
        foreach (var lost in new[] { 1, 2 })
        {
            await cluster.StopAsync(lost);
            File.Delete(Path.Combine(cluster.DataOf(lost), "sign.guard"));
            Directory.Delete(Path.Combine(cluster.DataOf(lost), "consensus"), recursive: true);
            foreach (var name in kept)
                Move(cluster.DataOf(lost), name + ".kept", name);
            await cluster.StartAsync(lost);
        }

        await cluster.FinalAsync(hash);
        Assert.True(cluster.OneHashAtEveryHeight() > tip);
    }

    [Theory]
    [InlineData("SyncLog")]
    [InlineData("StoreGuard")]
    [InlineData("BeforeCommit")]
    [InlineData("AfterCommit")]
    public async Task A_node_that_dies_at_any_point_goes_on_and_contradicts_nobody(string point)
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        var dead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Options(2).AtPoint = at =>
        {
            if (at != point)
                return;
            cluster.Gossips[2].Dispose();
            dead.TrySetResult();
            throw new IOException("It dies here.");
        };
        await cluster.SendAsync(0, 0, 1);
        await dead.Task.WaitAsync(Cluster.Patience);
        await cluster.StopAsync(2);
        Environment.ExitCode = 0;
        cluster.Options(2).AtPoint = null;
        await cluster.StartAsync(2);
        await cluster.StopAsync(0);
        await cluster.FinalAsync(await cluster.SendAsync(1, 1, 0));
        cluster.OneHashAtEveryHeight();
        for (var i = 1; i < 4; i++)
            Assert.Equal(0, cluster.Standing(i).ProofsWaiting);
    }

    [Fact]
    public async Task All_nodes_that_die_between_log_and_decision_decide_the_same_block_afterwards()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        var dying = 0;
        var dead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 4; i++)
        {
            var gossip = cluster.Gossips[i];
            cluster.Options(i).AtPoint = at =>
            {
                if (at != "BeforeCommit")
                    return;
                gossip.Dispose();
                if (Interlocked.Increment(ref dying) == 4)
                    dead.TrySetResult();
                throw new IOException("It dies here.");
            };
        }

        var hash = await cluster.SendAsync(0, 0, 1);
        // Those that see the quorum die; the others never will, and are stopped like them.
        await Task.WhenAny(dead.Task, Task.Delay(1_000));
        for (var i = 0; i < 4; i++)
        {
            await cluster.StopAsync(i);
            cluster.Options(i).AtPoint = null;
        }

        Environment.ExitCode = 0;
        for (var i = 0; i < 4; i++)
            await cluster.StartAsync(i);
        await cluster.FinalAsync(await cluster.SendAsync(1, 1, 0));
        cluster.OneHashAtEveryHeight();
        Assert.NotEmpty(hash);
    }

    private static void Move(string folder, string from, string to) =>
        Directory.Move(Path.Combine(folder, from), Path.Combine(folder, to));

    // All are down; 1 and 2 have signed something of a height that nobody has decided.
    private static async Task VotedWithoutQuorumAsync(Cluster cluster)
    {
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StopAsync(3);
        await cluster.StopAsync(0);
        await cluster.SendAsync(1, 0, 1);
        await cluster.VoteAsync(1);
        await cluster.VoteAsync(2);
        await cluster.StopAsync(1);
        await cluster.StopAsync(2);
    }
}
