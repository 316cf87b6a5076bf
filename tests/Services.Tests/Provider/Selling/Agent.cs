using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>A client of MCP by hand, of either era, so that a test can make each message wrong in one way.</summary>
internal sealed class Agent(HttpClient http, bool isModern = false)
{
    public const string Chat = """{"model":"tiny","messages":[{"role":"user","content":"hi"}],"max_tokens":8}""";

    private const string Modern = "2026-07-28";
    private int _id;

    /// <summary>Calls a tool and gives the result.</summary>
    public async Task<JsonObject> CallAsync(string tool, string arguments, string? payment = null)
    {
        var meta = new JsonObject();
        if (payment is not null)
            meta["x402/payment"] = JsonNode.Parse(Convert.FromBase64String(payment));
        var answer = await AskAsync("tools/call", new JsonObject
        {
            ["name"] = tool,
            ["arguments"] = JsonNode.Parse(arguments),
            ["_meta"] = meta,
        });
        return answer["result"]?.AsObject() ?? throw new InvalidOperationException(answer.ToJsonString());
    }

    /// <summary>Sends a well-formed message and gives the answer.</summary>
    public async Task<JsonObject> AskAsync(string method, JsonObject? parameters = null)
    {
        parameters ??= [];
        if (isModern)
        {
            var meta = parameters["_meta"] as JsonObject ?? [];
            meta["io.modelcontextprotocol/protocolVersion"] = Modern;
            meta["io.modelcontextprotocol/clientCapabilities"] = new JsonObject();
            parameters["_meta"] = meta;
        }

        var body = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = ++_id,
            ["method"] = method,
            ["params"] = parameters,
        };
        List<(string, string)> headers = isModern
            ? [("MCP-Protocol-Version", Modern), ("Mcp-Method", method)]
            : method == "initialize" ? [] : [("MCP-Protocol-Version", "2025-11-25")];
        if (isModern && parameters["name"] is { } name)
            headers.Add(("Mcp-Name", (string)name!));
        using var answer = await PostAsync(body.ToJsonString(), [.. headers]);
        var said = await JsonAsync(answer);
        Assert.Equal(_id, (int)said["id"]!);
        return said;
    }

    public Task<HttpResponseMessage> PostAsync(string body, params (string Name, string Value)[] headers) =>
        PostAsync(Encoding.UTF8.GetBytes(body), headers);

    public async Task<HttpResponseMessage> PostAsync(byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request, SellingWorld.Cancel);
    }

    public static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!.AsObject();

    /// <summary>Posts and expects an error.</summary>
    public async Task RefusedAsync(
        HttpStatusCode status, int code, string body, params (string Name, string Value)[] headers)
    {
        using var answer = await PostAsync(body, headers);
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode} for {body}");
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        var said = await JsonAsync(answer);
        Assert.Equal(code, (int)said["error"]!["code"]!);
        Assert.False(said.TryGetPropertyValue("id", out var id) && id is null, "An id is never null.");
    }
}
