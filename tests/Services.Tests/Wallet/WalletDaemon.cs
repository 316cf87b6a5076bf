using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Services.Tests.Wallet;

/// <summary>
/// A wallet daemon as it runs: Kestrel on a free port, SQLite in a temporary folder, a cheap Argon2id.
/// </summary>
internal sealed class WalletDaemon : IAsyncDisposable
{
    private readonly WebApplication app;

    private WalletDaemon(WebApplication app, WalletOptions options, CapturedLog log)
    {
        this.app = app;
        Options = options;
        Log = log;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single() + "/") };
        Token = File.ReadAllText(options.EffectiveTokenFile);
        Client = new WalletClient(Http, Token);
    }

    public WalletOptions Options { get; }

    public CapturedLog Log { get; }

    public HttpClient Http { get; }

    public string Token { get; }

    public WalletClient Client { get; }

    public T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public static WalletOptions OptionsIn(TemporaryFolder folder) => new()
    {
        DataDirectory = folder.Path,
        CreatePasswordFile = true,
        Argon2MemoryKiB = 64,
        Argon2Passes = 1,
    };

    public static Task<WalletDaemon> StartAsync(TemporaryFolder folder) => StartAsync(OptionsIn(folder));

    public static async Task<WalletDaemon> StartAsync(WalletOptions options, TimeProvider? time = null)
    {
        var log = new CapturedLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        if (time is not null)
            builder.Services.AddSingleton(time);
        builder.Services.AddWallet(options);
        var app = builder.Build();
        app.MapWallet();
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new WalletDaemon(app, options, log);
    }

    /// <summary>Sends a request as raw as a test wants it; body null = none.</summary>
    public async Task<(int Status, string? ContentType, string Body)> RawAsync(
        HttpMethod method,
        string path,
        string? body = null,
        string? token = "",
        string? host = null,
        string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        }

        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Length == 0 ? Token : token);
        if (host is not null)
            request.Headers.Host = host;
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>
    /// The code of the problem that a request is refused with; checks the problem's shape on the way.
    /// </summary>
    public async Task<string> ProblemCodeAsync(
        int status,
        HttpMethod method,
        string path,
        string? body = null,
        string? token = "",
        string? host = null,
        string mediaType = "application/json")
    {
        var answer = await RawAsync(method, path, body, token, host, mediaType);
        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentType);
        using var problem = JsonDocument.Parse(answer.Body);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
        Assert.Equal(JsonValueKind.String, problem.RootElement.GetProperty("title").ValueKind);
        return problem.RootElement.GetProperty("code").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
