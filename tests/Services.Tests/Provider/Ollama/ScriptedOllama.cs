using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Services.Tests.Provider.Ollama;

/// <summary>A real HTTP server that speaks Ollama's wire format and answers chats as a test scripts it.</summary>
internal sealed class ScriptedOllama : IAsyncDisposable
{
    public const string Model = "tiny:latest";
    private const string Made = "\"created_at\":\"2026-01-02T03:04:05.678901234Z\"";
    public const string Digest = "sha256:0011";
    private readonly WebApplication _app;

    private ScriptedOllama(WebApplication app) => _app = app;

    public Func<HttpContext, Task> Chat { get; set; } = AnswerAsync;

    public string? LastRequest { get; private set; }

    public int Chats { get; private set; }

    public string Url => _app.Urls.Single();

    public static async Task<ScriptedOllama> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new ScriptedOllama(app);
        app.MapGet("/api/version", () => Results.Content("{\"version\":\"0.9.9\"}", "application/json"));
        app.MapGet("/api/tags", () => Results.Content(
            "{\"models\":[{\"name\":\"" + Model + "\",\"model\":\"" + Model + "\","
            + "\"modified_at\":\"2026-01-02T03:04:05.678901234Z\",\"size\":1,\"digest\":\"" + Digest + "\","
            + "\"details\":{\"parent_model\":\"\",\"format\":\"gguf\",\"family\":\"x\","
            + "\"families\":null,\"parameter_size\":\"1B\",\"quantization_level\":\"Q4_0\"}}]}",
            "application/json"));
        app.MapPost("/api/chat", async context =>
        {
            server.Chats++;
            using var reader = new StreamReader(context.Request.Body);
            server.LastRequest = await reader.ReadToEndAsync();
            await server.Chat(context);
        });
        await app.StartAsync();
        return server;
    }

    public static Task AnswerAsync(HttpContext context) => LinesAsync(
        context, Part("Two plus two "), Part("is four."), Done("\"prompt_eval_count\":17,\"eval_count\":6"));

    public static async Task LinesAsync(HttpContext context, params string[] lines)
    {
        if (!context.Response.HasStarted)
            context.Response.ContentType = "application/x-ndjson";
        foreach (var line in lines)
        {
            await context.Response.WriteAsync(line + "\n");
            await context.Response.Body.FlushAsync();
        }
    }

    public static string Part(string text) =>
        "{\"model\":\"" + Model + "\"," + Made + ",\"message\":{\"role\":\"assistant\",\"content\":\""
        + text + "\"},\"done\":false}";

    public static string Done(string counts, string reason = "stop") =>
        "{\"model\":\"" + Model + "\"," + Made + ",\"message\":{\"role\":\"assistant\",\"content\":\"\"},"
        + "\"done\":true,\"done_reason\":\"" + reason + "\",\"total_duration\":5,\"load_duration\":1,"
        + "\"prompt_eval_duration\":2,"
        + "\"eval_duration\":2" + (counts.Length > 0 ? "," + counts : "") + "}";

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
