using System.Tests.Chaos.Running;
using Aitbc.Testing.Network;
using Xunit;

namespace System.Tests.Chaos;

/// <summary>Four validators that meet over Redis only.</summary>
public sealed class RedisChaosTests
{
    [Fact]
    public async Task A_redis_that_is_killed_and_started_again_only_delays()
    {
        Assert.SkipWhen(RedisServer.Missing is not null, RedisServer.Missing ?? "");
        await using var server = await RedisServer.StartAsync();
        var ports = FreePorts.Take(ChaosNetwork.Count);
        await using var network = await ChaosNetwork.StartAsync(keys => [.. keys.Select((_, i) => new ValidatorPlace(
            new Uri($"http://127.0.0.1:{ports[i]}"), null, [], server.Configuration))]);
        await using var load = new TransferLoad(network);
        load.Start();
        for (var round = 0; round < ChaosLength.Rounds; round++)
        {
            await network.ProgressAsync(2);
            await server.KillAsync();
            await Task.Delay(ChaosLength.Of(1, 20));
            await server.StartAgainAsync();
            await network.ProgressAsync(2);
            if (!ChaosLength.IsLong)
                continue;
            await network.KillAsync(round % ChaosNetwork.Count);
            await network.StartAsync(round % ChaosNetwork.Count);
        }

        for (var i = 0; i < ChaosNetwork.Count; i++)
            await network.SignsAsync(i);
        await new NetworkCheck(network).RunAsync(load);
    }
}
