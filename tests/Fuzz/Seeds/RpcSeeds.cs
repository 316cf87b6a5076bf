using System.Text;
using Aitbc.Testing;

namespace Aitbc.Fuzz.Seeds;

/// <summary>Requests of JSON-RPC and words of them.</summary>
internal static class RpcSeeds
{
    private const string Token = "0x0000000000000000000000000000000000001001";
    private const string Hash = "0x1111111111111111111111111111111111111111111111111111111111111111";

    private static readonly string Rich = TestAccounts.Key(0).Address.ToString();
    private static readonly string Raw = "0x" + Convert.ToHexStringLower(
        TestAccounts.Transfer(0, 0, TestAccounts.Key(1).Address, 1).Bytes());

    /// <summary>Params that the methods take.</summary>
    public static IReadOnlyDictionary<string, string> Params { get; } = new Dictionary<string, string>
    {
        ["web3_sha3"] = """["0x68656c6c6f"]""",
        ["eth_getBalance"] = $$"""["{{Rich}}","latest"]""",
        ["eth_getTransactionCount"] = $$"""["{{Rich}}","pending"]""",
        ["eth_getCode"] = $$"""["{{Token}}",{"blockNumber":"0x0"}]""",
        ["eth_getStorageAt"] = $$"""["{{Token}}","0x0","0x0"]""",
        ["eth_getProof"] = $$"""["{{Rich}}",["0x0","{{Hash}}"],"latest"]""",
        ["eth_call"] = $$"""
            [{"from":"{{Rich}}","to":"{{Token}}","input":"0x70a08231000000000000000000000000{{Rich[2..]}}"},"latest",
            {"{{Rich}}":{"balance":"0x1","nonce":"0x2","stateDiff":{"{{Hash}}":"{{Hash}}"} } }]
            """,
        ["eth_estimateGas"] = $$"""
            [{"from":"{{Rich}}","to":"{{Token}}","value":"0x1","gas":"0x5208","maxFeePerGas":"0x77359400","nonce":"0x0",
            "accessList":[{"address":"{{Token}}","storageKeys":["{{Hash}}"]}],"chainId":"0x1e61"}]
            """,
        ["eth_createAccessList"] = $$"""[{"from":"{{Rich}}","to":"{{Token}}","data":"0x18160ddd"},"latest"]""",
        ["eth_feeHistory"] = """["0x4","latest",[0,25.5,100]]""",
        ["eth_getBlockByNumber"] = """["latest",true]""",
        ["eth_getBlockByHash"] = $$"""["{{Hash}}",false]""",
        ["eth_getBlockTransactionCountByNumber"] = """["earliest"]""",
        ["eth_getBlockTransactionCountByHash"] = $$"""["{{Hash}}"]""",
        ["eth_getUncleCountByBlockNumber"] = """["safe"]""",
        ["eth_getUncleCountByBlockHash"] = $$"""["{{Hash}}"]""",
        ["eth_getTransactionByHash"] = $$"""["{{Hash}}"]""",
        ["eth_getTransactionByBlockNumberAndIndex"] = """["0x1","0x0"]""",
        ["eth_getTransactionByBlockHashAndIndex"] = $$"""["{{Hash}}","0x0"]""",
        ["eth_getTransactionReceipt"] = $$"""["{{Hash}}"]""",
        ["eth_getBlockReceipts"] = """["0x1"]""",
        ["eth_sendRawTransaction"] = $$"""["{{Raw}}"]""",
        ["eth_sendRawTransactionSync"] = $$"""["{{Raw}}","0x1"]""",
        ["aitbc_getReceiptProof"] = $$"""["{{Hash}}"]""",
        ["aitbc_transactionStatus"] = $$"""["{{Hash}}"]""",
        ["eth_getLogs"] = $$"""
            [{"fromBlock":"0x0","toBlock":"latest","address":["{{Token}}"],
            "topics":[["{{Hash}}",null],null,"{{Hash}}"]}]
            """,
        ["eth_newFilter"] = $$"""[{"blockHash":"{{Hash}}","address":"{{Token}}"}]""",
        ["eth_getFilterChanges"] = """["0x1"]""",
        ["eth_getFilterLogs"] = """["0x1"]""",
        ["eth_uninstallFilter"] = """["0x1"]""",
        ["eth_subscribe"] = $$"""["logs",{"address":"{{Token}}","topics":["{{Hash}}"]}]""",
        ["eth_unsubscribe"] = """["0x1"]""",
    };

    /// <summary>Whole bodies: single requests, batches, notifications, and what is none of them.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Bodies { get; } =
    [
        ("single", Bytes("""{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}""")),
        ("no-params", Bytes("""{"jsonrpc":"2.0","id":"a","method":"eth_chainId"}""")),
        ("null-id", Bytes("""{"jsonrpc":"2.0","id":null,"method":"net_version","params":null}""")),
        ("large-id", Bytes("""{"jsonrpc":"2.0","id":123456789012345678901234567890.5e10,"method":"net_version"}""")),
        ("notification", Bytes("""{"jsonrpc":"2.0","method":"eth_blockNumber"}""")),
        ("named-params", Bytes("""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":{"a":1}}""")),
        ("batch", Bytes(
            $$"""
            [{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["{{Rich}}","latest"]},
            {"jsonrpc":"2.0","method":"eth_chainId"},1,{"jsonrpc":"2.0","id":2,"method":"nothing"}]
            """)),
        ("batch-of-sends", Bytes(
            $$"""
            [{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["{{Raw}}"]},
            {"jsonrpc":"2.0","id":2,"method":"eth_sendRawTransaction","params":["0x02c0"]}]
            """)),
        ("empty-batch", Bytes("[]")),
        ("deep", Bytes(new string('[', 40) + new string(']', 40))),
        ("escapes", Bytes("""{"\u006asonrpc":"2.0","id":"\ud83d\ude00","method":"eth\u005fchainId","params":[]}""")),
        ("half-a-character", Bytes("""{"\ude00":1,"id":1,"method":"eth_chainId"}""")),
    ];

    /// <summary>Names and values for the mutations.</summary>
    public static IReadOnlyList<byte[]> Words { get; } =
    [
        .. Params.Keys.Select(name => Bytes($"\"{name}\"")),
        .. new[]
        {
            "\"latest\"", "\"Pending\"", "\"earliest\"", "\"finalized\"", "\"newHeads\"", "\"logs\"",
            "\"newPendingTransactions\"", "\"fromBlock\"", "\"toBlock\"", "\"address\"", "\"topics\"", "\"blockHash\"",
            "\"blockNumber\"", "\"requireCanonical\":true", "\"data\"", "\"input\"", "\"gas\"", "\"gasPrice\"",
            "\"value\"", "\"state\"", "\"stateDiff\"", "\"code\"", "\"type\":\"0x2\"", "\"0x0\"", "\"0x\"", "\"0x01\"",
            "\"0xffffffffffffffff\"", "\"0x7fffffffffffffff\"", "\"0x1ffffffffffffffff\"",
            "\"0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"", "null", "true", "[]", "{}", "-1",
            "1e400", "18446744073709551616", "\"\\ud800\"", "\"\\u0000\"", $"\"{Token}\"", $"\"{Hash}\"", $"\"{Rich}\"",
        }.Select(Bytes),
    ];

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
