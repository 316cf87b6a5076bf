using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Fuzz.Running;
using Aitbc.Primitives.Encoding;
using Aitbc.Testing;

namespace Aitbc.Fuzz.Seeds;

/// <summary>What the wallet is asked: bodies of its endpoints, of its JSON-RPC, and offers of x402.</summary>
internal static class WalletSeeds
{
    private const string Token = "0x0000000000000000000000000000000000001001";
    private const string Other = "0x000000000000000000000000000000000000bEEF";
    private static readonly string Word = "0x" + new string('1', 64);

    /// <summary>All that do not lock the wallet or cost an Argon2id each.</summary>
    public static string[] Endpoints { get; } =
    [
        "POST /v1/budgets", "POST /v1/budgets/0123456789abcdef/top-up", "POST /v1/budgets/0123456789abcdef/revoke",
        "POST /v1/budgets/0123456789abcdef/simulate", "GET /v1/budgets/0123456789abcdef/spends?after=0&limit=1",
        "GET /v1/budgets", "POST /v1/approvals/1/approve", "POST /v1/approvals/2/refuse", "GET /v1/approvals",
        "POST /v1/accounts", "POST /v1/accounts/import", "POST /v1/sign/transaction", "POST /v1/sign/message",
        "POST /v1/sign/typed-data", "POST /v1/pay", "POST /v1/pay/1/result", "GET /v1/channels",
        "POST /v1/channels/0x00/close", "POST /rpc", "GET /v1/accounts", "GET /v1/audit?head=1:00",
        "POST /v1/messages/key", "POST /v1/messages/seal", "POST /v1/messages/open",
    ];

    private static readonly JsonNode Authorization = JsonNode.Parse(
        $$"""
        {"types":{"TransferWithAuthorization":[{"name":"from","type":"address"},{"name":"to","type":"address"},
        {"name":"value","type":"uint256"},{"name":"validAfter","type":"uint256"},{"name":"validBefore",
        "type":"uint256"},{"name":"nonce","type":"bytes32"}]},"primaryType":"TransferWithAuthorization",
        "domain":{"name":"AIT","version":"1","chainId":7777,"verifyingContract":"{{Token}}"},"message":{"from":
        "{{FuzzWallet.Account}}","to":"{{Other}}","value":"70","validAfter":"0","validBefore":"4000000000","nonce":
        "{{Word}}"} }
        """)!;

    private static readonly JsonNode Voucher = JsonNode.Parse(
        $$"""
        {"types":{"Voucher":[{"name":"channelId","type":"bytes32"},{"name":"maxClaimableAmount","type":"uint128"}]},
        "primaryType":"Voucher","domain":{"name":"x402 Batch Settlement","version":"1","chainId":7777,
        "verifyingContract":"0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003"},"message":{"channelId":"{{Word}}",
        "maxClaimableAmount":"5"} }
        """)!;

    private static readonly JsonNode Permit = JsonNode.Parse(
        $$"""
        {"types":{"Permit":[{"name":"owner","type":"address"},{"name":"spender","type":"address"},{"name":"value",
        "type":"uint256"},{"name":"nonce","type":"uint256"},{"name":"deadline","type":"uint256"}]},"primaryType":
        "Permit","domain":{"name":"AIT","version":"1","chainId":"0x1e61","verifyingContract":"{{Token}}"},"message":
        {"owner":"{{FuzzWallet.Account}}","spender":"{{Other}}","value":"0xff","nonce":0,"deadline":4000000000} }
        """)!;

    public static IReadOnlyList<(string Name, byte[] Bytes)> Requests { get; } =
    [
        ("budget", Request("POST /v1/budgets",
            $$"""
            {"label":"part","limits":{"amount":"100","period":"hour","perCall":"0x10","perJob":"50","payees":
            ["{{Other}}"],"classes":["wasm","model/*"],"contracts":[{"contract":"{{Other}}","methods":["vote(uint256)",
            "0x0121b93f"]}],"approveAbove":"70","ratePerMinute":3,"expiresAt":"2030-01-01T00:00:00Z"} }
            """)),
        ("top-up", Request(Endpoints[1], """{"amount":"5"}""")),
        ("simulate", Request(
            Endpoints[3], $$"""{"amount":"5","payee":"{{Other}}","purpose":{"jobId":"{{Word}}","class":"wasm"} }""")),
        ("spends", Request(Endpoints[4], "")),
        ("account", Request("POST /v1/accounts", """{"label":"made"}""")),
        ("import-key", Request("POST /v1/accounts/import", $$"""{"privateKey":"{{Word}}","label":"imported"}""")),
        ("import-words", Request("POST /v1/accounts/import",
            """
            {"mnemonic":"test test test test test test test test test test test junk","count":2,"labelPrefix":"t"}
            """)),
        ("transaction", Request("POST /v1/sign/transaction",
            $$"""
            {"from":"{{FuzzWallet.Account}}","transaction":{"type":2,"chainId":7777,"nonce":1,"maxFeePerGas":"2",
            "maxPriorityFeePerGas":"1","gas":21000,"to":"{{Other}}","value":"0x5","data":"0xa9059cbb","accessList":
            [{"address":"{{Token}}","storageKeys":["{{Word}}"]}]},"purpose":{"class":"wasm"} }
            """)),
        ("message", Request("POST /v1/sign/message", $$"""{"from":"{{FuzzWallet.Account}}","message":"0x6869"}""")),
        ("authorization", Request("POST /v1/sign/typed-data", Signing(Authorization))),
        ("voucher", Request("POST /v1/sign/typed-data", Signing(Voucher))),
        ("permit", Request("POST /v1/sign/typed-data", Signing(Permit))),
        ("result", Request("POST /v1/pay/1/result", """{"status":200,"paymentResponse":"eyJzdWNjZXNzIjp0cnVlfQ=="}""")),
        ("close", Request(Endpoints[17], "")),
        ("audit", Request("GET /v1/audit?head=1:00", "")),
        ("message-key", Request("POST /v1/messages/key", $$"""{"account":"{{FuzzWallet.Account}}"}""")),
        ("seal", Request("POST /v1/messages/seal",
            $$"""
            {"account":"{{FuzzWallet.Account}}","chainId":7777,"from":0,"to":1,"receiverKey":"{{Word}}","topic":"work",
            "id":"{{Word}}","payload":"0x6869"}
            """)),
        ("open", Request("POST /v1/messages/open",
            $$"""
            {"account":"{{FuzzWallet.Account}}","chainId":7777,"message":{"from":0,"to":1,"id":"{{Word}}","sentAt":
            1790000000,"topic":"work","receiverKey":"{{Word}}","senderKey":"{{Word}}","sealed":
            "{{new string('A', 60)}}","signature":"0x{{new string('1', 128)}}1b"} }
            """)),
    ];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Rpc { get; } =
    [
        ("accounts", Call("eth_accounts")),
        ("typed-object", Call("eth_signTypedData_v4", FuzzWallet.Account.ToString(), Authorization.DeepClone())),
        ("typed-text", Call("eth_signTypedData_v4", FuzzWallet.Account.ToString(), Permit.ToJsonString())),
        ("personal", Call("personal_sign", "0x6869", FuzzWallet.Account.ToString())),
        ("sign", Call("eth_signTransaction", JsonNode.Parse(
            $$"""
            {"from":"{{FuzzWallet.Account}}","to":"{{Other}}","value":"0x1","gas":"0x5208","maxFeePerGas":"0x3",
            "maxPriorityFeePerGas":"0x1","nonce":"0x7","data":"0x","chainId":"0x1e61","type":"0x2",
            "accessList":[{"address":"{{Token}}","storageKeys":["{{Word}}"]}]}
            """))),
        ("send", Call("eth_sendTransaction", JsonNode.Parse(
            $$"""{"from":"{{FuzzWallet.Account}}","to":"{{Token}}","input":"0xa9059cbb","gasPrice":"0x2"}"""))),
        ("raw", Call("eth_sendRawTransaction", Hex.ToHex(LedgerSeeds.Transactions()[0].Bytes))),
        ("batch", Encoding.UTF8.GetBytes(
            """[{"id":1,"method":"eth_accounts"},{"method":"eth_chainId"},7,{"id":"b","method":"eth_sign"}]""")),
        ("half-a-character", Encoding.UTF8.GetBytes("""{"id":1,"method":"eth_accounts","params":["\ud800"]}""")),
    ];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Offers { get; } =
    [
        ("exact", Offer("exact", new JsonObject { ["name"] = "AIT", ["version"] = "1" })),
        ("channel", Offer("batch-settlement", Extra())),
        ("corrective", Corrective()),
        ("response", Encoding.UTF8.GetBytes(
            """
            {"success":true,"transaction":"","network":"eip155:7777","errorReason":"none","extra":{"chargedAmount":"3",
            "channelState":{"chargedCumulativeAmount":"7"} } }
            """)),
    ];

    public static IReadOnlyList<(string Name, byte[] Bytes)> Spends { get; } =
    [
        ("authorization", Json(Authorization)),
        ("voucher", Json(Voucher)),
        ("permit", Json(Permit)),
        .. LedgerSeeds.Transactions(),
    ];

    /// <summary>See <see cref="Targets.LogLineTarget"/>.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Lines { get; } =
    [
        ("typed-data", [0, .. Signature(), 0, 0x01, .. Json(Authorization)]),
        ("message", [0, .. Signature(), 0, 0x45, .. "hello"u8]),
        ("transaction", [1, .. Json(new JsonObject
        {
            ["raw"] = Hex.ToHex(LedgerSeeds.Transactions()[0].Bytes),
            ["hash"] = Word,
        })]),
        ("exact", [0, .. Payment(new JsonObject
        {
            ["authorization"] = Authorization["message"]!.DeepClone(),
            ["signature"] = "0x" + new string('1', 128) + "1b",
        })]),
        ("deposit", [2, .. Payment(JsonNode.Parse(
            $$"""
            {"type":"deposit","channelConfig":{"payer":"{{FuzzWallet.Account}}"},"voucher":{"channelId":"{{Word}}",
            "maxClaimableAmount":"5","signature":"0x{{new string('1', 128)}}1b"},"deposit":{"amount":"9",
            "authorization":{"erc3009Authorization":{"validAfter":"0","validBefore":"4000000000","salt":"{{Word}}",
            "signature":"0x{{new string('1', 128)}}1c"} } } }
            """)!)]),
    ];

    public static IReadOnlyList<byte[]> Words { get; } =
    [
        .. RpcSeeds.Words,
        .. new[]
        {
            "\"amount\"", "\"limits\"", "\"period\":\"day\"", "\"typedData\"", "\"from\"", "\"purpose\"",
            "\"uint256\"", "\"validBefore\"", "\"accepts\"", "\"extra\"", "\"withdrawDelay\"", "\"minDeposit\"",
            "\"exact\"", "\"batch-settlement\"", "340282366920938463463374607431768211456", "4000000000", "900",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static byte[] Request(string endpoint, string body) => Encoding.UTF8.GetBytes($"{endpoint}\n{body}");

    private static string Signing(JsonNode typedData) => new JsonObject
    {
        ["from"] = FuzzWallet.Account.ToString(),
        ["typedData"] = typedData.DeepClone(),
    }.ToJsonString();

    private static byte[] Call(string method, params JsonNode?[] parameters) => Json(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = 1,
        ["method"] = method,
        ["params"] = new JsonArray(parameters),
    });

    private static byte[] Offer(string scheme, JsonObject extra, string? error = null)
    {
        var offer = new JsonObject
        {
            ["x402Version"] = 2,
            ["resource"] = new JsonObject { ["url"] = "http://127.0.0.1/" },
            ["accepts"] = new JsonArray(new JsonObject
            {
                ["scheme"] = scheme,
                ["network"] = "eip155:7777",
                ["amount"] = "1000",
                ["asset"] = Token,
                ["payTo"] = Other,
                ["maxTimeoutSeconds"] = 60,
                ["extra"] = extra,
            }),
        };
        if (error is not null)
            offer["error"] = error;
        return Json(offer);
    }

    private static JsonObject Extra() => new()
    {
        ["name"] = "AIT",
        ["version"] = "1",
        ["receiverAuthorizer"] = Other,
        ["withdrawDelay"] = 900,
        ["minDeposit"] = "5000",
    };

    private static byte[] Corrective()
    {
        var extra = Extra();
        extra["channelState"] = new JsonObject { ["channelId"] = Word, ["chargedCumulativeAmount"] = "5" };
        extra["voucherState"] = new JsonObject
        {
            ["signedMaxClaimable"] = "5",
            ["signature"] = "0x" + new string('1', 128) + "1b",
        };
        return Offer("batch-settlement", extra, "invalid_batch_settlement_evm_cumulative_amount_mismatch");
    }

    private static byte[] Payment(JsonNode payload)
    {
        var header = Convert.ToBase64String(Json(new JsonObject
        {
            ["payload"] = payload,
            ["accepted"] = new JsonObject { ["network"] = "eip155:7777" },
        }));
        return Json(new JsonObject
        {
            ["id"] = 0,
            ["scheme"] = "exact",
            ["header"] = header,
            ["price"] = "1",
            ["reserved"] = "1",
            ["payee"] = Other,
        });
    }

    private static byte[] Signature()
    {
        using var key = TestAccounts.Key(0);
        return Json(new JsonObject
        {
            ["signature"] = Hex.ToHex(key.Sign(Aitbc.Primitives.Keccak256.Hash("seed"u8)).ToBytes65()),
        });
    }

    private static byte[] Json(JsonNode json) => JsonSerializer.SerializeToUtf8Bytes(json);
}
