using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Primitives;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

public sealed class ProtocolTests : NodeTest
{
    protected override void Configure(NodeOptions options)
    {
        options.MaxBatch = 10;
        options.MaxBody = 64 * 1024;
        options.MaxResponse = 20_000;
        options.MaxFilters = 3;
    }

    [Theory]
    [InlineData("{", -32700)]
    [InlineData("\"x\"", -32600)]
    [InlineData("{}", -32600)]
    [InlineData("[]", -32600)]
    [InlineData("{\"id\":1,\"method\":\"eth_nothing\"}", -32601)]
    [InlineData("{\"id\":1,\"method\":\"eth_getBalance\"}", -32602)]
    [InlineData("{\"id\":1,\"method\":\"eth_getBalance\",\"params\":[\"0x12\"]}", -32602)]
    [InlineData("{\"id\":1,\"method\":\"eth_getBlockByNumber\",\"params\":[\"0xffffffffffffffffffff\"]}", -32602)]
    [InlineData("{\"id\":1,\"method\":\"eth_subscribe\",\"params\":[\"newHeads\"]}", -32601)]
    public async Task A_wrong_request_has_the_code_of_the_standard(string body, int code)
    {
        using var response = await Node.SendAsync(body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(code, (int)answer["error"]!["code"]!);
    }

    [Fact]
    public async Task A_batch_answers_each_request_with_its_id_and_notifications_with_nothing()
    {
        var answers = (JsonArray)(await Node.PostAsync(
            "[{\"id\":\"a\",\"method\":\"eth_chainId\"},{\"method\":\"eth_chainId\"}"
            + ",7,{\"id\":0,\"method\":\"net_version\"}]"))!;
        Assert.Equal(3, answers.Count);
        Assert.Equal("a", (string)answers[0]!["id"]!);
        Assert.Equal("0x1e61", (string)answers[0]!["result"]!);
        Assert.Null(answers[1]!["id"]);
        Assert.Equal(0, (int)answers[2]!["id"]!);
        Assert.Equal("7777", (string)answers[2]!["result"]!);
        using var silent = await Node.SendAsync("[{\"method\":\"eth_chainId\"}]");
        Assert.Equal(HttpStatusCode.NoContent, silent.StatusCode);
    }

    [Fact]
    public async Task Batches_bodies_and_answers_are_bounded_and_say_so()
    {
        var eleven = string.Join(',', Enumerable.Repeat("{\"id\":1,\"method\":\"eth_chainId\"}", 11));
        Assert.Contains("at most 10", (string)(await Node.PostAsync($"[{eleven}]"))!["error"]!["message"]!, default);
        using var large = await Node.SendAsync("\"" + new string('x', 70_000) + "\"");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        for (var nonce = 0UL; nonce < 40; nonce++)
            await Node.SendRawAsync(TestAccounts.Transfer(0, nonce, Receiver, 1).Bytes());
        await Node.ReceiptAsync(TestAccounts.Transfer(0, 39, Receiver, 1).Hash.ToString());
        var ten = string.Join(',', Enumerable.Range(1, 10).Select(
            i => $"{{\"id\":{i},\"method\":\"eth_feeHistory\","
                + "\"params\":[\"0x400\",\"latest\",[1,2,3,4,5,6,7,8,9,10]]}"));
        var answers = (JsonArray)(await Node.PostAsync($"[{ten}]"))!;
        Assert.Equal(10, answers.Count);
        Assert.Equal(-32005, (int?)answers[9]!["error"]?["code"] ?? -32005);
    }

    [Fact]
    public async Task A_foreign_host_name_or_page_is_refused_and_a_local_page_is_answered()
    {
        const string request = "{\"id\":1,\"method\":\"eth_chainId\"}";
        using var rebound = await Node.SendAsync(request, host: "evil.example:8006");
        Assert.Equal(HttpStatusCode.Forbidden, rebound.StatusCode);
        using var foreign = await Node.SendAsync(request, origin: "https://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        using var local = await Node.SendAsync(request, origin: "http://localhost:3000");
        Assert.Equal(HttpStatusCode.OK, local.StatusCode);
        Assert.Equal("http://localhost:3000", local.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task What_does_not_exist_is_null_and_nothing_is_invented()
    {
        var unknown = Hash256.Zero.ToString();
        foreach (var method in new[] { "eth_getTransactionByHash", "eth_getTransactionReceipt" })
            Assert.Null(await Node.CallAsync(method, unknown));
        Assert.Null(await Node.CallAsync("eth_getBlockByHash", unknown, false));
        Assert.Null(await Node.CallAsync("eth_getBlockByNumber", "0x3e8", false));
        Assert.Equal(
            (UInt256)0UL, await Node.BalanceAsync(Address.Parse("0x00000000000000000000000000000000000000bb")));
        Assert.Equal("unknown", (string)(await Node.CallAsync("aitbc_transactionStatus", unknown))!["status"]!);
        Assert.Equal(0UL, await Node.HeightAsync());
    }

    [Theory]
    [InlineData("aitbc_importBlock")]
    [InlineData("admin_importChain")]
    [InlineData("debug_setHead")]
    [InlineData("eth_sendTransaction")]
    [InlineData("aitbc_faucet")]
    [InlineData("aitbc_mint")]
    [InlineData("anvil_setBalance")]
    [InlineData("hardhat_setBalance")]
    public async Task No_method_imports_a_block_mints_a_coin_or_signs_for_somebody(string method)
    {
        var answer = await Node.AnswerAsync(method);
        Assert.Equal(-32601, (int)answer["error"]!["code"]!);
    }

    [Fact]
    public async Task Filters_tell_what_is_new_once_and_are_bounded()
    {
        var blocks = (string)(await Node.CallAsync("eth_newBlockFilter"))!;
        var pending = (string)(await Node.CallAsync("eth_newPendingTransactionFilter"))!;
        var logs = (string)(await Node.CallAsync("eth_newFilter", new JsonObject()))!;
        Assert.Equal(-32005, (int)(await Node.AnswerAsync("eth_newBlockFilter"))["error"]!["code"]!);
        var hash = await TransferAsync(0);
        Assert.Single((JsonArray)(await Node.CallAsync("eth_getFilterChanges", blocks))!);
        Assert.Equal(hash, (string)((JsonArray)(await Node.CallAsync("eth_getFilterChanges", pending))!).Single()!);
        Assert.Empty((JsonArray)(await Node.CallAsync("eth_getFilterChanges", logs))!);
        Assert.Empty((JsonArray)(await Node.CallAsync("eth_getFilterChanges", blocks))!);
        Assert.True((bool)(await Node.CallAsync("eth_uninstallFilter", blocks))!);
        var gone = await Node.AnswerAsync("eth_getFilterChanges", blocks);
        Assert.Equal("filter not found", (string)gone["error"]!["message"]!);
    }

    [Fact]
    public async Task Log_queries_beyond_the_head_or_upside_down_are_refused_as_the_standard_says()
    {
        async Task<string> ErrorAsync(JsonObject filter) =>
            (string)(await Node.AnswerAsync("eth_getLogs", filter))["error"]!["message"]!;
        Assert.Equal(
            "invalid block range params", await ErrorAsync(new() { ["fromBlock"] = "0x2", ["toBlock"] = "0x1" }));
        Assert.Equal(
            "block range extends beyond current head block", await ErrorAsync(new() { ["toBlock"] = "0x99" }));
        Assert.StartsWith(
            "invalid argument 0: cannot specify both",
            await ErrorAsync(new() { ["blockHash"] = Hash256.Zero.ToString(), ["fromBlock"] = "0x0" }),
            StringComparison.Ordinal);
    }
}
