using Aitbc.Coordinator;
using Services.Tests.Coordinator.Book;
using Services.Tests.Coordinator.Gpus;
using Services.Tests.Coordinator.Leases;
using Services.Tests.Coordinator.Reputation;
using Services.Tests.Coordinator.Verification;

namespace Services.Tests.Coordinator.PostgreSql;

// What holds on SQLite holds on PostgreSQL: the same tests, on the other database.
public sealed class MarketOnPostgreSqlTests : MarketTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class SettlementOnPostgreSqlTests : SettlementTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class LeaseOnPostgreSqlTests : LeaseTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class WhyOnPostgreSqlTests : WhyTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class OfferOnPostgreSqlTests : OfferTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class QuoteOnPostgreSqlTests : QuoteTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class LevelOnPostgreSqlTests : LevelTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class MatchOnPostgreSqlTests : MatchTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class ReputationOnPostgreSqlTests : ReputationTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class ProbationOnPostgreSqlTests : ProbationTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class GpuProofOnPostgreSqlTests : GpuProofTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class GpuOfferOnPostgreSqlTests : GpuOfferTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class VerificationOnPostgreSqlTests : VerificationTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

public sealed class ReexecutionOnPostgreSqlTests : ReexecutionTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

internal static class OnPostgreSql
{
    public static async Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null)
    {
        var database = await SharedCluster.NewDatabaseAsync();
        return await Market.StartAsync(o => (change?.Invoke(o) ?? o) with { PostgreSql = database });
    }
}
