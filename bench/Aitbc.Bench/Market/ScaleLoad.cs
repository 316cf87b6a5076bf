using System.Diagnostics;
using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Testing;

namespace Aitbc.Bench.Market;

/// <summary>
/// Lists, jobs, quotes and leases of one coordinator with a small database, and the same with very many jobs and
/// providers in it. Pages and jobs over HTTP, leases from the desk.
/// </summary>
internal static class ScaleLoad
{
    private const int Offers = 10_000;
    private const int FewJobs = 1_000;
    private const int FewProviders = 100;
    private const int Callers = 8;
    private const int Page = 20;
    private const int WarmUp = 20;

    private static readonly Address Worker = Address.FromBytes([.. new byte[19], 7]);

    public static async Task<int> RunAsync(
        Arguments arguments, long jobs, int providers, bool onPostgreSql, double most)
    {
        var reason = "";
        using var cluster = onPostgreSql ? PostgreSqlCluster.TryStart(durable: true, out reason) : null;
        if (onPostgreSql && cluster is null)
        {
            Console.WriteLine($"scale: {reason}");
            return 2;
        }

        await using var server = await QuoteServer.StartAsync(cluster?.Connection("postgres"));
        using var buyer = new LocalSigner(QuoteLoad.Key(3_000_000));
        using var seller = new LocalSigner(QuoteLoad.Key(3_000_001));
        await QuoteLoad.SellAllAsync(server, Offers);
        var fill = new ScaleFill(onPostgreSql, buyer.Address, seller.Address, Worker);
        var many = new Measured(server, fill, buyer, seller, arguments.Count);
        var few = await many.WithAsync(FewJobs, FewProviders, round: 0);
        var all = await many.WithAsync(jobs, providers, round: 1);
        foreach (var (name, before) in few)
            Console.WriteLine($"scale: {name}: {before.Text} with {FewJobs} jobs, {all[name].Text} with {jobs}");
        return all[Measured.Quote].P99 <= most ? 0 : 1;
    }

    /// <summary>One figure: milliseconds of a request, or how many leases a second.</summary>
    private sealed record Figure(double P50, double P99, string Unit)
    {
        public string Text => Unit == Measured.Rate
            ? string.Create(CultureInfo.InvariantCulture, $"{P50:0} {Unit}")
            : string.Create(CultureInfo.InvariantCulture, $"p50 {P50:0.00} ms, p99 {P99:0.00} ms");
    }

    private sealed class Measured(
        QuoteServer server, ScaleFill fill, LocalSigner buyer, LocalSigner seller, int count)
    {
        public const string Quote = "a quote";
        public const string Rate = "a second";

        private long filled;
        private int known;

        public async Task<Dictionary<string, Figure>> WithAsync(long jobs, int providers, int round)
        {
            await FillAsync(jobs, providers);
            var (mine, theirs) = (server.As(buyer), server.As(seller));
            using var nobody = new LocalSigner(QuoteLoad.Key(3_000_002));
            var stranger = server.As(nobody);
            await stranger.JobsAsync(1);
            var ids = (await mine.JobsAsync(100)).Jobs.Select(j => j.Id).ToArray();
            var (middle, end) = (Text(filled / 2), Text(filled / 100));
            var offers = await server.As(buyer).OffersAsync(new OfferFilter(), 100);
            var figures = new Dictionary<string, Figure>
            {
                ["the newest page of a client with a tenth of the jobs"] = await TimeAsync(_ => mine.JobsAsync(Page)),
                ["a page from the middle"] = await TimeAsync(_ => mine.JobsAsync(Page, middle)),
                ["one of the oldest pages"] = await TimeAsync(_ => mine.JobsAsync(Page, end)),
                ["the newest page of a provider with a tenth"] = await TimeAsync(_ => theirs.JobsAsync(Page)),
                ["the page of an account without jobs"] = await TimeAsync(_ => stranger.JobsAsync(Page)),
                ["a job"] = await TimeAsync(i => mine.JobAsync(ids[i % ids.Length])),
                ["a page of providers"] = await TimeAsync(_ => mine.ProvidersAsync(Page)),
                ["the first page of offers"] = await TimeAsync(_ => mine.OffersAsync(new OfferFilter(), Page)),
                ["a later page of offers"] =
                    await TimeAsync(_ => mine.OffersAsync(new OfferFilter(), Page, offers.Next)),
                [Quote] = await QuotesAsync(round),
                ["leases"] = await LeasesAsync(),
            };
            return figures;
        }

        private async Task FillAsync(long jobs, int providers)
        {
            var from = Stopwatch.GetTimestamp();
            await server.RunAsync(fill.Providers(known, providers));
            known = providers;
            await server.RunAsync(fill.Settled(filled + 1, jobs, providers));
            await server.RunAsync(ScaleFill.Events(filled));
            filled = jobs;
            await server.RunAsync("ANALYZE");
            Console.WriteLine(
                $"{jobs} jobs and {providers} providers after "
                + $"{Figures.Text(Stopwatch.GetElapsedTime(from).TotalSeconds)} s");
        }

        private async Task<Figure> TimeAsync(Func<int, Task> request)
        {
            var times = new List<double>(count);
            for (var i = -WarmUp; i < count; i++)
            {
                var from = Stopwatch.GetTimestamp();
                await request(i + WarmUp);
                if (i >= 0)
                    times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }

            return FigureOf(times);
        }

        private async Task<Figure> QuotesAsync(int round)
        {
            using var controls = server.Controls();
            await QuoteLoad.QuotesAsync(server, controls, 2 * round, WarmUp);
            return FigureOf(await QuoteLoad.QuotesAsync(server, controls, (2 * round) + 1, count));
        }

        private async Task<Figure> LeasesAsync()
        {
            await server.RunAsync(fill.Ready(filled + 1, filled + count));
            filled += count;
            var desk = server.Desk;
            var from = Stopwatch.GetTimestamp();
            var taken = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                var leases = 0;
                while (await desk.TryLeaseAsync(Worker, default) is not null)
                    leases++;
                return leases;
            })));
            var rate = taken.Sum() / Stopwatch.GetElapsedTime(from).TotalSeconds;
            await server.RunAsync(fill.Done());
            return taken.Sum() == count ? new Figure(rate, rate, Rate)
                : throw new InvalidOperationException($"{taken.Sum()} of {count} jobs were leased.");
        }

        private static Figure FigureOf(List<double> times) =>
            new(Figures.Quantile(times, 0.5), Figures.Quantile(times, 0.99), "ms");

        private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
