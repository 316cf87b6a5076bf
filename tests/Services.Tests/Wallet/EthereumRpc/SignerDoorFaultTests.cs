using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Services.Tests.Chain;
using Services.Tests.Wallet.Budgets;
using Xunit;

namespace Services.Tests.Wallet.EthereumRpc;

/// <summary>What the door for stock libraries says when the wallet, the node or the caller fails.</summary>
public sealed class SignerDoorFaultTests
{
    [Fact]
    public async Task Whether_a_transaction_was_taken_is_unknown_when_the_node_goes_away_and_it_stays_counted()
    {
        using var folder = new TemporaryFolder();
        await using var node = await PoolNode.StartAsync();
        await using var daemon = await BudgetDaemon.StartAsync(folder, node.Node.Http.BaseAddress);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = UInt256.MaxValue });
        node.LoseAnswersOfSends = 1;

        var send = $$"""
            {"id":1,"method":"eth_sendTransaction","params":[{"from":"{{daemon.Account}}","value":"0x1",
            "to":"{{BudgetDaemon.Payee}}"}]}
            """;
        var error = (await PostAsync(daemon, send, budget.Token))["error"]!;

        Assert.Equal(-32000, (int)error["code"]!);
        Assert.Equal("outcome_unknown", (string)error["data"]!["code"]!);
        Assert.False((bool)error["data"]!["retryable"]!);
        Assert.Contains(node.Included.Single().Hash.ToString(), (string)error["message"]!, StringComparison.Ordinal);
        Assert.NotEqual(default, (await daemon.ShowAsync(budget.Budget.Id)).Spent);
    }

    [Fact]
    public async Task A_locked_wallet_is_an_error_of_its_request_and_the_rest_of_the_batch_is_answered()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        await daemon.Wallet.Client.LockAsync(TestContext.Current.CancellationToken);
        var answers = (JsonArray)await PostAsync(
            daemon,
            $$"""
            [{"id":1,"method":"eth_accounts"},{"id":2,"method":"personal_sign","params":["0x00","{{daemon.Account}}"]}]
            """);
        Assert.Equal(daemon.Account.ToString(), (string)answers[0]!["result"]![0]!);
        Assert.Equal(4100, (int)answers[1]!["error"]!["code"]!);
        Assert.Equal("wallet_locked", (string)answers[1]!["error"]!["data"]!["code"]!);
    }

    [Fact]
    public async Task Typed_data_with_a_member_given_twice_are_not_signed_as_object_or_as_text()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        const string twice =
            """{"types":{"EIP712Domain":[]},"primaryType":"EIP712Domain","domain":{},"message":{},"message":{}}""";
        var ask = """{"id":1,"method":"eth_signTypedData_v4","params":["ACCOUNT",DATA]}"""
            .Replace("ACCOUNT", daemon.Account.ToString(), StringComparison.Ordinal);
        var asObject = await PostAsync(daemon, ask.Replace("DATA", twice, StringComparison.Ordinal));
        var asText = await PostAsync(daemon, ask.Replace(
            "DATA", JsonValue.Create(twice).ToJsonString(), StringComparison.Ordinal));
        Assert.Equal([-32700, -32602], [(int)asObject["error"]!["code"]!, (int)asText["error"]!["code"]!]);
    }

    private static async Task<JsonNode> PostAsync(BudgetDaemon daemon, string body, string token = "")
    {
        var answer = await daemon.PostAsync("rpc", body, token);
        Assert.Equal(200, answer.Status);
        return JsonNode.Parse(answer.Body)!;
    }
}
