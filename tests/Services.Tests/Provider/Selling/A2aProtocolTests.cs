using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>Both versions of A2A on one address, its card, and what is no message of either.</summary>
public sealed class A2aProtocolTests
{
    private const string Get = """{"jsonrpc":"2.0","id":1,"method":"GetTask","params":{"id":"x"}}""";
    private const string LegacyGet = """{"jsonrpc":"2.0","id":"a","method":"tasks/get","params":{"id":"x"}}""";

    private const string Say = """
        {"jsonrpc":"2.0","id":1,"method":"SendMessage","params":{"message":{"messageId":"m","role":"ROLE_USER",
        "parts":[{"text":"hi"}],"metadata":{"max_tokens":8}}}}
        """;

    private static readonly (string, string) Modern = ("A2A-Version", "1.0");

    [Fact]
    public async Task The_card_tells_clients_of_both_versions_where_and_what_is_sold()
    {
        await using var world = await SellingWorld.StartAsync();
        using var answer = await world.Http.GetAsync("/.well-known/agent-card.json", SellingWorld.Cancel);
        var card = await TaskAgent.JsonAsync(answer);
        var url = new Uri(world.Http.BaseAddress!, "/a2a").ToString();
        var places = card["supportedInterfaces"]!.AsArray();
        Assert.Equal(["1.0", "0.3"], places.Select(i => (string)i!["protocolVersion"]!));
        Assert.All(places, i => Assert.Equal((url, "JSONRPC"), ((string)i!["url"]!, (string)i["protocolBinding"]!)));
        Assert.Equal((url, "JSONRPC", "0.3.0"), (
            (string)card["url"]!, (string)card["preferredTransport"]!, (string)card["protocolVersion"]!));
        Assert.True((bool)card["capabilities"]!["streaming"]!);
        Assert.Contains(world.Provider.ToString(), (string)card["description"]!, StringComparison.Ordinal);
        foreach (var name in new[] { "name", "version", "defaultInputModes", "defaultOutputModes" })
            Assert.NotNull(card[name]);
        var skill = card["skills"]!.AsArray().Single()!;
        Assert.Equal("chat/tiny:latest", (string)skill["id"]!);
        Assert.Contains("100 a token of the output", (string)skill["description"]!, StringComparison.Ordinal);
        Assert.NotEmpty(skill["tags"]!.AsArray());
    }

    [Fact]
    public async Task A_request_is_of_the_version_that_it_says_and_of_0_3_if_it_says_none()
    {
        await using var world = await SellingWorld.StartAsync();
        var agent = new TaskAgent(world.Http);
        const HttpStatusCode Ok = HttpStatusCode.OK;
        // The error of an unknown task shows that the method was understood.
        foreach (var version in new[] { "1.0", "1.0.1", " 1.0 " })
            await agent.RefusedAsync(Ok, -32001, Get, ("A2A-Version", version));
        await agent.RefusedAsync(Ok, -32001, LegacyGet);
        foreach (var version in new[] { "", "0.3", "0.3.0" })
            await agent.RefusedAsync(Ok, -32001, LegacyGet, ("A2A-Version", version));
        foreach (var version in new[] { "2.0", "1", "1.1", "0.2.6", "x", "1.0.", "1.0, 0.3", "-1.0" })
        {
            var error = await agent.RefusedAsync(Ok, -32009, Get, ("A2A-Version", version));
            Assert.Equal("VERSION_NOT_SUPPORTED", (string)error["data"]![0]!["reason"]!);
            Assert.Equal("a2a-protocol.org", (string)error["data"]![0]!["domain"]!);
        }

        using var query = new HttpRequestMessage(HttpMethod.Post, "/a2a?A2A-Version=1.0")
        {
            Content = new StringContent(Get, Encoding.UTF8, "application/json"),
        };
        using var asked = await world.Http.SendAsync(query, SellingWorld.Cancel);
        Assert.Equal(-32001, (int)(await TaskAgent.JsonAsync(asked))["error"]!["code"]!);

        // A method of the other version is no method, and who forgot the header is told.
        var hint = await agent.RefusedAsync(Ok, -32601, Get);
        Assert.Contains("A2A-Version", (string)hint["message"]!, StringComparison.Ordinal);
        await agent.RefusedAsync(Ok, -32601, LegacyGet, Modern);
        await agent.RefusedAsync(Ok, -32601, Get.Replace("GetTask", "tasks/list", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_not_done_here_is_refused_by_its_code_and_never_paid_for()
    {
        await using var world = await SellingWorld.StartAsync();
        var agent = new TaskAgent(world.Http);
        foreach (var method in new[] { "Create", "Get", "Delete" })
            await RefusedAsync(-32003, Get, "GetTask", $"{method}TaskPushNotificationConfig");
        await RefusedAsync(-32003, Get, "GetTask", "ListTaskPushNotificationConfigs");
        await RefusedAsync(-32007, Get, "GetTask", "GetExtendedAgentCard");
        const string Params = "\"params\":{";
        await RefusedAsync(-32003, Say, Params, Params + "\"configuration\":{\"taskPushNotificationConfig\":{}},");
        await RefusedAsync(-32005, Say, Params, Params + "\"configuration\":{\"acceptedOutputModes\":[\"a/b\"]},");
        await RefusedAsync(-32005, Say, "{\"text\":\"hi\"}", "{\"url\":\"http://127.0.0.1/secret\"}");
        await RefusedAsync(-32005, Say, "{\"text\":\"hi\"}", "{\"raw\":\"AA==\",\"mediaType\":\"application/pdf\"}");
        await RefusedAsync(-32005, Say, "{\"text\":\"hi\"}", "{\"raw\":\"AA==\",\"mediaType\":\"image/x;a,b\"}");
        foreach (var legacy in new[] { "set", "get", "list", "delete" })
        {
            await agent.RefusedAsync(HttpStatusCode.OK, -32003, LegacyGet.Replace(
                "tasks/get", $"tasks/pushNotificationConfig/{legacy}", StringComparison.Ordinal));
        }

        await agent.RefusedAsync(HttpStatusCode.OK, -32007, LegacyGet.Replace(
            "tasks/get", "agent/getAuthenticatedExtendedCard", StringComparison.Ordinal));
        Assert.Empty(world.Models.Posts);

        Task<JsonObject> RefusedAsync(int code, string body, string part, string by) => agent.RefusedAsync(
            HttpStatusCode.OK, code, body.Replace(part, by, StringComparison.Ordinal), Modern);
    }

    [Fact]
    public async Task A_hostile_body_is_refused_and_never_a_failure_of_the_server()
    {
        await using var world = await SellingWorld.StartAsync();
        var agent = new TaskAgent(world.Http);
        const HttpStatusCode Bad = HttpStatusCode.BadRequest;
        foreach (var body in new[]
        {
            "", "{", "\"", "\u0000", "{\"a\":1,\"a\":2}", "{\"\\ud800\":1,\"\\ud801\":2}", new string('[', 100_000),
        })
            await agent.RefusedAsync(Bad, -32700, body, Modern);
        foreach (var body in new[]
        {
            "null", "[]", "[" + Get + "]", "{}", Get.Replace("2.0", "1.0", StringComparison.Ordinal),
            Get.Replace("\"id\":1,", "", StringComparison.Ordinal),
            Get.Replace("\"id\":1,", "\"id\":null,", StringComparison.Ordinal),
            Get.Replace("\"GetTask\"", "7", StringComparison.Ordinal), "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}",
        })
            await agent.RefusedAsync(Bad, -32600, body, Modern);
        await agent.RefusedAsync(Bad, -32602, Get.Replace("{\"id\":\"x\"}", "[]", StringComparison.Ordinal), Modern);
        await WrongAsync(Get, "\"x\"", "7", "\"\"", "null", "\"\\ud800\"");
        await WrongAsync(Get, "{\"id\":\"x\"}", "{}");
        await WrongAsync(Say, "\"m\"", "7", "\"\"", "\"" + new string('x', 129) + "\"", "\"\\udfff\"");
        await WrongAsync(Say, "ROLE_USER", "user", "ROLE_AGENT", "\\ud800");
        await WrongAsync(
            Say, "[{\"text\":\"hi\"}]", "[]", "{}", "7", "[7]", "[{\"text\":7}]", "[{\"text\":\"\\ud800\"}]",
            "[{\"raw\":\"!\",\"mediaType\":\"image/png\"}]", "[{\"raw\":7,\"mediaType\":\"image/png\"}]");
        await WrongAsync(
            Say, "{\"max_tokens\":8}", "7", "[]", "{\"model\":7}", "{\"model\":\"no\"}", "{\"max_tokens\":-1}",
            "{\"max_tokens\":1e300}", "{\"max_tokens\":1.5}", "{\"messages\":{}}", "{\"messages\":[7]}",
            "{\"messages\":[{\"role\":\"x\",\"content\":\"y\"}]}", "{\"seed\":\"\\ud800\"}", "{\"temperature\":{}}");
        await WrongAsync(
            Say, "\"message\":", "\"x\":", "\"configuration\":7,\"message\":",
            "\"configuration\":{\"historyLength\":-1},\"message\":",
            "\"configuration\":{\"acceptedOutputModes\":[7]},\"message\":",
            "\"configuration\":{\"returnImmediately\":1},\"message\":", "\"half\":\"\\ud800\",\"message\":");
        using var torn = await agent.PostAsync([.. Encoding.UTF8.GetBytes(Get[..^2]), 0xff, 0xfe, (byte)'}'], Modern);
        Assert.Equal(Bad, torn.StatusCode);
        Assert.Empty(world.Models.Posts);

        async Task WrongAsync(string body, string part, params string[] instead)
        {
            foreach (var by in instead)
            {
                await agent.RefusedAsync(
                    HttpStatusCode.OK, -32602, body.Replace(part, by, StringComparison.Ordinal), Modern);
            }
        }
    }
}
