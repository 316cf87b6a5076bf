using System.Text;
using Aitbc.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Services.Tests.Coordinator;

public sealed class ContractTests
{
    [Fact]
    public async Task The_committed_OpenAPI_document_is_the_one_that_is_served()
    {
        await using var market = await Market.StartAsync();
        var served = await market.Http.GetStringAsync("openapi/v1.json", TestContext.Current.CancellationToken);
        served = served.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var path = Path.Combine(RepositoryRoot(), "specs", "market", "openapi.json");
        if (Environment.GetEnvironmentVariable("AITBC_WRITE_SPECS") == "1")
            await File.WriteAllTextAsync(path, served, new UTF8Encoding(false), TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), served);
    }

    [Fact]
    public async Task The_page_of_the_API_loads_nothing_from_elsewhere()
    {
        await using var market = await Market.StartAsync();
        using var page = await market.Http.GetAsync("scalar/", TestContext.Current.CancellationToken);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"url\":\"openapi/v1.json\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self' 'nonce-", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'", policy, StringComparison.Ordinal);
        using var script = await market.Http.GetAsync("scalar/scalar.js", TestContext.Current.CancellationToken);
        Assert.True(script.IsSuccessStatusCode);
    }

    [Fact]
    public async Task The_migrations_describe_the_model_and_the_database_is_WAL_with_foreign_keys()
    {
        await using var market = await Market.StartAsync();
        var databases = market.Services.GetRequiredService<IDbContextFactory<CoordinatorDbContext>>();
        await using var db = await databases.CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Equal("wal", await PragmaAsync(db, "journal_mode"));
        Assert.Equal("1", await PragmaAsync(db, "foreign_keys"));
    }

    private static async Task<string?> PragmaAsync(CoordinatorDbContext db, string name)
    {
        await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))?.ToString();
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Aitbc.slnx")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
