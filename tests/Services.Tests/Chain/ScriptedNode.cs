using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Sdk.Chain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Services.Tests.Chain;

/// <summary>
/// A JSON-RPC server on a free port whose answers a test writes, one method at a time: what a misbehaving node would
/// say cannot be had from a good one.
/// </summary>
internal sealed class ScriptedNode : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<JsonArray, JsonNode?>> methods = new();
    private WebApplication? app;

    public ConcurrentQueue<(string Method, string Parameters)> Calls { get; } = new();

    public HttpClient Http { get; private set; } = new();

    /// <summary>If set, writes the whole HTTP answer itself and returns true.</summary>
    public Func<HttpContext, string, Task<bool>>? Intercept { get; set; }

    public ChainClient Client(ChainClientOptions? options = null, TimeProvider? time = null) =>
        new(Http, options, time);

    public static async Task<ScriptedNode> StartAsync()
    {
        var node = new ScriptedNode();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        node.app = builder.Build();
        node.app.MapPost("/", (RequestDelegate)node.AnswerAsync);
        await node.app.StartAsync(TestContext.Current.CancellationToken);
        node.Http.Dispose();
        node.Http = new HttpClient { BaseAddress = new Uri(node.app.Urls.Single() + "/") };
        return node;
    }

    public ScriptedNode On(string method, Func<JsonArray, JsonNode?> answer)
    {
        methods[method] = answer;
        return this;
    }

    public ScriptedNode On(string method, string json) => On(method, _ => JsonNode.Parse(json));

    /// <summary>Makes the node refuse with an error; throw it inside a method.</summary>
    public static Exception Error(int code, string message, string? data = null) =>
        new ScriptedError(code, message, data);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var request = JsonNode.Parse(await reader.ReadToEndAsync())!;
        var method = (string)request["method"]!;
        var parameters = request["params"]!.AsArray();
        Calls.Enqueue((method, parameters.ToJsonString()));
        if (Intercept is { } intercept && await intercept(http, method))
            return;
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = request["id"]!.DeepClone() };
        try
        {
            answer["result"] = methods.TryGetValue(method, out var script)
                ? script(parameters)
                : throw new ScriptedError(-32601, $"the method {method} does not exist/is not available", null);
        }
        catch (ScriptedError e)
        {
            answer["error"] = new JsonObject { ["code"] = e.Code, ["message"] = e.Message, ["data"] = e.Details };
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer.ToJsonString(JsonSerializerOptions.Web));
    }

    private sealed class ScriptedError(int code, string message, string? details) : Exception(message)
    {
        public int Code => code;

        public string? Details => details;
    }
}
