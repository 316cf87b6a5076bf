using System.Diagnostics;
using System.Globalization;

namespace Aitbc.Bench.Loads;

/// <summary>
/// Blocks a second at which a validator that lost everything but its keys catches up with three others, and the most
/// memory that its process held meanwhile.
/// </summary>
internal static class CatchUpLoad
{
    private const int Fewest = 4;
    private const int Senders = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <param name="arguments">How many blocks, and how often it is wiped.</param>
    /// <param name="mostResident">MiB that its process may hold at any time.</param>
    public static async Task<int> RunAsync(Arguments arguments, double mostResident)
    {
        using var network = await Network.StartAsync("node", Math.Max(Fewest, arguments.Validators));
        var wiped = network.Validators[^1];
        using var first = network.Client(network.Validators[0]);
        using var own = network.Client(wiped);
        var (rpc, ownRpc) = (new JsonRpc(first), new JsonRpc(own));
        await GrowAsync(rpc, (ulong)arguments.Count);
        var (rates, resident) = (new List<double>(), new List<long>());
        for (var round = 0; round < arguments.Rounds; round++)
        {
            await network.KillAsync(wiped);
            network.Wipe(wiped);
            using var process = network.Restart(wiped);
            var (blocks, seconds) = await FollowAsync(rpc, ownRpc);
            rates.Add(blocks / seconds);
            resident.Add(MostResident(process.Id));
            Console.WriteLine(
                $"round {round + 1}: {blocks} blocks in {seconds:0.0} s, {Figures.Text(rates[^1])} a second, at most "
                + $"{resident[^1]} MiB");
        }

        await network.KillAsync(wiped);

        Console.WriteLine(
            $"catch-up: median {Figures.Text(Figures.Quantile(rates, 0.5))} blocks a second over {arguments.Rounds} "
            + $"rounds, at most {resident.Max()} MiB resident");
        return resident.Max() <= mostResident ? 0 : 1;
    }

    // A block comes as soon as there is a transfer, so there always is one.
    private static async Task GrowAsync(JsonRpc rpc, ulong height)
    {
        using var transfers = new Transfers();
        var chain = await rpc.NumberAsync("eth_chainId");
        var from = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async account =>
        {
            for (var nonce = 0UL; await rpc.NumberAsync("eth_blockNumber") < height; nonce++)
            {
                var transfer = transfers.Sign(account, chain, nonce);
                await rpc.CallAsync(
                    "eth_sendRawTransactionSync", Primitives.Encoding.Hex.ToHex(transfer.Encode().Span), 10_000);
            }
        }));
        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        Console.WriteLine($"made: {await rpc.NumberAsync("eth_blockNumber")} blocks in {seconds:0} s");
    }

    // From the first answer of the process that was started until it is where the others are.
    private static async Task<(ulong Blocks, double Seconds)> FollowAsync(JsonRpc rpc, JsonRpc own)
    {
        var goal = await rpc.NumberAsync("eth_blockNumber");
        var from = Stopwatch.GetTimestamp();
        ulong? start = null;
        while (Stopwatch.GetElapsedTime(from) < Patience)
        {
            try
            {
                var height = await own.NumberAsync("eth_blockNumber");
                if (start is null)
                    (start, from) = (height, Stopwatch.GetTimestamp());
                if (height >= goal)
                    return (goal - start.Value, Stopwatch.GetElapsedTime(from).TotalSeconds);
            }
            catch (HttpRequestException)
            {
                // It is not up yet.
            }

            await Task.Delay(Poll);
        }

        throw new TimeoutException("The validator did not catch up in ten minutes.");
    }

    // The system's own mark of the most that it ever was.
    private static long MostResident(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status")
            .First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kibibytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024;
    }
}
