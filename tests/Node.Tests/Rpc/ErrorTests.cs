using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

/// <summary>The errors of specs/rpc.md, line by line: stock clients classify by these codes and words.</summary>
public sealed class ErrorTests : NodeTest
{
    private const string Account = "\"0x00000000000000000000000000000000000000aa\"";
    private const string Nobody = "\"0x" + "0000000000000000000000000000000000000000000000000000000000000001" + "\"";

    protected override void Configure(NodeOptions options)
    {
        options.MaxLogAddresses = 2;
        options.MaxLogTopics = 2;
        options.MaxLogRange = 2;
        options.MaxStateOverrides = 2;
    }

    [Theory]
    [InlineData("[1,2", -32700, "parse error")]
    [InlineData("{\"id\":1,\"method\":7}", -32600, "invalid request")]
    [InlineData("{\"id\":{},\"method\":\"eth_chainId\"}", -32600, "the id is no number")]
    [InlineData("{\"id\":1,\"jsonrpc\":\"1.0\",\"method\":\"eth_chainId\"}", -32600, "jsonrpc is not 2.0")]
    [InlineData("[]", -32600, "empty batch")]
    [InlineData("{\"id\":1,\"method\":\"eth_nothing\"}", -32601,
        "the method eth_nothing does not exist/is not available")]
    [InlineData("{\"id\":1,\"method\":\"eth_fillTransaction\",\"params\":[{}]}", -32601,
        "does not exist/is not available")]
    [InlineData("{\"id\":1,\"method\":\"\\ud800\"}", -32601, "does not exist/is not available")]
    [InlineData("{\"id\":1,\"method\":\"eth_subscribe\",\"params\":[\"newHeads\"]}", -32601,
        "notifications not supported")]
    [InlineData("{\"id\":1,\"method\":\"eth_getBalance\",\"params\":{\"address\":1}}", -32602, "non-array args")]
    [InlineData("{\"\\ude00\\ude00\":1,\"id\":1,\"method\":\"eth_chainId\"}", -32600, "a member is not a text")]
    [InlineData("{\"id\":1,\"method\":\"eth_chainId\",\"\\ude00\":1}", -32600, "the name of a member is not a text")]
    [InlineData("{\"id\":1,\"method\":\"eth_call\",\"params\":[{\"\\ude00\":1}]}", -32602, "not a text")]
    public async Task A_message_that_is_none_is_told_so(string body, int code, string words)
    {
        var error = (await Node.PostAsync(body))!["error"]!;
        Assert.Equal(code, (int)error["code"]!);
        Assert.Contains(words, (string)error["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eth_getBalance", "", -32602, "missing value for required argument 0")]
    [InlineData("eth_call", "{\"to\":" + Account + "},\"latest\",{\"\\ud800\":{}}", -32602, "not a text")]
    [InlineData("eth_call", "{\"to\":" + Account + "},null,{" + Account + ":{\"state\":{\"\\ud800\":\"0x0\"}}}",
        -32602, "not a text")]
    [InlineData("eth_getBalance", "\"0x12\"", -32602, "not an address")]
    [InlineData("eth_getBalance", Account + ",\"0xzz\"", -32602, "invalid argument")]
    [InlineData("eth_getBalance", Account + ",\"newest\"", -32602, "invalid argument")]
    [InlineData("eth_getBalance", Account + ",{}", -32602, "not a block number, tag or hash")]
    [InlineData("eth_getBalance", Account + ",{\"blockHash\":" + Nobody + "}", -32000, "header not found")]
    [InlineData("eth_getBalance", Account + ",{\"blockHash\":" + Nobody + ",\"requireCanonical\":1}", -32602,
        "requireCanonical")]
    [InlineData("eth_getBalance", Account + ",\"0x99\"", -32000, "header not found")]
    [InlineData("eth_getStorageAt", Account + ",\"0x1" +
        "0000000000000000000000000000000000000000000000000000000000000000\"", -32602, "not a quantity")]
    [InlineData("eth_getTransactionByHash", "\"0x12\"", -32602, "not a 32-byte hash")]
    [InlineData("eth_getTransactionByBlockNumberAndIndex", "\"latest\",\"0xfffffffff\"", -32602, "not an index")]
    [InlineData("eth_sendRawTransaction", "\"0x123\"", -32602, "not hex data")]
    [InlineData("eth_sendRawTransaction", "\"0x\"", -32000, "rlp")]
    [InlineData("eth_sendRawTransaction", "\"0x03c0\"", -32000, "transaction type not supported")]
    [InlineData("eth_getFilterChanges", "\"0x1\"", -32000, "filter not found")]
    [InlineData("eth_feeHistory", "\"0x1\",\"0x99\"", -32000, "request beyond head block")]
    [InlineData("eth_feeHistory", "\"0x1\",\"latest\",[60,50]", -32602, "ascending order")]
    [InlineData("eth_feeHistory", "\"0x1\",\"latest\",[101]", -32602, "from 0 to 100")]
    [InlineData("eth_getLogs", "{\"fromBlock\":\"0x2\",\"toBlock\":\"0x1\"}", -32602, "invalid block range params")]
    [InlineData("eth_getLogs", "{\"toBlock\":\"0x99\"}", -32602, "block range extends beyond current head block")]
    [InlineData("eth_getLogs", "{\"blockHash\":" + Nobody + ",\"toBlock\":\"0x1\"}", -32602,
        "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other")]
    [InlineData("eth_getLogs", "{\"blockHash\":" + Nobody + "}", -32000, "unknown block")]
    [InlineData("eth_getLogs", "{\"topics\":[null,null,null,null,null]}", -32005, "at most 4 positions")]
    [InlineData("eth_getLogs", "{\"topics\":[[" + Nobody + "," + Nobody + "," + Nobody + "]]}", -32005, "at most 2")]
    [InlineData("eth_newFilter", "{\"address\":[" + Account + "," + Account + "," + Account + "]}", -32005,
        "at most 2")]
    [InlineData("eth_getProof", Account + ",7", -32602, "not a list")]
    public async Task Each_refusal_has_its_code_and_its_words(string method, string list, int code, string words)
    {
        var body = $"{{\"id\":1,\"method\":\"{method}\",\"params\":[{list}]}}";
        var error = (await Node.PostAsync(body))!["error"]!;
        Assert.Equal(code, (int)error["code"]!);
        Assert.Contains(words, (string)error["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"to\":{0},\"input\":\"0x12\",\"data\":\"0x13\"}", -32602,
        "both data and input are given and differ")]
    [InlineData("{\"to\":{0},\"chainId\":\"0x1\"}", -32000, "invalid chain id for signer")]
    [InlineData("{\"data\":\"0x12\"}", -32000, "contract creation is not supported")]
    [InlineData("{\"to\":{0},\"value\":\"0x1\"}", -32000, "insufficient funds for gas * price + value")]
    [InlineData("{\"to\":{0},\"gas\":\"0x5207\"}", -32000, "intrinsic gas too low")]
    [InlineData("{\"to\":{0},\"gasPrice\":\"0x1\",\"maxFeePerGas\":\"0x1\"}", -32000, "both gasPrice and")]
    [InlineData("{\"to\":{0},\"maxFeePerGas\":\"0x1\"}", -32000, "max fee per gas less than block base fee")]
    [InlineData("{\"to\":{0},\"maxFeePerGas\":\"0x1\",\"maxPriorityFeePerGas\":\"0x2\"}", -32000,
        "max priority fee per gas higher than max fee per gas")]
    [InlineData("{\"to\":{0},\"gas\":\"0x5208\",\"maxFeePerGas\":\"0xffffffffff\"}", -32000,
        "insufficient funds for gas * price + value")]
    public async Task A_call_that_cannot_be_run_says_why(string call, int code, string words)
    {
        foreach (var method in new[] { "eth_call", "eth_estimateGas" })
        {
            var body = call.Replace("{0}", Account, StringComparison.Ordinal);
            var error = (await Node.PostAsync($"{{\"id\":1,\"method\":\"{method}\",\"params\":[{body}]}}"))!["error"]!;
            Assert.Equal(code, (int)error["code"]!);
            Assert.Contains(words, (string)error["message"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_revert_is_error_3_with_what_the_contract_returned()
    {
        var call = new JsonObject
        {
            ["to"] = "0x0000000000000000000000000000000000001001",
            ["data"] = "0xa9059cbb" + new string('0', 62) + "aa" + new string('0', 63) + "1",
        };
        foreach (var method in new[] { "eth_call", "eth_estimateGas" })
        {
            var error = (await Node.AnswerAsync(method, call.DeepClone()))["error"]!;
            Assert.Equal(3, (int)error["code"]!);
            Assert.StartsWith("execution reverted", (string)error["message"]!, StringComparison.Ordinal);
            Assert.StartsWith("0x08c379a0", (string)error["data"]!, StringComparison.Ordinal);
        }

        var list = (await Node.CallAsync("eth_createAccessList", call.DeepClone()))!;
        Assert.StartsWith("execution reverted", (string)list["error"]!, StringComparison.Ordinal);
        Assert.Empty(list["accessList"]!.AsArray());
    }

    [Fact]
    public async Task A_range_that_is_too_large_names_one_that_is_not()
    {
        for (var nonce = 0UL; nonce < 3; nonce++)
            await TransferAsync(nonce);
        var error = (await Node.AnswerAsync("eth_getLogs", new JsonObject { ["fromBlock"] = "0x1" }))["error"]!;
        Assert.Equal(-32005, (int)error["code"]!);
        Assert.Contains("at most 2 blocks, e.g. 1 to 2", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_refusal_for_good_is_an_internal_error_which_clients_repeat()
    {
        var nasty = new[]
        {
            "null", "0", "-1", "1.5", "\"\"", "\"0x\"", "\"0X1\"", "\"\\ud800\"", "true", "[]", "{}", "[[[]]]",
            "{\"blockNumber\":{\"blockNumber\":\"0x1\"}}", "{\"topics\":{}}", "{\"fromBlock\":[]}", "{\"to\":[]}",
            "{\"to\":" + Account + ",\"accessList\":{}}", "{\"to\":" + Account + ",\"data\":7}",
            "\"0x" + new string('f', 64) + "\"", Account,
        };
        foreach (var method in Methods)
        {
            foreach (var first in nasty)
            {
                foreach (var second in new[] { "", ",null", ",{}", ",\"0x\"", ",[1e999]" })
                {
                    var body = $"{{\"id\":1,\"method\":\"{method}\",\"params\":[{first}{second}]}}";
                    var answer = (await Node.PostAsync(body))!.AsObject();
                    Assert.True(
                        answer.ContainsKey("result") || (int)answer["error"]!["code"]! is not -32603, body);
                }
            }
        }
    }

    private static readonly string[] Methods =
    [
        "web3_sha3", "eth_getBalance", "eth_getTransactionCount", "eth_getCode", "eth_getStorageAt", "eth_getProof",
        "eth_call", "eth_estimateGas", "eth_createAccessList", "eth_feeHistory", "eth_getBlockByNumber",
        "eth_getBlockByHash", "eth_getBlockReceipts", "eth_getTransactionByHash", "eth_getTransactionReceipt",
        "eth_getTransactionByBlockNumberAndIndex", "eth_sendRawTransaction", "eth_sendRawTransactionSync",
        "eth_getLogs", "eth_newFilter", "eth_getFilterChanges", "eth_uninstallFilter", "aitbc_transactionStatus",
        "txpool_status", "txpool_content", "txpool_contentFrom", "txpool_inspect",
    ];
}
