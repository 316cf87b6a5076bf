using System.Diagnostics;
using Aitbc.Primitives;
using Npgsql;
using Testing;

namespace Aitbc.Bench.Market;

/// <summary>
/// Funded jobs leased by eight callers from one, two and three coordinators on one PostgreSQL that syncs every commit,
/// and a bare queue of as many rows taken in the same way from the same server, in turn.
/// </summary>
internal static class DispatchLoad
{
    private const int Callers = 8;
    private const int MostCoordinators = 3;

    public static async Task<int> RunAsync(Arguments arguments, double least)
    {
        using var cluster = PostgreSqlCluster.TryStart(durable: true, out var reason);
        if (cluster is null)
        {
            Console.WriteLine($"dispatch: {reason}");
            return 2;
        }

        await using var market = await DispatchMarket.StartAsync(cluster.Connection("postgres"), MostCoordinators);
        var processor = new ProcessorTime(new NpgsqlConnectionStringBuilder(cluster.Connection("postgres")).Host!);
        var bare = new List<double>();
        var ours = Enumerable.Range(0, MostCoordinators).Select(_ => new List<double>()).ToArray();
        for (var round = 0; round <= arguments.Rounds; round++)
        {
            var (queue, queueCost) = await BareAsync(market, processor, arguments.Count);
            var rates = new List<double>();
            var costs = new List<double>();
            for (var many = 1; many <= MostCoordinators; many++)
            {
                var (rate, cost) = await LeasesAsync(market, processor, many, arguments.Count);
                rates.Add(rate);
                costs.Add(cost);
            }

            Console.WriteLine(
                $"{(round == 0 ? "warm-up" : $"round {round}")}: bare {Figures.Text(queue)} rows/s; "
                + $"leases/s from 1, 2, 3 coordinators: {string.Join(", ", rates.Select(Figures.Text))}; "
                + $"processor time {Figures.Text(queueCost)} us a row, "
                + $"{string.Join(", ", costs.Select(Figures.Text))} us a lease");
            if (round == 0)
                continue;
            bare.Add(queue);
            for (var i = 0; i < MostCoordinators; i++)
                ours[i].Add(rates[i]);
        }

        var medians = ours.Select(r => Figures.Quantile(r, 0.5)).ToArray();
        var control = Figures.Quantile(bare, 0.5);
        Console.WriteLine(
            $"dispatch: medians: bare {Figures.Text(control)} rows/s, leases "
            + $"{string.Join(", ", medians.Select(Figures.Text))} a second; ratios "
            + string.Join(", ", medians.Select(m => (m / control).ToString("0.00"))));
        return medians[0] / control >= least ? 0 : 1;
    }

    private static async Task<(double Rate, double Cost)> LeasesAsync(
        DispatchMarket market, ProcessorTime processor, int coordinators, int count)
    {
        await market.FillAsync(count);
        var taken = new HashSet<Hash256>();
        var spent = processor.Now();
        var from = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Task.Run(async () =>
        {
            var desk = market.Desk(i % coordinators);
            while (await desk.TryLeaseAsync(DispatchMarket.Provider, default) is { } lease)
            {
                lock (taken)
                {
                    if (!taken.Add(lease.Job.Id))
                        throw new InvalidOperationException("A job was leased twice.");
                }
            }
        })));
        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        return taken.Count == count
            ? (count / seconds, (processor.Now() - spent) / count)
            : throw new InvalidOperationException($"{taken.Count} of {count} jobs were leased.");
    }

    private static async Task<(double Rate, double Cost)> BareAsync(
        DispatchMarket market, ProcessorTime processor, int count)
    {
        await market.RunAsync($"""
            DROP TABLE IF EXISTS bare;
            CREATE TABLE bare (id bigserial PRIMARY KEY, state int NOT NULL);
            CREATE INDEX ON bare (id) WHERE state = 0;
            INSERT INTO bare (state) SELECT 0 FROM generate_series(1, {count});
            ANALYZE bare
            """);
        var spent = processor.Now();
        var from = Stopwatch.GetTimestamp();
        var taken = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            await using var connection = await market.OpenAsync();
            await using var take = new NpgsqlCommand(
                """
                UPDATE bare SET state = 1 WHERE id = (
                    SELECT id FROM bare WHERE state = 0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
                """,
                connection);
            await take.PrepareAsync();
            var rows = 0;
            while (await take.ExecuteScalarAsync() is not null)
                rows++;
            return rows;
        })));
        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        return taken.Sum() == count
            ? (count / seconds, (processor.Now() - spent) / count)
            : throw new InvalidOperationException("Rows of the bare queue were lost or taken twice.");
    }
}
