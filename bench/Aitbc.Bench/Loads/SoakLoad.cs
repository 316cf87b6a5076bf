using System.Globalization;

namespace Aitbc.Bench.Loads;

/// <summary>
/// Very many transfers, one portion after the other, with what the node's process holds in memory after each and how
/// long its garbage collections stopped it. What grows without end shows in the later portions.
/// </summary>
internal static class SoakLoad
{
    private const int Portion = 20_000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <param name="arguments">How many transfers.</param>
    /// <param name="mostIdle">MiB that the process may hold before the first transfer.</param>
    /// <param name="mostResident">MiB that it may hold at any time.</param>
    /// <param name="mostPause">Milliseconds that 99 of 100 collections may stop it.</param>
    public static async Task<int> RunAsync(Arguments arguments, double mostIdle, double mostResident, double mostPause)
    {
        using var network = await Network.StartAsync("node,wallet");
        using var http = network.Client("node");
        using var transfers = new Transfers();
        var rpc = new JsonRpc(http);
        await Task.Delay(Rest);
        var node = network.ProcessId("node");
        var idle = Resident(node);
        Console.WriteLine($"idle before: {idle} MiB resident");
        var (rates, resident) = (new List<double>(), new List<double>());
        for (var sent = 0; sent < arguments.Count; sent += Portion)
        {
            var count = Math.Min(Portion, arguments.Count - sent);
            // Accounts do not grow without end: what is looked for is growth that the state does not explain.
            var load = await transfers.SignAsync(rpc, count, receivers: Portion);
            rates.Add(count / (await transfers.RunAsync(rpc, load)).Included);
            resident.Add(Resident(node));
            if (resident.Count % 5 == 0)
            {
                Console.WriteLine(
                    $"{sent + count} transfers: {resident[^1]} MiB resident, {Figures.Text(rates[^1])} included/s");
            }
        }

        await Task.Delay(Rest);
        var half = resident.Count / 2;
        var runtime = (await rpc.CallAsync("aitbc_runtime"))!;
        Console.WriteLine(
            $"resident: median {Median(resident.Take(Math.Max(half, 1)))} MiB in the first half, "
            + $"{Median(resident.Skip(half))} MiB in the second, most {resident.Max()} MiB, "
            + $"{Resident(node)} MiB idle after");
        Console.WriteLine(
            $"garbage collections: {Count(runtime["collections"])} in all, "
            + $"pauses p50 {Count(runtime["pauseP50Us"])} us, p99 {Count(runtime["pauseP99Us"])} us, "
            + $"longest {Count(runtime["pauseMostUs"])} us");
        Console.WriteLine(
            $"soak: {arguments.Count} transfers, all included, median {Median(rates)} a second");
        var pause = Count(runtime["pauseP99Us"]) / 1_000.0;
        return idle <= mostIdle && resident.Max() <= mostResident && pause < mostPause ? 0 : 1;
    }

    private static string Median(IEnumerable<double> values) => Figures.Text(Figures.Quantile(values, 0.5));

    private static ulong Count(System.Text.Json.Nodes.JsonNode? quantity) => JsonRpc.Number((string)quantity!);

    // MiB, from /proc: what the system says, not the process of itself.
    private static long Resident(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status")
            .First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kibibytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024;
    }
}
