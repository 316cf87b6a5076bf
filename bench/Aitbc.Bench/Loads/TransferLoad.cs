using System.Diagnostics;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Bench.Loads;

/// <summary>
/// Transfers included per second by a node alone. The ratio is to what one core can recover senders in the same run:
/// the least that any honest node must do for a transfer.
/// </summary>
internal static class TransferLoad
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        using var network = await Network.StartAsync("node,wallet", arguments.Validators);
        using var http = network.Client("node");
        using var transfers = new Transfers();
        var rpc = new JsonRpc(http);
        var included = new List<double>();
        var recovered = new List<double>();
        for (var round = 0; round < arguments.Rounds; round++)
        {
            var load = await transfers.SignAsync(rpc, arguments.Count);
            recovered.Add(RecoveredPerSecond(load.Signed));
            included.Add(arguments.Count / (await transfers.RunAsync(rpc, load)).Included);
            Console.WriteLine(
                $"round {round + 1}: {Figures.Text(included[^1])} transfers/s included, "
                + $"{Figures.Text(recovered[^1])} senders/s recovered by one core ({Secp256k1.Backend})");
        }

        var (rate, floor) = (Figures.Quantile(included, 0.5), Figures.Quantile(recovered, 0.5));
        Console.WriteLine(
            $"transfers: median {Figures.Text(rate)} included per second over {arguments.Rounds} rounds of "
            + $"{arguments.Count}; {rate / floor:0.00} of what one core recovers");
        return 0;
    }

    private static double RecoveredPerSecond(Transaction[] transfers)
    {
        // Read anew: a transaction remembers its sender.
        var sample = transfers.Take(2_000).Select(Read).ToArray();
        var from = Stopwatch.GetTimestamp();
        foreach (var transfer in sample)
        {
            if (!transfer.TryRecoverSender(out _))
                throw new InvalidOperationException("A transfer has no sender.");
        }

        return sample.Length / Stopwatch.GetElapsedTime(from).TotalSeconds;
    }

    private static Transaction Read(Transaction transfer) =>
        TransactionCodec.TryDecode(transfer.Encode().Span, out var read, out var error)
            ? read
            : throw new InvalidOperationException($"{error}: {Hex.ToHex(transfer.Encode().Span)}");
}
