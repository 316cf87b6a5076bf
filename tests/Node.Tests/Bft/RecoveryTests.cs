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
}
