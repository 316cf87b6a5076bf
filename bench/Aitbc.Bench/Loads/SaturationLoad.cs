using System.Diagnostics;

namespace Aitbc.Bench.Loads;

/// <summary>
/// How many transfers a second are included when as many as possible are sent, and how long one takes from sending to
/// its final receipt when a little less than that is sent.
/// </summary>
internal static class SaturationLoad
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <param name="arguments">Rounds to find the most, and transfers of each.</param>
    /// <param name="part">Part of the most that is sent while latency is measured.</param>
    public static async Task<int> RunAsync(Arguments arguments, double part)
    {
        using var network = await Network.StartAsync("node,wallet", arguments.Validators);
        using var http = network.Client("node");
        using var transfers = new Transfers();
        var rpc = new JsonRpc(http);
        var included = new List<double>();
        for (var round = 0; round < arguments.Rounds; round++)
        {
            var load = await transfers.SignAsync(rpc, arguments.Count);
            included.Add(arguments.Count / (await transfers.RunAsync(rpc, load)).Included);
            Console.WriteLine($"round {round + 1}: {Figures.Text(included[^1])} transfers/s included");
        }

        var most = Figures.Quantile(included, 0.5);
        var took = await BelowAsync(rpc, await transfers.SignAsync(rpc, arguments.Count), most * part);
        Console.WriteLine(
            $"saturation: {arguments.Validators} validators include {Figures.Text(most)} transfers/s at most (median "
            + $"of {arguments.Rounds}); at {part:0.00} of that, submit to final receipt p50 "
            + $"{Figures.Text(Figures.Quantile(took, 0.5))} ms, p99 {Figures.Text(Figures.Quantile(took, 0.99))} ms, "
            + $"longest {Figures.Text(took.Max())} ms over {took.Length} batches of {Transfers.Batch}");
        return 0;
    }

    // A batch whenever its time has come, whatever became of those before.
    private static async Task<double[]> BelowAsync(JsonRpc rpc, Transfers.Load load, double perSecond)
    {
        var from = Stopwatch.GetTimestamp();
        var running = new List<Task<double>>();
        for (var i = 0; i < load.Bodies.Length; i++)
        {
            var due = TimeSpan.FromSeconds(i * Transfers.Batch / perSecond) - Stopwatch.GetElapsedTime(from);
            if (due > TimeSpan.Zero)
                await Task.Delay(due);
            var last = load.Signed[Math.Min((i + 1) * Transfers.Batch, load.Signed.Length) - 1].Hash.ToString();
            running.Add(TimeAsync(rpc, load.Bodies[i], last));
        }

        return await Task.WhenAll(running);
    }

    private static async Task<double> TimeAsync(JsonRpc rpc, byte[] body, string last)
    {
        var from = Stopwatch.GetTimestamp();
        await rpc.PostAsync(body);
        while (await rpc.CallAsync("eth_getTransactionReceipt", last) is null)
        {
            if (Stopwatch.GetElapsedTime(from) > Patience)
                throw new TimeoutException($"The transfer {last} was not included in a minute.");
            await Task.Delay(Poll);
        }

        return Stopwatch.GetElapsedTime(from).TotalMilliseconds;
    }
}
