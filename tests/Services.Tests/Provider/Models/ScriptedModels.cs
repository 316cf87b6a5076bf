using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Services.Tests.Provider.Models;

/// <summary>A real HTTP server that speaks the wire format of a dialect and answers as a test scripts it.</summary>
internal sealed class ScriptedModels : IAsyncDisposable
{
    public const string Digest = "sha256:0011";
    private readonly WebApplication _app;

    private ScriptedModels(WebApplication app, Dialect dialect)
    {
        _app = app;
        Dialect = dialect;
        Answer = context => SayAsync(
            context, dialect.Text("Two plus two "), dialect.Text("is four."), dialect.Done(17, 6));
    }

    public Dialect Dialect { get; }

    /// <summary>What a POST is answered with, whatever its path.</summary>
    public Func<HttpContext, Task> Answer { get; set; }

    /// <summary>Bodies of the POSTs in their order.</summary>
    public ConcurrentQueue<(string Path, string Body, IReadOnlyDictionary<string, string> Headers)> Posts { get; } = [];

    /// <summary>What <c>/api/ps</c> says.</summary>
    public string Running { get; set; } = "{\"models\":[]}";

    /// <summary>Completes when a connection was closed from the other side during an answer.</summary>
    public TaskCompletionSource Abandoned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Url => _app.Urls.Single();

    public string LastBody => Posts.Last().Body;

    public static async Task<ScriptedModels> StartAsync(Dialect dialect)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new ScriptedModels(app, dialect);
        app.MapGet("/api/version", () => Json("{\"version\":\"0.9.9\"}"));
        app.MapGet("/api/ps", () => Json(server.Running));
        app.MapGet("/api/tags", () => Json(
            "{\"models\":[{\"name\":\"" + Dialect.Model + "\",\"model\":\"" + Dialect.Model + "\","
            + "\"modified_at\":\"2026-01-02T03:04:05.678901234Z\",\"size\":1,\"digest\":\"" + Digest + "\","
            + "\"details\":{\"parent_model\":\"\",\"format\":\"gguf\",\"family\":\"x\","
            + "\"families\":null,\"parameter_size\":\"1B\",\"quantization_level\":\"Q4_0\"},"
            + "\"capabilities\":[\"completion\",\"tools\"]}]}"));
        app.MapGet("/v1/models", () => Json(
            "{\"object\":\"list\",\"data\":[{\"id\":\"" + Dialect.Model + "\",\"object\":\"model\","
            + "\"created\":1700000000,\"owned_by\":\"x\"}]}"));
        app.MapPost("/{**path}", server.PostAsync);
        await app.StartAsync();
        return server;
    }

    public Task SayAsync(HttpContext context, params string[] records) =>
        WriteAsync(context, records.Select(Encoding.UTF8.GetBytes));

    /// <summary>Sends the chunks, each in a packet of its own.</summary>
    public async Task WriteAsync(HttpContext context, IEnumerable<byte[]> chunks)
    {
        if (!context.Response.HasStarted)
            context.Response.ContentType = Dialect.MediaType;
        foreach (var chunk in chunks)
        {
            await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Holds the answer until the other side leaves.</summary>
    public async Task UntilAbandonedAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Abandoned.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static IResult Json(string text) => Results.Content(text, "application/json");

    private async Task PostAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString());
        Posts.Enqueue((context.Request.Path, await reader.ReadToEndAsync(), headers));
        try
        {
            await Answer(context);
        }
        catch (OperationCanceledException)
        {
            Abandoned.TrySetResult();
        }
    }
}
