using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Testing;
using Aitbc.Wallet;
using Aitbc.Wallet.Reconciling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Fuzz.Running;

/// <summary>
/// A wallet daemon on SQLite in a folder of its own, asked on the caller's thread: one account, one budget. Every
/// answer is JSON, and a failure is a problem with a code and a sentence.
/// </summary>
internal sealed class FuzzWallet : IDisposable
{
    private const int MostRows = 200;
    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-fuzz-").FullName;
    private readonly ErrorLog errors = new();
    private readonly InMemoryServer server = new();
    private readonly WebApplication app;
    private readonly string owner;
    private readonly string agent;

    public FuzzWallet()
    {
        var options = new WalletOptions
        {
            DataDirectory = folder,
            CreatePasswordFile = true,
            Argon2MemoryKiB = 64,
            Argon2Passes = 1,
            MaxAccounts = MostRows,
            MaxBudgets = MostRows,
            MaxChannels = MostRows,
            ReconcileInterval = TimeSpan.FromDays(1),
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(errors).SetMinimumLevel(LogLevel.Error);
        builder.Services.AddWallet(options);
        builder.Services.AddSingleton<IServer>(server);
        builder.Services.AddSingleton(s => new WalletChain(
            new HttpClient(new CannedChain()) { BaseAddress = new Uri("http://127.0.0.1:1/") },
            s.GetRequiredService<TimeProvider>()));
        app = builder.Build();
        app.MapWallet();
        app.StartAsync().GetAwaiter().GetResult();
        owner = File.ReadAllText(Path.Combine(folder, "wallet.token")).Trim();
        agent = "";
        using var key = TestAccounts.Key(0);
        Span<byte> bytes = stackalloc byte[32];
        key.CopyTo(bytes);
        Made("v1/accounts/import", $$"""{"privateKey":"0x{{Convert.ToHexStringLower(bytes)}}","label":"payer"}""");
        using var budget = Made(
            "v1/budgets",
            $$"""{"label":"agent","account":"{{Account}}","limits":{"amount":"{{UInt256.MaxValue}}"} }""");
        agent = budget.RootElement.GetProperty("token").GetString()!;
    }

    public static Address Account { get; } = TestAccounts.Key(0).Address;

    /// <summary>Asks as the agent, or as the owner.</summary>
    public (int Status, byte[] Body) Ask(
        string method, string path, byte[] body, bool asOwner = false, string? key = null)
    {
        var headers = new Dictionary<string, string> { ["Authorization"] = "Bearer " + (asOwner ? owner : agent) };
        if (key is not null)
            headers["Idempotency-Key"] = key;
        var (status, type, answer) = server.Ask(method, path, body, headers);
        errors.Check();
        Check(status, type, answer);
        return (status, answer);
    }

    public void Dispose()
    {
        app.StopAsync().GetAwaiter().GetResult();
        app.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
    }

    private JsonDocument Made(string path, string body)
    {
        var (status, answer) = Ask("POST", "/" + path, System.Text.Encoding.UTF8.GetBytes(body), asOwner: true);
        return status == 201
            ? JsonDocument.Parse(answer)
            : throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(answer));
    }

    private static void Check(int status, string? type, byte[] body)
    {
        if (status == 204 && body.Length == 0)
            return;
        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
            if (status is 200 or 201 && type?.StartsWith("application/json", StringComparison.Ordinal) == true)
                return;
            if (status is >= 400 and < 500 && type == "application/problem+json"
                && json.RootElement.GetProperty("status").GetInt32() == status
                && json.RootElement.GetProperty("code").GetString() is { Length: > 0 }
                && json.RootElement.GetProperty("detail").GetString() is { Length: > 0 })
                return;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FuzzFailure($"Status {status} with what is no answer: {Text(body)}", e);
        }

        throw new FuzzFailure($"Status {status} as {type}: {Text(body)}");
    }

    private static string Text(byte[] body) => System.Text.Encoding.UTF8.GetString(body);
}
