using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Services.Tests.Wallet.Payments;
using Xunit;

namespace Services.Tests.Wallet.EthereumRpc;

/// <summary>A send whose answer was lost is asked for again under its key, and is still one transaction.</summary>
public sealed class RepeatedSendTests
{
    [Fact]
    public async Task The_same_send_under_the_same_key_is_one_transaction_and_counts_once()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(Amount.FromAit(1).Atto);

        var first = await SendAsync(world, budget.Token, "0x64", "k1");
        var spent = await world.SpentAsync(budget);
        var inPool = await SendAsync(world, budget.Token, "0x64", "k1");
        await world.Chain.WaitReceiptAsync(Hash256.Parse((string)first["result"]!), TimeSpan.FromSeconds(20));
        var included = await SendAsync(world, budget.Token, "0x64", "k1");
        var another = await SendAsync(world, budget.Token, "0x65", "k1");

        Assert.Equal((string)first["result"]!, (string)inPool["result"]!);
        Assert.Equal((string)first["result"]!, (string)included["result"]!);
        Assert.Equal("idempotency_key_reused", (string)another["error"]!["data"]!["code"]!);
        Assert.Equal(spent, await world.SpentAsync(budget));
        Assert.Equal(1UL, await world.Chain.NonceAsync(world.Account));
    }

    [Fact]
    public async Task What_was_signed_under_a_key_is_sent_under_it()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(Amount.FromAit(1).Atto);
        var raw = await SendAsync(world, budget.Token, "0x64", "k1", "eth_signTransaction");
        Assert.Equal(0UL, await world.Chain.NonceAsync(world.Account));

        var sent = await SendAsync(world, budget.Token, "0x64", "k1");

        Assert.Equal(
            Keccak256.Hash(Aitbc.Primitives.Encoding.Hex.Parse((string)raw["result"]!)).ToHex(),
            (string)sent["result"]!);
        Assert.Equal(1UL, await world.Chain.NonceAsync(world.Account));
    }

    private static async Task<JsonNode> SendAsync(
        PayWorld world, string token, string value, string key, string method = "eth_sendTransaction")
    {
        var body = new JsonObject
        {
            ["id"] = 1,
            ["method"] = method,
            ["params"] = new JsonArray(new JsonObject
            {
                ["from"] = world.Account.ToString(),
                ["to"] = "0x000000000000000000000000000000000000dead",
                ["value"] = value,
            }),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "rpc");
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Idempotency-Key", key);
        using var response = await world.Wallet.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }
}
