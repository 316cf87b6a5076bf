using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Wallet;
using Services.Tests.Wallet.Payments;
using Xunit;

namespace Services.Tests.Wallet.EthereumRpc;

/// <summary>The wallet as the signer of stock Ethereum libraries, in front of a real node.</summary>
public sealed class SignerDoorTests : IAsyncLifetime
{
    private const string Payee = "0x000000000000000000000000000000000000dead";
    private const string Typed = """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"}],"Note":[{"name":"text","type":"string"}]},
        "primaryType":"Note","domain":{"name":"test"},"message":{"text":"hello"}}
        """;

    private PayWorld world = null!;

    private string Account => world.Account.ToString();

    public async ValueTask InitializeAsync() => world = await PayWorld.StartAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task A_transaction_is_filled_in_signed_sent_and_counted()
    {
        var budget = await world.BudgetAsync(Ait(1));
        var hash = await TextAsync(budget.Token, "eth_sendTransaction", Transfer("0x64"));
        var receipt = await world.Chain.WaitReceiptAsync(Hash256.Parse(hash), TimeSpan.FromSeconds(20));
        Assert.True(receipt!.Succeeded);
        Assert.Equal((UInt256)100, await world.CoinsAsync(Address.Parse(Payee)));
        await world.ReconcileAsync();
        var fee = receipt.EffectiveGasPrice * receipt.GasUsed;
        Assert.Equal(fee + 100, await world.SpentAsync(budget));
    }

    [Fact]
    public async Task Racing_sends_of_one_account_get_nonces_one_after_another()
    {
        var budget = await world.BudgetAsync(Ait(1));
        var sent = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            _ => ResultAsync(budget.Token, "eth_sendTransaction", Transfer("0x1"))));
        Assert.Equal(12, sent.Select(s => (string)s!).Distinct().Count());
        foreach (var hash in sent)
            Assert.NotNull(await world.Chain.WaitReceiptAsync(Hash256.Parse((string)hash!), TimeSpan.FromSeconds(20)));
        Assert.Equal(12UL, await world.Chain.FinalNonceAsync(world.Account));
    }

    [Fact]
    public async Task What_a_budget_refuses_is_an_error_with_the_wallets_code_and_nothing_is_sent()
    {
        var budget = await world.BudgetAsync(1_000);
        var error = await ErrorAsync(budget.Token, "eth_sendTransaction", Transfer("0x64"));
        Assert.Equal(-32000, (int)error["code"]!);
        Assert.Equal("budget_exceeded", (string)error["data"]!["code"]!);
        Assert.False((bool)error["data"]!["charged"]!);
        Assert.Equal(0UL, await world.Chain.NonceAsync(world.Account));
        error = await ErrorAsync(budget.Token, "personal_sign", "0x6869", Account);
        Assert.Equal("not_understood", (string)error["data"]!["code"]!);
        var other = Transfer("0x1");
        other["from"] = Payee;
        Assert.Equal(4100, (int)(await ErrorAsync(budget.Token, "eth_sendTransaction", other))["code"]!);
    }

    [Fact]
    public async Task Messages_and_typed_data_are_signed_for_the_owner_as_their_standards_say()
    {
        var signature = await TextAsync("", "personal_sign", "0x6869", Account);
        Assert.Equal(world.Account, Signer(signature, Eip191.HashMessage("hi"u8)));
        var ofText = await TextAsync("", "eth_signTypedData_v4", Account, Typed);
        var ofObject = await TextAsync("", "eth_signTypedData_v4", Account, JsonNode.Parse(Typed));
        Assert.Equal(ofText, ofObject);
        using var typed = System.Text.Json.JsonDocument.Parse(Typed);
        Assert.Equal(world.Account, Signer(ofText, Eip712.HashTypedData(typed.RootElement)));
        var raw = await TextAsync("", "eth_signTransaction", Transfer("0x1"));
        Assert.Equal(raw, await TextAsync("", "eth_signTransaction", Transfer("0x1")));
        Assert.StartsWith("0x02", raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_are_those_of_the_token_and_the_rest_is_asked_of_the_node()
    {
        await world.Wallet.Client.CreateAsync("second");
        var budget = await world.BudgetAsync(1_000);
        Assert.Equal(2, ((JsonArray)await ResultAsync("", "eth_accounts")).Count);
        Assert.Equal(Account, (string)((JsonArray)await ResultAsync(budget.Token, "eth_accounts")).Single()!);
        Assert.Equal("0x1e61", await TextAsync(budget.Token, "eth_chainId"));
        Assert.Equal("0x0", await TextAsync(budget.Token, "eth_getTransactionCount", Account, "pending"));
        Assert.Equal(-32602, (int)(await ErrorAsync(budget.Token, "eth_getBalance", "0x12", "latest"))["code"]!);
        foreach (var refused in new[] { "eth_sign", "eth_subscribe", "debug_traceCall", "admin_peers", "aitbc_status" })
            Assert.Equal(-32601, (int)(await ErrorAsync("", refused))["code"]!);
    }

    [Theory]
    [InlineData("{", -32700)]
    [InlineData("""{"id":1,"method":"\ud800"}""", -32700)]
    [InlineData("[]", -32600)]
    [InlineData("7", -32600)]
    [InlineData("""{"id":{},"method":"eth_accounts"}""", -32600)]
    [InlineData("""{"id":1,"method":"eth_accounts","params":{}}""", -32602)]
    [InlineData("""{"id":1,"method":"personal_sign","params":["hi"]}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_signTypedData_v4","params":["0x12","{"]}""", -32602)]
    [InlineData("""{"id":1,"method":"eth_sendTransaction","params":[{}]}""", -32602)]
    public async Task What_is_no_request_has_the_code_of_the_standard(string body, int code)
    {
        var answer = await PostAsync(body, "");
        Assert.Equal(code, (int)answer!["error"]!["code"]!);
    }

    [Theory]
    [InlineData("chainId", "0x1", "does not match the chain")]
    [InlineData("blobVersionedHashes", "0x", "not supported")]
    [InlineData("nonce", "7", "malformed")]
    [InlineData("gasPrice", "0x1", "both gasPrice")]
    [InlineData("input", "0x01", "not equal")]
    [InlineData("to", null, "contract creation")]
    public async Task A_transaction_that_contradicts_itself_or_the_chain_is_not_signed(
        string member, string? value, string words)
    {
        var transaction = Transfer("0x1");
        transaction["maxFeePerGas"] = "0x77359400";
        transaction["data"] = "0x";
        transaction[member] = value;
        var error = await ErrorAsync("", "eth_signTransaction", transaction);
        Assert.Equal(-32602, (int)error["code"]!);
        Assert.Contains(words, (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_is_answered_in_order_and_notifications_with_nothing()
    {
        var answers = (JsonArray)(await PostAsync(
            """[{"id":"a","method":"eth_accounts"},{"method":"eth_accounts"},7,{"id":2,"method":"net_version"}]""",
            ""))!;
        Assert.Equal(3, answers.Count);
        Assert.Equal("a", (string)answers[0]!["id"]!);
        Assert.Equal(-32600, (int)answers[1]!["error"]!["code"]!);
        Assert.Equal("7777", (string)answers[2]!["result"]!);
        Assert.Null(await PostAsync("""{"method":"eth_accounts"}""", ""));
    }

    [Fact]
    public async Task Without_a_token_nothing_is_answered()
    {
        using var request = new StringContent(
            """{"id":1,"method":"eth_accounts"}""", Encoding.UTF8, "application/json");
        using var answer = await world.Wallet.Http.PostAsync("rpc", request, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static UInt256 Ait(ulong whole) => Amount.FromAit(whole).Atto;

    private static Address Signer(string signature, Hash256 digest)
    {
        Assert.True(Signature.TryParse65(Hex.Parse(signature), out var parsed));
        Assert.True(Secp256k1.TryRecover(digest, parsed, out var signer));
        return signer;
    }

    private JsonObject Transfer(string value) => new() { ["from"] = Account, ["to"] = Payee, ["value"] = value };

    private async Task<JsonNode> ResultAsync(string token, string method, params JsonNode?[] parameters)
    {
        var answer = await AskAsync(token, method, parameters);
        return answer["result"] ?? throw new InvalidOperationException(answer.ToJsonString());
    }

    private async Task<string> TextAsync(string token, string method, params JsonNode?[] parameters) =>
        (string)(await ResultAsync(token, method, parameters))!;

    private async Task<JsonNode> ErrorAsync(string token, string method, params JsonNode?[] parameters) =>
        (await AskAsync(token, method, parameters))["error"]!;

    private async Task<JsonNode> AskAsync(string token, string method, JsonNode?[] parameters) =>
        (await PostAsync(
            new JsonObject
            {
                ["jsonrpc"] = "2.0",
                ["id"] = 1,
                ["method"] = method,
                ["params"] = new JsonArray([.. parameters.Select(p => p?.DeepClone())]),
            }.ToJsonString(),
            token))!;

    private async Task<JsonNode?> PostAsync(string body, string token)
    {
        var answer = await world.Wallet.RawAsync(HttpMethod.Post, "rpc", body, token);
        return answer.Status == 204 ? null : JsonNode.Parse(answer.Body);
    }
}
