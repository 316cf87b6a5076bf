using System.Text.RegularExpressions;
using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Services.Tests.Coordinator;

/// <summary>What is asked often must not become slower with every job that ever was.</summary>
public sealed partial class QueryPlanTests
{
    private const string Executed = "Executed DbCommand";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lists_leases_and_sweeps_read_jobs_by_the_index_that_is_made_for_them()
    {
        await using var market = await Market.StartAsync();
        await market.RegisterAsync();
        await market.FundedAsync();
        var desk = market.Services.GetRequiredService<LeaseDesk>();
        Assert.Equal(
            ["IX_jobs_Client_Sequence", "IX_jobs_Provider_Sequence"],
            await IndexesAsync(market, () => market.Client.JobsAsync(20, "1000", Cancel)));
        Assert.Equal(
            ["IX_jobs_ready", "IX_jobs_Provider_LeaseId"],
            await IndexesAsync(market, () => desk.TryLeaseAsync(market.StrangerKey.Address, Cancel)));
        Assert.Equal(["IX_jobs_Provider_LeaseId"], await IndexesAsync(market, () => desk.ReapAsync(null, Cancel)));
        Assert.Equal(
            "IX_jobs_watched", (await IndexesAsync(market, () => market.Settler.SweepAsync(Cancel)))[0]);
    }

    /// <summary>What each query of jobs reads that ran meanwhile, as it is planned without statistics.</summary>
    private static async Task<IReadOnlyList<string>> IndexesAsync(Market market, Func<Task> act)
    {
        var before = market.Log.Lines.Count;
        await act();
        var queries = market.Log.Lines.Skip(before)
            .Where(l => l.Contains(Executed, StringComparison.Ordinal))
            .Select(l => l[l.IndexOf("SELECT", StringComparison.Ordinal)..])
            .Where(q => q.Contains("FROM \"jobs\"", StringComparison.Ordinal)).ToList();
        var databases = market.Services.GetRequiredService<IDbContextFactory<CoordinatorDbContext>>();
        await using var db = await databases.CreateDbContextAsync(Cancel);
        await db.Database.OpenConnectionAsync(Cancel);
        var indexes = new List<string>();
        foreach (var query in queries)
        {
            await using var explain = db.Database.GetDbConnection().CreateCommand();
            explain.CommandText = "EXPLAIN QUERY PLAN " + Parameter().Replace(query, "1");
            await using var plan = await explain.ExecuteReaderAsync(Cancel);
            while (await plan.ReadAsync(Cancel))
                indexes.Add(Index().Match(plan.GetString(3)) is { Success: true } found
                    ? found.Groups[1].Value : plan.GetString(3));
        }

        return indexes;
    }

    [GeneratedRegex(@"@\w+")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"USING (?:COVERING )?INDEX (\w+)")]
    private static partial Regex Index();
}
