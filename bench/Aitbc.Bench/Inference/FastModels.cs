using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aitbc.Bench.Inference;

/// <summary>
/// An OpenAI-compatible server that answers as fast as it can write: its speed is not what is measured. The number of
/// tokens is the limit of the request.
/// </summary>
internal sealed class FastModels : IAsyncDisposable
{
    public const string Model = "fast";

    private static readonly byte[] Token = Encoding.UTF8.GetBytes(
        "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"fast\","
        + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"},\"finish_reason\":null}]}\n\n");

    private readonly WebApplication _app;

    private FastModels(WebApplication app) => _app = app;

    /// <summary>While it is set, answers wait for it after their first token.</summary>
    public Task? Hold { get; set; }

    public Uri Url => new(_app.Urls.Single() + "/v1/");

    public static async Task<FastModels> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet("/v1/models", () => Results.Content(
            "{\"object\":\"list\",\"data\":[{\"id\":\"fast\",\"object\":\"model\",\"created\":1,\"owned_by\":\"x\"}]}",
            "application/json"));
        var models = new FastModels(app);
        app.MapPost("/v1/chat/completions", models.AnswerAsync);
        await app.StartAsync();
        return models;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var asked = await System.Text.Json.JsonDocument.ParseAsync(http.Request.Body);
        var root = asked.RootElement;
        var tokens = root.TryGetProperty("max_completion_tokens", out var limit) ? limit.GetInt32()
            : root.GetProperty("max_tokens").GetInt32();
        http.Response.ContentType = "text/event-stream";
        for (var i = 0; i < tokens; i++)
        {
            await http.Response.Body.WriteAsync(Token);
            if (i % 16 == 0)
                await http.Response.Body.FlushAsync();
            if (i == 0 && Hold is { } hold)
                await hold;
        }

        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(
            "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            + "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":" + tokens
            + ",\"total_tokens\":" + (tokens + 5) + "}}\n\ndata: [DONE]\n\n"));
    }
}
