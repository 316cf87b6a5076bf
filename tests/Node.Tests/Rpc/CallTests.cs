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

    private static string Sender
    {
        get
        {
            using var key = TestAccounts.Key(0);
            return key.Address.ToString();
        }
    }
}
