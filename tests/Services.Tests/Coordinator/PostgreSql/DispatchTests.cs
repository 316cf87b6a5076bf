using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Services.Tests.Coordinator.PostgreSql;

public sealed class DispatchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_database_refuses_one_provider_does_not_keep_another_from_its_job()
    {
        await using var market = await OnPostgreSql.StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        var (good, bad) = (market.ProviderKey.Address, market.StrangerKey.Address);
        await RunAsync(market, $"""
            INSERT INTO jobs ("Id", "Client", "Provider", "ClientKey", "OrderHash", "SpecJson", "TermsJson",
                "TermsHash", "ExpiresAt", "QuotedAtBlock", "State", "Watched", "CreatedAtMs", "UpdatedAtMs")
            SELECT '\x{new string('5', 64)}', "Client", '\x{bad.ToHex()[2..]}', "ClientKey", "OrderHash", "SpecJson",
                "TermsJson", "TermsHash", "ExpiresAt", "QuotedAtBlock", 1, true, 0, 0 FROM jobs;
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON jobs FOR EACH ROW
                WHEN (OLD."Provider" = '\x{bad.ToHex()[2..]}') EXECUTE FUNCTION refuse()
            """);
        var dispatch = market.Services.GetRequiredService<IDispatch>();
        var claims = Enumerable.Range(0, 8).Select(i => Claim(dispatch, i % 2 == 0 ? bad : good, i)).ToArray();
        var taken = new List<JobRow>();
        for (var i = 0; i < claims.Length; i++)
        {
            if (i % 2 == 0)
                await Assert.ThrowsAsync<PostgresException>(() => claims[i]);
            else if (await claims[i] is { } row)
                taken.Add(row);
        }

        Assert.Equal(job.Id, Assert.Single(taken).Id);
        await RunAsync(market, "DROP TRIGGER refuse ON jobs");
        Assert.NotNull(await Claim(dispatch, bad, 9));
    }

    [Fact]
    public async Task A_claim_after_the_server_has_cut_the_connection_fails_once_at_most()
    {
        await using var market = await OnPostgreSql.StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        var dispatch = market.Services.GetRequiredService<IDispatch>();
        Assert.Null(await Claim(dispatch, market.StrangerKey.Address, 1));
        await RunAsync(market, """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Claim(dispatch, market.ProviderKey.Address, 2));
        Assert.Equal(job.Id, (await Claim(dispatch, market.ProviderKey.Address, 3))!.Id);
    }

    private static Task<JobRow?> Claim(IDispatch dispatch, Address provider, int number) => dispatch.ClaimAsync(
        provider,
        new LeaseClaim($"lease-{number}", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(30)),
        Cancel);

    private static async Task RunAsync(Market market, string statements)
    {
        var databases = market.Services.GetRequiredService<IDbContextFactory<CoordinatorDbContext>>();
        await using var db = await databases.CreateDbContextAsync(Cancel);
        await using var connection = new NpgsqlConnection(db.Database.GetConnectionString() + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
