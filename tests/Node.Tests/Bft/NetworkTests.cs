using Xunit;

namespace Node.Tests.Bft;

public sealed class NetworkTests
{
    [Fact]
    public async Task Halves_of_a_split_network_stop_and_go_on_when_it_heals()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        var before = cluster.ChainOf(0).Head.Header.Number;
        await cluster.HeightAsync(before);
        cluster.Network.Split([0, 1], [2, 3]);
        var left = await cluster.SendAsync(0, 0, 1);
        var right = await cluster.SendAsync(2, 2, 0);
        // Both halves try, and get into rounds that nobody ends.
        for (var i = 0; i < 4; i++)
            await cluster.VoteAsync(i);
        for (var i = 0; i < 4; i++)
            Assert.Equal(before, cluster.ChainOf(i).Head.Header.Number);
        cluster.Network.Heal();
        await cluster.FinalAsync(left);
        await cluster.FinalAsync(right);
        cluster.OneHashAtEveryHeight();
    }

    [Fact]
    public async Task Loss_and_delay_only_delay()
    {
        await using var cluster = await Cluster.StartAsync(4);
        cluster.Network.LossPercent = 20;
        cluster.Network.Delay = TimeSpan.FromMilliseconds(10);
        for (var nonce = 0UL; nonce < 3; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync((int)nonce, 0, nonce));
        cluster.OneHashAtEveryHeight();
    }

    [Fact]
    public async Task A_node_outside_the_set_follows_and_its_transactions_reach_the_validators()
    {
        await using var cluster = await Cluster.StartAsync(4, followers: 1);
        await cluster.FinalAsync(await cluster.SendAsync(4, 0, 0));
        await cluster.StopAsync(4);
        for (var nonce = 1UL; nonce < 6; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
        await cluster.StartAsync(4);
        await cluster.HeightAsync(cluster.ChainOf(0).Head.Header.Number);
        await cluster.FinalAsync(await cluster.SendAsync(4, 0, 6));
        cluster.OneHashAtEveryHeight();
    }
}
