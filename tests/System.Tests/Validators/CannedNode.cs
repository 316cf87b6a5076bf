using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace System.Tests.Validators;

/// <summary>A node's JSON-RPC that answers what the test gives it, on a real port of loopback.</summary>
internal sealed class CannedNode : IAsyncDisposable
{
    private readonly WebApplication app;

    private CannedNode(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.Single());

    /// <param name="answers">Result by method; a method that is not there is unknown to the node.</param>
    public static async Task<CannedNode> StartAsync(IReadOnlyDictionary<string, JsonNode?> answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/health", () => "{\"status\":\"ok\"}");
        app.MapPost("/", async (HttpRequest request) =>
        {
            var call = (await JsonNode.ParseAsync(request.Body))!;
            var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = call["id"]!.DeepClone() };
            var method = call["method"]!.GetValue<string>();
            if (answers.TryGetValue(method, out var result))
                answer["result"] = result?.DeepClone();
            else
                answer["error"] = new JsonObject { ["code"] = -32601, ["message"] = $"there is no method {method}" };
            return Results.Text(answer.ToJsonString(), "application/json");
        });
        await app.StartAsync();
        return new CannedNode(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
