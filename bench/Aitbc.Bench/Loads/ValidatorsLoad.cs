using System.Diagnostics;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Light;

namespace Aitbc.Bench.Loads;

/// <summary>
/// Transfers on several validators, one of which at a time is killed and started again on the data it left. In the end
/// all have one block at every height, what was final stayed so, and the coins add up.
/// </summary>
internal static class ValidatorsLoad
{
    private const int Fewest = 4;
    private static readonly TimeSpan Down = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public static async Task<int> RunAsync(Arguments arguments, double mostGap)
    {
        using var network = await Network.StartAsync("node", Math.Max(Fewest, arguments.Validators));
        var names = network.Validators;
        var nodes = names.Select(network.Client).ToArray();
        var rpcs = nodes.Select(n => new JsonRpc(n)).ToArray();
        using var pressure = new Pressure(rpcs);
        using var stop = new CancellationTokenSource();
        var sending = pressure.RunAsync(stop.Token);
        var restarted = new List<Process>();
        try
        {
            for (var round = 0; round < arguments.Rounds; round++)
            {
                // The network ends with the last validator that it started itself; the first is left to it.
                var at = 1 + (round % (names.Count - 1));
                await network.KillAsync(names[at]);
                await Task.Delay(Down);
                restarted.Add(network.Restart(names[at]));
                var took = await CaughtUpAsync(rpcs, at);
                Console.WriteLine($"round {round + 1}: {names[at]} killed, started, caught up in {took:0.0} s");
            }

            await stop.CancelAsync();
            await sending;
            return await JudgeAsync(nodes, rpcs, await pressure.FinishAsync(), mostGap);
        }
        finally
        {
            foreach (var process in restarted)
            {
                process.StandardInput.Close();
                process.WaitForExit(TimeSpan.FromSeconds(20));
                process.Dispose();
            }

            Array.ForEach(nodes, n => n.Dispose());
        }
    }

    private static async Task<double> CaughtUpAsync(JsonRpc[] rpcs, int at)
    {
        var from = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(from) < Patience)
        {
            try
            {
                var own = await rpcs[at].NumberAsync("eth_blockNumber");
                var other = await rpcs[(at + 1) % rpcs.Length].NumberAsync("eth_blockNumber");
                if (own + 1 >= other && (string?)(await rpcs[at].CallAsync("aitbc_consensus"))!["signing"] == "yes")
                    return Stopwatch.GetElapsedTime(from).TotalSeconds;
            }
            catch (HttpRequestException)
            {
                // It is not up yet.
            }

            await Task.Delay(Poll);
        }

        throw new TimeoutException("A validator did not catch up in two minutes.");
    }

    private static async Task<int> JudgeAsync(
        HttpClient[] nodes, JsonRpc[] rpcs, IReadOnlyList<string> sent, double mostGap)
    {
        var heights = await Task.WhenAll(rpcs.Select(r => r.NumberAsync("eth_blockNumber")));
        var (gap, highest) = await BlocksAsync(nodes, heights.Min());
        foreach (var hash in sent)
        {
            var receipts = await Task.WhenAll(rpcs.Select(r => r.CallAsync("eth_getTransactionReceipt", hash)));
            if (receipts.Select(r => (string?)r?["blockHash"]).Distinct().ToArray() is not [{ } _])
                throw new InvalidOperationException($"Not all nodes have the transfer {hash} in one block.");
        }

        foreach (var rpc in rpcs)
        {
            if ((bool?)(await rpc.CallAsync("aitbc_status"))!["conservation"] != true)
                throw new InvalidOperationException("The coins do not add up.");
        }

        Console.WriteLine(
            $"validators: {rpcs.Length} validators, one hash at each of {heights.Min()} heights, all {sent.Count} "
            + $"transfers in one block on all, conservation holds; longest gap between blocks {gap:0.0} s, "
            + $"highest round {highest}");
        return gap <= mostGap ? 0 : 1;
    }

    private static async Task<(double Gap, int Round)> BlocksAsync(HttpClient[] nodes, ulong lowest)
    {
        var sources = nodes.Select(n => new RpcLightSource(new ChainClient(n))).ToArray();
        var (gap, before, highest) = (0UL, 0UL, 0);
        for (var height = 1UL; height <= lowest; height++)
        {
            var blocks = await Task.WhenAll(sources.Select(s => s.BlockAsync(height, default)));
            if (blocks.Select(b => b!.Header.Hash()).Distinct().Count() != 1)
                throw new InvalidOperationException($"Height {height} has more than one block.");
            var time = blocks[0]!.Consensus.TimeMs;
            gap = before == 0 ? 0 : Math.Max(gap, time - before);
            highest = Math.Max(highest, blocks[0]!.Commit.Round);
            before = time;
        }

        return (gap / 1000.0, highest);
    }
}
