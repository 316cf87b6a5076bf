using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Services.Tests.Coordinator.Leases;

public class LeaseTests : MarketSuite
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_that_is_taken_for_who_has_gone_waits_again_at_once()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        using var gone = new CancellationTokenSource();
        var desk = ActivatorUtilities.CreateInstance<LeaseDesk>(
            market.Services, new GoneMeanwhile(market.Services.GetRequiredService<IDispatch>(), gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => desk.TryLeaseAsync(market.ProviderKey.Address, gone.Token));
        Assert.Equal(JobState.Funded, (await market.Client.JobAsync(job.Id, Cancel)).State);
        Assert.Equal(job.Id, (await market.Provider.LeaseAsync(0, Cancel))!.Job.Id);
        Assert.Equal(
            ["quoted", "funded", "assigned", "lease_returned", "assigned"],
            (await market.Client.WhyAsync(job.Id, Cancel)).Events.Select(e => e.What));
    }

    [Fact]
    public async Task Many_claims_get_the_oldest_jobs_each_once_and_each_is_told()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        await market.As(market.StrangerKey).RegisterAsync(
            "http://127.0.0.1:8009", [new Offer("wasm", "wasm", "fuel", 8, 1000, 1_000_000)]);
        var jobs = new List<Hash256>();
        for (var i = 0; i < 12; i++)
            jobs.Add((await market.FundedAsync($"order-{i}")).Id);
        var dispatch = market.Services.GetRequiredService<IDispatch>();
        var now = market.Time.GetUtcNow();
        var (owner, stranger) = (market.ProviderKey.Address, market.StrangerKey.Address);
        var rows = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => dispatch.ClaimAsync(
            i % 2 == 0 ? owner : stranger, new LeaseClaim($"lease-{i:00}", now, now.AddSeconds(30 + i)), Cancel)));
        Assert.All(rows.Where((_, i) => i % 2 == 1), Assert.Null);
        Assert.Equal(jobs[..8], rows.OfType<JobRow>().OrderBy(r => r.Sequence).Select(r => r.Id));
        var databases = market.Services.GetRequiredService<IDbContextFactory<CoordinatorDbContext>>();
        await using var db = await databases.CreateDbContextAsync(Cancel);
        for (var i = 0; i < 16; i += 2)
        {
            var (id, lease) = (rows[i]!.Id, $"lease-{i:00}");
            var kept = await db.Jobs.AsNoTracking().SingleAsync(j => j.Id == id, Cancel);
            Assert.Equal((JobState.Assigned, lease), (kept.State, kept.LeaseId));
            Assert.Equal(now.AddSeconds(30 + i).ToUnixTimeMilliseconds(), kept.LeaseEndsAtMs);
            Assert.Equal(rows[i]!.TermsJson, kept.TermsJson);
            var told = await db.Events.AsNoTracking().SingleAsync(e => e.JobId == id && e.What == "assigned", Cancel);
            Assert.Contains($"until {now.AddSeconds(30 + i).UtcDateTime:u}.", told.Detail, StringComparison.Ordinal);
        }
    }

    /// <summary>Whoever asks goes away while the database answers.</summary>
    private sealed class GoneMeanwhile(IDispatch dispatch, CancellationTokenSource gone) : IDispatch
    {
        public async Task<JobRow?> ClaimAsync(Address provider, LeaseClaim claim, CancellationToken cancel)
        {
            var row = await dispatch.ClaimAsync(provider, claim, CancellationToken.None);
            await gone.CancelAsync();
            return row;
        }
    }
}
