using System.Diagnostics;

namespace Aitbc.Bench.Loads;

/// <summary>
/// From sending a transfer to holding its final receipt, one after the other on an idle node, through
/// eth_sendRawTransactionSync (EIP-7966). Every block is synced to disk before the receipt is given.
/// </summary>
internal static class LatencyLoad
{
    private const int WarmUp = 200;

    public static async Task<int> RunAsync(Arguments arguments, double mostP50, double mostP99)
    {
        using var network = await Network.StartAsync("node,wallet", arguments.Validators);
        using var http = network.Client("node");
        using var transfers = new Transfers();
        var rpc = new JsonRpc(http);
        var took = new List<double>();
        var signed = await transfers.SignOneByOneAsync(rpc, WarmUp + arguments.Count);
        for (var i = 0; i < signed.Length; i++)
        {
            var from = Stopwatch.GetTimestamp();
            var receipt = await rpc.CallAsync("eth_sendRawTransactionSync", signed[i]);
            var milliseconds = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            if ((string?)receipt?["status"] != "0x1")
                throw new InvalidOperationException($"The transfer did not succeed: {receipt?.ToJsonString()}");
            if (i >= WarmUp)
                took.Add(milliseconds);
        }

        var (p50, p99) = (Figures.Quantile(took, 0.5), Figures.Quantile(took, 0.99));
        Console.WriteLine(
            $"latency: submit to final receipt p50 {Figures.Text(p50)} ms, "
            + $"p99 {Figures.Text(p99)} ms, longest {Figures.Text(took.Max())} ms over {took.Count} transfers");
        return p50 <= mostP50 && p99 <= mostP99 ? 0 : 1;
    }
}
