using Aitbc.Coordinator.Book;
using Aitbc.Coordinator.Storage;
using Aitbc.Coordinator.Storage.PostgreSql;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Services.Tests.Coordinator.Book;
using Services.Tests.Coordinator.Gpus;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.PostgreSql;

/// <summary>Two coordinators on one database are one market.</summary>
public sealed class SharedDatabaseTests
{
    [Fact]
    public async Task A_wait_for_work_at_one_ends_when_a_job_is_funded_at_the_other()
    {
        await using var market = await OnPostgreSql.StartAsync();
        await using var peer = await market.PeerAsync();
        await market.RegisterAsync();
        var waiting = peer.Provider.LeaseAsync(30, Cancel);
        var job = await market.FundedAsync();
        Assert.Equal(job.Id, (await waiting)!.Job.Id);
    }

    [Fact]
    public async Task A_challenge_that_one_gave_is_answered_once_at_any_of_them()
    {
        await using var market = await OnPostgreSql.StartAsync();
        await using var peer = await market.PeerAsync();
        await market.RegisterAsync();
        var challenge = await market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel);
        var results = challenge.Solve();
        var seen = await peer.Provider.GpuProofAsync(challenge.Seed, results, Cancel);
        Assert.Equal(seen, await market.Provider.GpuProofAsync(challenge.Seed, results, Cancel));
        results[0] ^= 1;
        var other = await RefusedAsync(() => market.Provider.GpuProofAsync(challenge.Seed, results, Cancel));
        Assert.Equal(ProblemCodes.GpuChallengeOver, other.Code);
    }

    [Fact]
    public async Task Of_leases_at_both_exactly_one_gets_each_job()
    {
        await using var market = await OnPostgreSql.StartAsync();
        await using var peer = await market.PeerAsync();
        await market.RegisterAsync();
        var jobs = new HashSet<Aitbc.Primitives.Hash256>();
        for (var i = 0; i < 6; i++)
            jobs.Add((await market.FundedAsync($"order-{i}")).Id);
        var leases = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            i => (i % 2 == 0 ? market : peer).Provider.LeaseAsync(0, Cancel)));
        var leased = leases.Where(l => l is not null).Select(l => l!.Job.Id).ToList();
        Assert.Equal(6, leased.Count);
        Assert.True(jobs.SetEquals(leased));
    }

    [Fact]
    public async Task Slots_are_given_away_once_and_both_have_the_same_book_and_feed()
    {
        await using var market = await OnPostgreSql.StartAsync();
        await using var peer = await market.PeerAsync();
        await market.SellAsync(market.ProviderKey, 800, capacity: 5);
        var requests = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => market.WantAsync($"key-{i}")));
        var answers = await Task.WhenAll(requests.Select((r, i) => TryAsync(i % 2 == 0 ? market : peer, r)));
        Assert.Equal(5, answers.Count(a => a is null));
        Assert.All(answers.OfType<AitbcProblem>(), p => Assert.Equal("slots", p.Limit));
        await peer.SellAsync(market.StrangerKey, 700, capacity: 3);
        await market.Client.BidAsync(await market.BidAsync(750, "bid"), Cancel);
        var (here, there) = (
            await market.Client.BookAsync("wasm", cancel: Cancel), await peer.Client.BookAsync("wasm", cancel: Cancel));
        Assert.Equal((here.Sequence, here.Hash), (there.Sequence, there.Hash));
        Assert.Equal((700, 2L), ((int)(ulong)Assert.Single(there.Asks).Price, there.Asks[0].Quantity));
        Assert.Equal(await FactsAsync(market), await FactsAsync(peer));
    }

    [Fact]
    public async Task A_reader_of_one_hears_at_once_what_the_other_did()
    {
        await using var market = await OnPostgreSql.StartAsync();
        await market.SellAsync(market.ProviderKey, 800, capacity: 2);
        await using var peer = await market.PeerAsync();
        var feed = await peer.Services.GetRequiredService<BookViews>().FeedAsync("wasm", Cancel);
        using var reader = feed.Subscribe(null);
        await market.Client.QuoteAsync(await market.WantAsync(), Cancel);
        var fact = await reader.Queue.ReadAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Assert.Equal(2, fact.Sequence);
        feed.Leave(reader);
    }

    [Fact]
    public async Task Who_leads_is_followed_by_another_when_it_is_gone()
    {
        await using var market = await OnPostgreSql.StartAsync();
        await using var peer = await market.PeerAsync();
        var (first, second) = (
            market.Services.GetRequiredService<IStore>(), peer.Services.GetRequiredService<IStore>());
        Assert.True(await first.LeadsAsync("a test", Cancel));
        Assert.False(await second.LeadsAsync("a test", Cancel));
        Assert.True(await first.LeadsAsync("a test", Cancel));
        await first.CloseAsync();
        Assert.True(await second.LeadsAsync("a test", Cancel));
    }

    [Fact]
    public async Task Both_settle_a_job_and_the_chain_is_sent_one_transaction()
    {
        await using var market = await OnPostgreSql.StartAsync();
        await using var peer = await market.PeerAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        var (receipt, output) = await market.ExecuteAsync(job);
        await market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(
            i => (i % 2 == 0 ? market : peer).Settler.ReconcileAsync(job.Id, Cancel)));
        Assert.Equal(JobState.Settled, (await peer.Client.JobAsync(job.Id, Cancel)).State);
        Assert.Equal(["complete"], market.Chain.Sent);
        Assert.Equal(receipt.Receipt.OutputHash, output);
        Assert.NotEmpty(await peer.Client.ResultAsync(job.Id, Cancel));
    }

    [Fact]
    public async Task The_migrations_describe_the_model_and_make_it_once_for_all_that_start_together()
    {
        var database = await SharedCluster.NewEmptyDatabaseAsync();
        var starts = await Task.WhenAll(Enumerable.Range(0, 3).Select(
            _ => Market.StartAsync(o => o with { PostgreSql = database })));
        var databases = starts[0].Services.GetRequiredService<IDbContextFactory<PostgreSqlContext>>();
        await using (var db = await databases.CreateDbContextAsync(Cancel))
            Assert.False(db.Database.HasPendingModelChanges());
        foreach (var one in starts)
            await one.DisposeAsync();
    }

    [Fact]
    public async Task A_text_that_the_database_cannot_keep_is_the_askers_fault()
    {
        await using var market = await OnPostgreSql.StartAsync();
        await market.RegisterAsync();
        var problem = await RefusedAsync(() => market.Provider.HeartbeatLeaseAsync("a%00b", Cancel));
        Assert.Contains(problem.Status, new[] { 400, 409 });
        var offers = await RefusedAsync(
            () => market.Client.OffersAsync(new OfferFilter { Region = "a\0b" }, cancel: Cancel));
        Assert.Equal((400, ProblemCodes.InvalidRequest), (offers.Status, offers.Code));
    }

    private static async Task<List<string>> FactsAsync(Market market)
    {
        var feed = await market.Services.GetRequiredService<BookViews>().FeedAsync("wasm", Cancel);
        using var reader = feed.Subscribe(0);
        feed.Leave(reader);
        var numbers = reader.Missed.Select(f => f.Sequence);
        Assert.Equal(Enumerable.Range(1, reader.Missed.Count).Select(i => (long)i), numbers);
        return [.. reader.Missed.Select(f => f.ToString())];
    }

    private static async Task<AitbcProblem?> TryAsync(Market market, QuoteRequest request)
    {
        try
        {
            await market.Client.QuoteAsync(request, Cancel);
            return null;
        }
        catch (AitbcException refused)
        {
            return refused.Problem;
        }
    }
}
