using System.Collections.Concurrent;
using System.Tests.Processes;
using System.Text;
using System.Text.Json;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Jobs;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Testing;
using Xunit;

namespace System.Tests.Coordinators;

/// <summary>Three coordinators are one market, and each of them may die at any moment.</summary>
public sealed class SeveralCoordinatorsTests
{
    private const int Jobs = 10;
    private const int AtOnce = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly byte[] Module = WasmSample.Load().Module;

    [Fact]
    public async Task Kill_9_of_one_under_load_loses_no_job_runs_none_twice_and_leaves_no_gap_in_the_feed()
    {
        using var cluster = PostgreSqlCluster.TryStart(durable: false, out var reason);
        Assert.SkipWhen(cluster is null, reason);
        using var folder = new TemporaryFolder();
        await using var market = await SharedMarket.StartAsync(folder.Path, cluster!);
        using var ending = new CancellationTokenSource(Patience);
        var account = (await market.Session.AccountAsync(null, ending.Token)).Address;
        var client = await market.Session.MarketAsync(account, ending.Token);
        await UntilAsync(async () => (await client.OffersAsync(cancel: ending.Token)).Offers.Count > 0, ending.Token);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        var heard = new ConcurrentQueue<long>();
        var reader = ReadAsync(client, heard, reading.Token);

        var flow = await JobFlow.OpenAsync(market.Session, account, ending.Token);
        var ended = new ConcurrentBag<JobView>();
        var done = 0;
        var atTheKill = long.MaxValue;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Jobs),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ending.Token },
            async (number, cancel) =>
            {
                ended.Add(await FinishAsync(flow, number, cancel));
                // Exactly one of them sees the number, however many end at once.
                if (Interlocked.Increment(ref done) != AtOnce)
                    return;
                atTheKill = (await BookAsync(market, market.Coordinators[1], cancel)).Sequence;
                market.Kill(0);
            });

        Assert.All(ended, job => Assert.Equal(JobState.Settled, job.State));
        Assert.Equal(Jobs, ended.Select(j => j.Id).Distinct().Count());
        await EndedOnceAsync(market, client, ended, ending.Token);
        await SameBookAsync(market, heard, atTheKill, ending.Token);
        await reading.CancelAsync();
        await reader;
    }

    /// <summary>As a client does whose connection may be cut at any step: the same again.</summary>
    private static async Task<JobView> FinishAsync(JobFlow flow, int number, CancellationToken cancel)
    {
        var input = Encoding.UTF8.GetBytes($"Some words of the job number {number}.\n");
        var order = DemoRun.Order($"shared-{number}", new JobSpec
        {
            Engine = JobSpec.WasmEngine,
            Wasm = new WasmSpec
            {
                ModuleHash = Keccak256.Hash(Module),
                InputHash = Keccak256.Hash(input),
                MaxFuel = 1_000_000,
                MaxMemoryMib = 16,
            },
        });
        var wanted = new QuoteRequest { IdempotencyKey = order.IdempotencyKey, Spec = order.Spec };
        while (true)
        {
            try
            {
                var quote = await flow.QuoteFirmAsync(order, wanted, [Module, input], cancel);
                var funded = await flow.FundAsync(order, quote, cancel);
                return await flow.WaitAsync(funded.Id, _ => { }, cancel);
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException
                || cut is AitbcException { Problem.Retryable: true })
            {
                await Task.Delay(50, cancel);
            }
        }
    }

    private static async Task EndedOnceAsync(
        SharedMarket market, MarketClient client, IEnumerable<JobView> ended, CancellationToken cancel)
    {
        var chain = market.Session.Chain;
        var escrow = new EscrowClient(chain);
        Assert.Equal((ulong)Jobs, await escrow.JobCountAsync(cancel));
        Assert.True((await chain.BalanceAsync(escrow.Escrow, cancel)).IsZero, "The escrow still holds something.");
        Assert.True((await chain.StatusAsync(cancel)).Conservation);
        using var stats = JsonDocument.Parse(
            await market.Session.Http(market.Provider).GetByteArrayAsync("v1/stats", cancel));
        Assert.Equal(Jobs, stats.RootElement.GetProperty("executed").GetInt32());
        foreach (var job in ended)
        {
            var told = (await client.WhyAsync(job.Id, cancel)).Events.Select(e => e.What).ToList();
            foreach (var once in new[] { "quoted", "funded", "assigned", "submitted", "delivered", "settled" })
                Assert.Single(told, once);
        }
    }

    /// <summary>
    /// Those that live say the same, the book went on after the kill, and the reader heard every change once. How many
    /// there are depends on the speed: quotes that come together are one change.
    /// </summary>
    private static async Task SameBookAsync(
        SharedMarket market, ConcurrentQueue<long> heard, long atTheKill, CancellationToken cancel)
    {
        var books = new List<BookView>();
        foreach (var url in market.Coordinators.Skip(1))
            books.Add(await BookAsync(market, url, cancel));
        Assert.Single(books.Select(b => (b.Sequence, b.Hash)).Distinct());
        var last = books[0].Sequence;
        Assert.True(last > atTheKill, $"The book stands at {last}, as at the kill ({atTheKill}).");
        await UntilAsync(() => Task.FromResult(heard.Count >= last), cancel);
        Assert.Equal(Enumerable.Range(1, heard.Count).Select(i => (long)i), heard);
    }

    private static Task<BookView> BookAsync(SharedMarket market, Uri url, CancellationToken cancel) =>
        new MarketClient(market.Session.Http(url)).BookAsync("wasm", cancel: cancel);

    private static async Task ReadAsync(MarketClient client, ConcurrentQueue<long> heard, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in client.FeedAsync("wasm", heard.Count, cancel))
                    heard.Enqueue((long)change.Sequence);
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException or AitbcException)
            {
                await Task.Delay(50, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancel)
    {
        while (!await holds())
            await Task.Delay(50, cancel);
    }
}
