using System.Net;
using Aitbc.Coordinator;
using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Bench.Market;

/// <summary>
/// A coordinator on a free loopback port with its database in a temporary folder, or on PostgreSQL, without a chain:
/// quotes need none. It signs with a key in this process.
/// </summary>
internal sealed class QuoteServer : IAsyncDisposable
{
    private const ulong ChainId = 7777;
    private readonly WebApplication app;
    private readonly string folder;
    private readonly HttpClient http;

    private QuoteServer(WebApplication app, string folder)
    {
        (this.app, this.folder) = (app, folder);
        http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public LeaseDesk Desk => app.Services.GetRequiredService<LeaseDesk>();

    public static async Task<QuoteServer> StartAsync(string? postgreSql = null)
    {
        var folder = Directory.CreateTempSubdirectory("aitbc-bench-").FullName;
        var account = new BenchEvaluator();
        var options = new CoordinatorOptions
        {
            DataDirectory = folder,
            NodeUrl = new Uri("http://127.0.0.1:1"),
            RequestsPerMinute = int.MaxValue,
            OnlineSeconds = 3600,
            VanishedSeconds = 3600,
            PostgreSql = postgreSql,
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IEvaluatorAccount>(account);
        builder.Services.AddCoordinator(options);
        var app = builder.Build();
        app.MapCoordinator();
        await app.StartAsync();
        app.Services.GetRequiredService<MarketSelf>().Set(new MarketInfo(
            ChainId,
            SystemContractAddresses.JobEscrow,
            account.Key.Address,
            (ulong)options.EvaluationWindowSeconds,
            options.MaxBlobBytes));
        return new QuoteServer(app, folder);
    }

    public Controls Controls() => new(http, folder);

    public MarketClient As(LocalSigner key) => new(http, key, key.Address);

    /// <summary>A statement that may take minutes.</summary>
    public async Task RunAsync(string statement)
    {
        var databases = app.Services.GetRequiredService<IDbContextFactory<CoordinatorDbContext>>();
        await using var db = await databases.CreateDbContextAsync();
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = statement;
        command.CommandTimeout = 3600;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
