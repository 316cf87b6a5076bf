using System.Diagnostics;
using Aitbc.Primitives.Crypto;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Bench.Market;

/// <summary>
/// Firm quotes from a coordinator with thousands of offers on the market, one after the other, as an agent sees them:
/// HTTP over loopback, the slot in SQLite and synced, the signature made. Agents change, since each holds few slots.
/// </summary>
internal static class QuoteLoad
{
    private const int OffersEach = 50;
    private const int QuotesEach = 25;

    public static async Task<int> RunAsync(Arguments arguments, int offers, double most)
    {
        await using var server = await QuoteServer.StartAsync();
        await SellAllAsync(server, offers);
        var p99s = new List<double>();
        using var controls = server.Controls();
        for (var round = 0; round <= arguments.Rounds; round++)
        {
            var times = await QuotesAsync(server, controls, round, arguments.Count);
            var (p50, p99) = (Figures.Quantile(times, 0.5), Figures.Quantile(times, 0.99));
            Console.WriteLine(
                $"{(round == 0 ? "warm-up" : $"round {round}")}: p50 {Figures.Text(p50)} ms, "
                + $"p99 {Figures.Text(p99)} ms, longest {Figures.Text(times.Max())} ms over {times.Count} quotes");
            if (round > 0)
                p99s.Add(p99);
        }

        var median = Figures.Quantile(p99s, 0.5);
        Console.WriteLine($"quotes: median of the rounds' p99 {Figures.Text(median)} ms");
        controls.Tell();
        return median <= most ? 0 : 1;
    }

    public static async Task SellAllAsync(QuoteServer server, int offers)
    {
        var from = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, offers / OffersEach, new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (i, _) => await SellAsync(server, i));
        Console.WriteLine(
            $"{offers / OffersEach * OffersEach} offers put in "
            + $"{Figures.Text(Stopwatch.GetElapsedTime(from).TotalSeconds)} s");
    }

    private static async Task SellAsync(QuoteServer server, int number)
    {
        using var key = new LocalSigner(Key(1_000_000 + number));
        var market = server.As(key);
        await market.RegisterAsync("", [new Offer("wasm", "wasm", "fuel", 1, 1, 1)]);
        for (var i = 0; i < OffersEach; i++)
        {
            var now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            await market.PutOfferAsync(new MarketOffer
            {
                Provider = key.Address,
                Name = $"offer-{i}",
                Engine = "wasm",
                ResourceClass = "wasm",
                UnitKind = "fuel",
                UnitPrice = (ulong)(1_000_000 + (((number * 7919) + (i * 104_729)) % 100_000)),
                UnitsPer = 1_000_000_000,
                MaxUnits = 2_000_000_000,
                Capacity = 4,
                Region = $"region-{i % 5}",
                Warmth = i % 2 == 0 ? MarketOffer.Warm : MarketOffer.Cold,
                IssuedAt = now,
                ExpiresAt = now + 86_400,
            });
        }
    }

    public static async Task<List<double>> QuotesAsync(
        QuoteServer server, Controls controls, int round, int count)
    {
        var times = new List<double>(count);
        for (var agent = 0; times.Count < count; agent++)
        {
            using var key = new LocalSigner(Key(2_000_000 + (round * 10_000) + agent));
            var market = server.As(key);
            await market.JobsAsync(1); // signs in before the clock starts
            for (var i = 0; i < QuotesEach && times.Count < count; i++)
            {
                var request = new QuoteRequest
                {
                    IdempotencyKey = $"key-{i}",
                    Spec = Spec,
                    Region = i % 3 == 0 ? $"region-{i % 5}" : null,
                    Warm = i % 4 == 0,
                };
                var from = Stopwatch.GetTimestamp();
                await market.QuoteAsync(request);
                times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
                await controls.TakeAsync();
            }
        }

        return times;
    }

    private static JobSpec Spec { get; } = new()
    {
        Engine = JobSpec.WasmEngine,
        Wasm = new WasmSpec { ModuleHash = default, InputHash = default, MaxFuel = 1_000_000_000, MaxMemoryMib = 64 },
    };

    public static PrivateKey Key(int number) =>
        PrivateKey.FromBytes([.. new byte[28], .. BitConverter.GetBytes(number)]);
}
