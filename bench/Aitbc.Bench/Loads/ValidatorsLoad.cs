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
        using var transfers = new Transfers();
        using var stop = new CancellationTokenSource();
        var final = new List<(string Hash, string Block)>();
        var sending = SendAsync(rpcs, transfers, final, stop.Token);
        var restarted = new List<Process>();
        try
        {
            for (var round = 0; round < arguments.Rounds; round++)
            {
                // The network is tied to the first: its end would be the end of all.
                var at = 1 + (round % (names.Count - 1));
                await network.KillAsync(names[at]);
                await Task.Delay(Down);
                restarted.Add(network.Restart(names[at]));
                var took = await CaughtUpAsync(rpcs, at);
                Console.WriteLine($"round {round + 1}: {names[at]} killed, started, caught up in {took:0.0} s");
            }

            await stop.CancelAsync();
            await sending;
            return await JudgeAsync(nodes, rpcs, final, mostGap);
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

    // One transfer after the other, each over the next node that answers; a node that is down is passed over.
    private static async Task SendAsync(
        JsonRpc[] rpcs, Transfers transfers, List<(string Hash, string Block)> final, CancellationToken stop)
    {
        var at = 0;
        var signed = new Queue<string>();
        while (!stop.IsCancellationRequested)
        {
            var rpc = rpcs[at++ % rpcs.Length];
            try
            {
                if (signed.Count == 0)
                    signed = new Queue<string>(await transfers.SignOneByOneAsync(rpc, 20));
                var receipt = await rpc.CallAsync("eth_sendRawTransactionSync", signed.Peek(), "0x7d0");
                final.Add(((string)receipt!["transactionHash"]!, (string)receipt["blockHash"]!));
                signed.Dequeue();
            }
            catch (HttpRequestException)
            {
                // It is down: the next one takes it.
            }
            catch (InvalidOperationException e) when (IsKnown(e))
            {
                signed.Dequeue();
            }
            catch (InvalidOperationException)
            {
                // Not final in time, or already known: asked again, or signed anew with the nonce of now.
                if (at % rpcs.Length == 0)
                    signed.Clear();
            }
        }
    }

    private static bool IsKnown(InvalidOperationException e) =>
        e.Message.Contains("nonce too low", StringComparison.Ordinal);

    private static async Task<double> CaughtUpAsync(JsonRpc[] rpcs, int at)
    {
        var from = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(from) < Patience)
        {
            try
            {
                var own = await rpcs[at].NumberAsync("eth_blockNumber");
                var other = await rpcs[(at + 1) % rpcs.Length].NumberAsync("eth_blockNumber");
                if (own + 1 >= other)
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
        HttpClient[] nodes, JsonRpc[] rpcs, List<(string Hash, string Block)> final, double mostGap)
    {
        var heights = await Task.WhenAll(rpcs.Select(r => r.NumberAsync("eth_blockNumber")));
        var lowest = heights.Min();
        var sources = nodes.Select(n => new RpcLightSource(new ChainClient(n))).ToArray();
        var (gap, before, rounds) = (0UL, 0UL, 0);
        for (var height = 1UL; height <= lowest; height++)
        {
            var blocks = await Task.WhenAll(sources.Select(s => s.BlockAsync(height, default)));
            if (blocks.Select(b => b!.Header.Hash()).Distinct().Count() != 1)
                throw new InvalidOperationException($"Height {height} has more than one block.");
            var time = blocks[0]!.Consensus.TimeMs;
            gap = before == 0 ? 0 : Math.Max(gap, time - before);
            rounds = Math.Max(rounds, blocks[0]!.Commit.Round);
            before = time;
        }

        foreach (var (hash, block) in final)
        {
            foreach (var rpc in rpcs)
            {
                var receipt = await rpc.CallAsync("eth_getTransactionReceipt", hash);
                if (receipt is not null && (string?)receipt["blockHash"] != block)
                    throw new InvalidOperationException($"The final transaction {hash} is in another block.");
            }

            if (await rpcs[0].CallAsync("eth_getTransactionReceipt", hash) is null)
                throw new InvalidOperationException($"The final transaction {hash} is lost.");
        }

        foreach (var rpc in rpcs)
        {
            if ((bool?)(await rpc.CallAsync("aitbc_status"))!["conservation"] != true)
                throw new InvalidOperationException("The coins do not add up.");
        }

        Console.WriteLine(
            $"validators: {rpcs.Length} validators, one hash at each of {lowest} heights, {final.Count} final "
            + $"transfers kept, conservation holds; longest gap between blocks {gap / 1000.0:0.0} s, "
            + $"highest round {rounds}");
        return gap / 1000.0 <= mostGap ? 0 : 1;
    }
}
