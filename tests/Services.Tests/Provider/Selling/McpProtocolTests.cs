using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>Both eras of MCP on one address, and what is no message of either.</summary>
public sealed class McpProtocolTests
{
    private const string List = """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}""";

    private const string ModernList = """
        {"jsonrpc":"2.0","id":"a","method":"tools/list","params":{"_meta":{
        "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
        """;

    private static readonly (string, string) Version = ("MCP-Protocol-Version", "2026-07-28");
    private static readonly (string, string) Method = ("Mcp-Method", "tools/list");

    [Fact]
    public async Task A_client_of_the_old_era_shakes_hands_lists_tools_and_pings()
    {
        await using var world = await SellingWorld.StartAsync();
        var agent = new Agent(world.Http);
        foreach (var (asked, spoken) in new[]
        {
            ("2025-11-25", "2025-11-25"), ("2024-11-05", "2024-11-05"), ("1999-01-01", "2025-11-25"),
        })
        {
            var hello = await agent.AskAsync("initialize", new JsonObject { ["protocolVersion"] = asked });
            Assert.Equal(spoken, (string)hello["result"]!["protocolVersion"]!);
            Assert.Equal("aitbc-provider", (string)hello["result"]!["serverInfo"]!["name"]!);
            Assert.NotNull(hello["result"]!["capabilities"]!["tools"]);
        }

        using var noted = await agent.PostAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        Assert.Equal(HttpStatusCode.Accepted, noted.StatusCode);
        Assert.Empty(await noted.Content.ReadAsByteArrayAsync(SellingWorld.Cancel));
        Assert.Empty((await agent.AskAsync("ping"))["result"]!.AsObject());
        var list = (await agent.AskAsync("tools/list"))["result"]!.AsObject();
        Assert.False(list.ContainsKey("resultType"));
        Assert.Equal(
            ["models", "quote", "run", "chat", "balance", "why"],
            list["tools"]!.AsArray().Select(t => (string)t!["name"]!));
        foreach (var tool in list["tools"]!.AsArray())
        {
            Assert.Equal("object", (string)tool!["inputSchema"]!["type"]!);
            // A client would check the offer of payment against it.
            Assert.False(tool.AsObject().ContainsKey("outputSchema"));
        }
    }

    [Fact]
    public async Task A_client_of_the_new_era_discovers_and_lists_without_a_handshake()
    {
        await using var world = await SellingWorld.StartAsync();
        var agent = new Agent(world.Http, isModern: true);
        var found = (await agent.AskAsync("server/discover"))["result"]!;
        Assert.Equal("2026-07-28", (string)found["supportedVersions"]!.AsArray().Single()!);
        var list = (await agent.AskAsync("tools/list"))["result"]!;
        foreach (var result in new[] { found, list })
        {
            Assert.Equal("complete", (string)result["resultType"]!);
            Assert.Equal("public", (string)result["cacheScope"]!);
            Assert.True((long)result["ttlMs"]! > 0);
            Assert.Equal(
                "aitbc-provider", (string)result["_meta"]!["io.modelcontextprotocol/serverInfo"]!["name"]!);
        }

        // A header may be written in base64.
        using var coded = await agent.PostAsync(
            ModernList, Version, ("Mcp-Method", $"=?base64?{Convert.ToBase64String("tools/list"u8)}?="));
        Assert.Equal(HttpStatusCode.OK, coded.StatusCode);
    }

    [Fact]
    public async Task Each_era_is_told_of_its_mistakes_in_its_own_way()
    {
        await using var world = await SellingWorld.StartAsync();
        var agent = new Agent(world.Http);
        const HttpStatusCode Bad = HttpStatusCode.BadRequest;
        var modernPing = ModernList.Replace("tools/list", "ping", StringComparison.Ordinal);
        var modernCall = ModernList.Replace("tools/list", "tools/call", StringComparison.Ordinal)
            .Replace("{\"_meta\"", "{\"name\":\"models\",\"_meta\"", StringComparison.Ordinal);

        await agent.RefusedAsync(HttpStatusCode.OK, -32601, """{"jsonrpc":"2.0","id":1,"method":"resources/list"}""");
        await agent.RefusedAsync(HttpStatusCode.NotFound, -32601, modernPing, Version, ("Mcp-Method", "ping"));
        await agent.RefusedAsync(Bad, -32020, ModernList, Version);
        await agent.RefusedAsync(Bad, -32020, ModernList, Version, ("Mcp-Method", "tools/call"));
        await agent.RefusedAsync(Bad, -32020, ModernList, Version, ("Mcp-Method", "=?base64?!?="));
        await agent.RefusedAsync(Bad, -32020, ModernList, Method);
        await agent.RefusedAsync(Bad, -32020, ModernList, ("MCP-Protocol-Version", "2025-11-25"), Method);
        await agent.RefusedAsync(Bad, -32020, modernCall, Version, ("Mcp-Method", "tools/call"));
        await agent.RefusedAsync(
            Bad, -32020, modernCall, Version, ("Mcp-Method", "tools/call"), ("Mcp-Name", "chat"));
        await agent.RefusedAsync(Bad, -32602, List, Version, Method);
        await agent.RefusedAsync(
            Bad, -32602, ModernList.Replace(":{}", ":1", StringComparison.Ordinal), Version, Method);
        using var future = await agent.PostAsync(List, ("MCP-Protocol-Version", "2030-01-01"));
        var error = (await Agent.JsonAsync(future))["error"]!;
        Assert.Equal((Bad, -32022, "2030-01-01"), (
            future.StatusCode, (int)error["code"]!, (string)error["data"]!["requested"]!));
        Assert.Contains("2026-07-28", error["data"]!["supported"]!.AsArray().Select(v => (string)v!));

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
        {
            using var request = new HttpRequestMessage(method, "/mcp");
            using var answer = await world.Http.SendAsync(request, SellingWorld.Cancel);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Pages_of_other_places_may_not_ask()
    {
        await using var world = await SellingWorld.StartAsync();
        var agent = new Agent(world.Http);
        foreach (var origin in new[] { "https://evil.example", "null", "file://", "http://127.0.0.1.evil.example" })
            await agent.RefusedAsync(HttpStatusCode.Forbidden, -32600, List, ("Origin", origin));
        using var rebound = await agent.PostAsync(
            List, ("Host", "evil.example"), ("Origin", "http://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, rebound.StatusCode);
        foreach (var origin in new[] { "http://localhost:6274", "http://127.0.0.1", "http://[::1]:80" })
        {
            using var own = await agent.PostAsync(List, ("Origin", origin));
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        }
    }

    [Fact]
    public async Task A_hostile_body_is_refused_and_never_a_failure_of_the_server()
    {
        await using var world = await SellingWorld.StartAsync();
        var agent = new Agent(world.Http);
        const HttpStatusCode Bad = HttpStatusCode.BadRequest;
        foreach (var body in new[]
        {
            "", "{", "\"", "\u0000", "{\"a\":1,\"a\":2}", "{\"\\ud800\":1,\"\\ud801\":2}", new string('[', 100_000),
        })
            await agent.RefusedAsync(Bad, -32700, body);
        foreach (var body in new[]
        {
            "null", "7", "[]", "[" + List + "]", "{}", List.Replace("2.0", "1.0", StringComparison.Ordinal),
            List.Replace(":1", ":null", StringComparison.Ordinal), List.Replace(":1", ":{}", StringComparison.Ordinal),
            List.Replace(":1", ":\"\\ud800\"", StringComparison.Ordinal),
            List.Replace(":1", ":\"" + new string('x', 1000) + "\"", StringComparison.Ordinal),
            List.Replace("\"tools/list\"", "7", StringComparison.Ordinal),
            List.Replace("tools/list", "\\udfff", StringComparison.Ordinal),
        })
            await agent.RefusedAsync(Bad, -32600, body);
        await agent.RefusedAsync(Bad, -32602, List.Replace("{}", "[]", StringComparison.Ordinal));
        await agent.RefusedAsync(Bad, -32602, List.Replace("{}", "{\"_meta\":1}", StringComparison.Ordinal));
        foreach (var parameters in new[]
        {
            "{}", "{\"name\":7}", "{\"name\":\"no\"}", "{\"name\":\"chat\",\"arguments\":[]}", "{\"name\":\"chat\"}",
            "{\"name\":\"chat\",\"arguments\":{\"model\":7}}",
            "{\"name\":\"quote\",\"arguments\":{\"model\":\"tiny\"}}",
            "{\"name\":\"chat\",\"arguments\":{\"model\":\"\\ud800\"}}",
            "{\"name\":\"chat\",\"arguments\":{\"model\":\"tiny\",\"messages\":[{\"role\":\"x\"}]}}",
            "{\"name\":\"chat\",\"arguments\":{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\"}],"
                + "\"user\":\"\\ud800\"}}",
            "{\"name\":\"balance\",\"arguments\":{\"channel\":\"0x\"}}", "{\"name\":\"balance\"}",
            "{\"name\":\"why\",\"arguments\":{\"answer\":[]}}", "{\"name\":\"why\"}",
        })
        {
            var body = List.Replace("tools/list", "tools/call", StringComparison.Ordinal)
                .Replace("{}", parameters, StringComparison.Ordinal);
            await agent.RefusedAsync(HttpStatusCode.OK, -32602, body);
        }

        using var torn = await agent.PostAsync([.. Encoding.UTF8.GetBytes(List[..^2]), 0xff, 0xfe, (byte)'}']);
        Assert.Equal(Bad, torn.StatusCode);
        Assert.Empty(world.Models.Posts);
    }
}
