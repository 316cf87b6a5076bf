using System.Text.Json.Nodes;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

public sealed class CallTests : NodeTest
{
    private const string Token = "0x0000000000000000000000000000000000001001";

    [Fact]
    public async Task An_estimate_counts_the_access_list_as_the_transaction_will()
    {
        var call = new JsonObject { ["from"] = Sender, ["to"] = Receiver.ToString(), ["value"] = "0x1" };
        Assert.Equal("0x5208", (string?)await Node.CallAsync("eth_estimateGas", call));
        call["accessList"] = new JsonArray(new JsonObject
        {
            ["address"] = Token,
            ["storageKeys"] = new JsonArray("0x" + new string('0', 63) + "1", "0x" + new string('0', 63) + "2"),
        });
        // 21,000 + 2,400 + 2 * 1,900 (EIP-2930).
        Assert.Equal("0x6a40", (string?)await Node.CallAsync("eth_estimateGas", call.DeepClone()));
    }

    [Theory]
    [InlineData("[{}]")]
    [InlineData("[7]")]
    [InlineData("{}")]
    [InlineData("[{\"address\":\"0x12\",\"storageKeys\":[]}]")]
    [InlineData("[{\"address\":\"0x0000000000000000000000000000000000001001\",\"storageKeys\":[\"0x1\"]}]")]
    public async Task A_malformed_access_list_is_an_invalid_argument(string list)
    {
        var call = new JsonObject { ["to"] = Token, ["accessList"] = JsonNode.Parse(list) };
        Assert.Equal(-32602, (int)(await Node.AnswerAsync("eth_call", call))["error"]!["code"]!);
    }

    [Theory]
    [InlineData("eth_feeHistory", "[-1,\"latest\",[]]")]
    [InlineData("eth_feeHistory", "[1.5,\"latest\",[]]")]
    [InlineData("eth_getBalance", "[\"\\ud800\",\"latest\"]")]
    [InlineData("eth_call", "[{\"to\":\"\\ud800\"}]")]
    public async Task Values_that_no_client_sends_are_invalid_arguments_and_no_internal_error(
        string method, string list)
    {
        var answer = (JsonObject)(await Node.PostAsync($"{{\"id\":1,\"method\":\"{method}\",\"params\":{list}}}"))!;
        Assert.Equal(-32602, (int)answer["error"]!["code"]!);
    }

    [Fact]
    public async Task A_call_may_pretend_balances_nonces_and_slots_and_changes_nothing()
    {
        var poor = Receiver.ToString();
        var send = new JsonObject { ["from"] = poor, ["to"] = Token, ["value"] = "0x0", ["data"] = Transfer };
        Assert.Equal(3, (int)(await Node.AnswerAsync("eth_call", send.DeepClone()))["error"]!["code"]!);
        var rich = new JsonObject { [poor] = new JsonObject { ["balance"] = "0x64", ["nonce"] = "0x7" } };
        Assert.EndsWith(
            "01", (string?)await Node.CallAsync("eth_call", send.DeepClone(), "latest", rich.DeepClone()),
            StringComparison.Ordinal);
        Assert.NotNull(await Node.CallAsync("eth_estimateGas", send.DeepClone(), "latest", rich));
        Assert.Equal("0x0", (string?)await Node.CallAsync("eth_getBalance", poor));
        // The supply record's first slot is the genesis supply: pretending it changes what the token says.
        var total = new JsonObject { ["to"] = Token, ["data"] = "0x18160ddd" };
        var record = "0x0000000000000000000000000000000000001000";
        foreach (var kind in new[] { "state", "stateDiff" })
        {
            var slots = new JsonObject { ["0x" + new string('0', 64)] = "0x1234" };
            var pretended = new JsonObject { [record] = new JsonObject { [kind] = slots } };
            Assert.EndsWith(
                "1234", (string?)await Node.CallAsync("eth_call", total.DeepClone(), null, pretended),
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{\"0x00000000000000000000000000000000000000aa\":{\"code\":\"0x00\"}}", null)]
    [InlineData("{\"0x12\":{\"balance\":\"0x00\"}}", null)]
    [InlineData("{\"0x00000000000000000000000000000000000000aa\":{\"state\":{},\"stateDiff\":{}}}", null)]
    [InlineData("{\"0x00000000000000000000000000000000000000aa\":{\"state\":{\"0x1\":\"0x1\"}}}", null)]
    [InlineData("{\"0x00000000000000000000000000000000000000aa\":7}", null)]
    [InlineData("[]", null)]
    [InlineData("{}", "{\"number\":\"0x1\"}")]
    public async Task Pretending_code_or_a_block_is_refused_as_not_supported(string state, string? block)
    {
        var call = new JsonObject { ["to"] = Token, ["data"] = "0x18160ddd" };
        var answer = await Node.AnswerAsync(
            "eth_call", call, "latest", JsonNode.Parse(state), block is null ? null : JsonNode.Parse(block));
        Assert.Equal(-32602, (int)answer["error"]!["code"]!);
    }

    private static readonly string Transfer = "0xa9059cbb" + new string('0', 62) + "bb" + new string('0', 63) + "1";

    private static string Sender
    {
        get
        {
            using var key = TestAccounts.Key(0);
            return key.Address.ToString();
        }
    }
}
