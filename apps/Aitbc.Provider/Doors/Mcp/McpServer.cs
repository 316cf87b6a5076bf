using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Provider.Doors.Mcp.Tools;
using Aitbc.Provider.Doors.Rpc;

namespace Aitbc.Provider.Doors.Mcp;

/// <summary>Answers the methods of the protocol. Nothing is kept between two messages.</summary>
internal sealed class McpServer(IEnumerable<IMcpTool> tools)
{
    private const long ListMilliseconds = 3_600_000;
    private const string ServerKey = "io.modelcontextprotocol/serverInfo";
    private const string Instructions =
        "A provider of models and of runs of programs, paid by the token or unit in AIT. List models, quote a chat or "
        + "a run, then call chat or run: its first answer says how to pay (x402); call it again with the payment in "
        + "_meta[\"x402/payment\"]. Amounts are atto-AIT.";

    private static readonly string Version = typeof(McpServer).Assembly.GetName().Version!.ToString(3);
    private readonly List<IMcpTool> _tools = [.. tools];

    /// <summary>The result of a message. Throws <see cref="RpcRefusedException"/>.</summary>
    public async Task<JsonObject> AnswerAsync(McpMessage message, bool isModern, CancellationToken cancel)
    {
        var result = message.Method switch
        {
            "initialize" when !isModern => Initialize(message),
            "ping" when !isModern => [],
            "server/discover" when isModern => Discover(),
            "tools/list" => List(message, isModern),
            "tools/call" => await CallAsync(message, cancel),
            // Clients of the old era take a 404 for the loss of the server.
            _ => throw new RpcRefusedException(
                isModern ? 404 : 200, RpcRefusedException.MethodNotFound, "There is no such method.")
            {
                Id = message.Id,
            },
        };
        if (!isModern)
            return result;
        result["resultType"] = "complete";
        var meta = result["_meta"] as JsonObject ?? [];
        meta[ServerKey] = Self();
        result["_meta"] = meta;
        return result;
    }

    private static JsonObject Self() => new() { ["name"] = "aitbc-provider", ["version"] = Version };

    private static JsonObject Abilities() => new() { ["tools"] = new JsonObject() };

    private static JsonObject Initialize(McpMessage message)
    {
        var asked = message.Params is { } parameters ? RpcMessage.Text(parameters, "protocolVersion") : null;
        return new JsonObject
        {
            ["protocolVersion"] = McpVersions.IsLegacy(asked) ? asked : McpVersions.LatestLegacy,
            ["capabilities"] = Abilities(),
            ["serverInfo"] = Self(),
            ["instructions"] = Instructions,
        };
    }

    private static JsonObject Discover() => Cached(new JsonObject
    {
        ["supportedVersions"] = new JsonArray(McpVersions.Modern),
        ["capabilities"] = Abilities(),
        ["instructions"] = Instructions,
    });

    private JsonObject List(McpMessage message, bool isModern)
    {
        if (message.Params?.Member("cursor") is not null)
            throw Invalid(message, "There is one page; no cursor was given out.");
        var list = new JsonObject { ["tools"] = new JsonArray([.. _tools.Select(t => (JsonNode)t.Describe())]) };
        return isModern ? Cached(list) : list;
    }

    private async Task<JsonObject> CallAsync(McpMessage message, CancellationToken cancel)
    {
        if (message.Params is not { } parameters || RpcMessage.Text(parameters, "name") is not { } name)
            throw Invalid(message, "The name of the tool is missing.");
        var tool = _tools.Find(t => t.Name == name) ?? throw Invalid(message, "There is no such tool.");
        var arguments = parameters.Member("arguments") ?? JsonDocument.Parse("{}").RootElement;
        if (arguments.ValueKind != JsonValueKind.Object)
            throw Invalid(message, "The arguments are an object.");
        var call = new ToolCallRequest(arguments, message.Meta?.Member("x402/payment"));
        try
        {
            return await tool.CallAsync(call, cancel);
        }
        catch (Exception e) when (PaidBody.Refusal(e) is not null)
        {
            var refused = PaidBody.Refusal(e)!;
            if (refused.Status != 400)
                return ToolResults.Refused(refused, call);
            throw new RpcRefusedException(200, RpcRefusedException.InvalidParams, refused.Message)
            {
                Id = message.Id,
                Details = ToolResults.Problem(refused, call),
            };
        }
    }

    private static JsonObject Cached(JsonObject result)
    {
        result["ttlMs"] = ListMilliseconds;
        result["cacheScope"] = "public";
        return result;
    }

    private static RpcRefusedException Invalid(McpMessage message, string sentence) =>
        new(200, RpcRefusedException.InvalidParams, sentence) { Id = message.Id };
}
