using System.Globalization;
using System.Net;
using Node.Tests.Bft;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

public sealed class MetricsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_count_blocks_rounds_latencies_and_the_proposals_of_a_silent_validator()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StopAsync(2);
        for (var nonce = 1UL; nonce < 5; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
        // A receipt is there a moment before what is counted after its block.
        var (told, counters) = (await ReadAsync(cluster[0]), cluster.Standing(0).Counters);
        while (counters.Decided + counters.Synced < 5
            || counters.Decided != (ulong)told["aitbc_blocks_decided_total"])
        {
            (told, counters) = (await ReadAsync(cluster[0]), cluster.Standing(0).Counters);
        }

        Assert.Equal(counters.Decided, (ulong)told["aitbc_commit_rounds_count"]);
        Assert.Equal(counters.ExtraRounds, (ulong)told["aitbc_commit_rounds_sum"]);
        Assert.Equal(counters.Decided, (ulong)told["aitbc_commit_latency_seconds_count"]);
        Assert.True(told["aitbc_commit_latency_seconds_sum"] > 0);
        var missed = $"aitbc_missed_proposals_total{{operator=\"{Cluster.Operator(2)}\"}}";
        Assert.Equal(counters.Missed[Cluster.Operator(2)], (ulong)told[missed]);
        Assert.Equal(2, told["aitbc_peers"]);
        Assert.Equal(1, told["aitbc_signing"]);
        Assert.True(told["aitbc_head_height"] >= 5);
        Assert.True(told["aitbc_disk_free_bytes"] > 0);
        Assert.Equal(0, told["aitbc_pool_transactions{state=\"pending\"}"]);
    }

    [Fact]
    public async Task Metrics_cost_their_caller_what_other_questions_cost()
    {
        var folder = Directory.CreateTempSubdirectory("aitbc-node-");
        var options = TestNode.OptionsIn(folder.FullName);
        options.LoopbackRate = 1;
        options.LoopbackBurst = 20;
        await using (var node = await TestNode.StartAsync(options))
        {
            using var http = new HttpClient { BaseAddress = node.Url };
            await AskThriceAsync(http);
        }

        folder.Delete(recursive: true);
    }

    private static async Task AskThriceAsync(HttpClient http)
    {
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/metrics", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/metrics", Cancel)).StatusCode);
        using var refused = await http.GetAsync("/metrics", Cancel);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }

    private static async Task<Dictionary<string, double>> ReadAsync(TestNode node)
    {
        using var http = new HttpClient { BaseAddress = node.Url };
        using var answer = await http.GetAsync("/metrics", Cancel);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        return (await answer.Content.ReadAsStringAsync(Cancel)).Split('\n')
            .Where(line => line.Length > 0 && line[0] != '#')
            .ToDictionary(
                line => line[..line.LastIndexOf(' ')],
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
