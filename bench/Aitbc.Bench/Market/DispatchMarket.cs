using System.Text.Json;
using Aitbc.Coordinator;
using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Aitbc.Bench.Market;

/// <summary>
/// Coordinators without their doors, each with its own connections, on one database full of funded jobs.
/// </summary>
internal sealed class DispatchMarket : IAsyncDisposable
{
    private readonly List<ServiceProvider> coordinators = [];
    private readonly NpgsqlDataSource source;

    private DispatchMarket(string connection) => source = NpgsqlDataSource.Create(connection);

    public static Address Provider { get; } = Address.FromBytes([.. new byte[19], 7]);

    public static async Task<DispatchMarket> StartAsync(string connection, int many)
    {
        var market = new DispatchMarket(connection);
        for (var i = 0; i < many; i++)
            market.coordinators.Add(new ServiceCollection().AddLogging().AddCoordinator(new CoordinatorOptions
            {
                DataDirectory = "not used",
                NodeUrl = new Uri("http://127.0.0.1:1"),
                PostgreSql = connection,
            }).BuildServiceProvider());
        var first = market.coordinators[0];
        var databases = first.GetRequiredService<IDbContextFactory<CoordinatorDbContext>>();
        await first.GetRequiredService<IStore>().PrepareAsync(databases, default);
        await using var db = await databases.CreateDbContextAsync();
        db.Jobs.Add(Sample());
        await db.SaveChangesAsync();
        return market;
    }

    public LeaseDesk Desk(int coordinator) => coordinators[coordinator].GetRequiredService<LeaseDesk>();

    /// <summary>
    /// Only so many funded jobs of the provider wait, all alike, and nothing is left of those before, as the bare queue
    /// is made anew.
    /// </summary>
    public async Task FillAsync(int count)
    {
        await RunAsync("""TRUNCATE job_events; DELETE FROM jobs WHERE "Sequence" > 1""");
        await RunAsync("VACUUM jobs");
        await RunAsync($"""
            INSERT INTO jobs ("Id", "Client", "Provider", "ClientKey", "OrderHash", "SpecJson", "TermsJson",
                "TermsHash", "ExpiresAt", "QuotedAtBlock", "State", "Watched", "CreatedAtMs", "UpdatedAtMs")
            SELECT decode(lpad(to_hex(n), 64, '0'), 'hex'), "Client", "Provider", "ClientKey", "OrderHash", "SpecJson",
                "TermsJson", "TermsHash", "ExpiresAt", "QuotedAtBlock", {(int)JobState.Funded}, true, 0, 0
            FROM jobs, generate_series(1, {count}) AS n WHERE "Sequence" = 1;
            ANALYZE jobs
            """);
    }

    public async Task RunAsync(string statements)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<NpgsqlConnection> OpenAsync() => await source.OpenConnectionAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var one in coordinators)
            await one.DisposeAsync();
        await source.DisposeAsync();
    }

    /// <summary>A job that costs nothing; only its texts are as long as those of others.</summary>
    public static JobRow Sample()
    {
        var spec = new JobSpec
        {
            Engine = JobSpec.WasmEngine,
            Wasm = new WasmSpec { ModuleHash = default, InputHash = default, MaxFuel = 1, MaxMemoryMib = 1 },
        };
        var terms = new JobTerms
        {
            JobId = default,
            ChainId = 1,
            Escrow = default,
            Client = default,
            Provider = Provider,
            Evaluator = default,
            Engine = spec.Engine,
            SpecHash = spec.Hash(),
            UnitKind = "fuel",
            UnitPrice = 1,
            UnitsPer = 1,
            Budget = 1,
            ExpiresAt = uint.MaxValue,
            EvaluationWindow = 3600,
        };
        return new JobRow
        {
            Id = default,
            Client = default,
            Provider = Provider,
            ClientKey = default,
            OrderHash = default,
            SpecJson = JsonSerializer.Serialize(spec, MarketJson.Default.JobSpec),
            TermsJson = JsonSerializer.Serialize(terms, MarketJson.Default.JobTerms),
            TermsHash = terms.Hash(),
            ExpiresAt = uint.MaxValue,
            QuotedAtBlock = 0,
            State = JobState.Quoted,
            CreatedAtMs = 0,
            UpdatedAtMs = 0,
        };
    }
}
