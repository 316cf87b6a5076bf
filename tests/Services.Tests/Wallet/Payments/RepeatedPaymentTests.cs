using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Xunit;

namespace Services.Tests.Wallet.Payments;

/// <summary>A key stands for one payment: asked again, what was signed is shown, and nothing is paid anew.</summary>
public sealed class RepeatedPaymentTests
{
    private const string Key = "k1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exact")]
    [InlineData("metered")]
    public async Task What_was_signed_is_shown_again_although_the_server_asks_more_than_is_allowed_now(string path)
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(100_000);
        var payments = world.Payments(budget);
        var signed = await payments.PayAsync(await AskAsync(world, path), Key, Cancel);
        world.Shop.Price = 2_000_000;
        var dearer = await AskAsync(world, path);

        var again = await payments.PayAsync(dearer, Key, Cancel);
        var anew = await Assert.ThrowsAsync<AitbcException>(() => payments.PayAsync(dearer, "k2", Cancel));
        var other = await Assert.ThrowsAsync<AitbcException>(
            () => payments.PayAsync(dearer with { Method = "POST" }, Key, Cancel));

        Assert.Equal((true, signed.Header), (again.Repeated, again.Header));
        Assert.Equal(
            ["no_payable_offer", "idempotency_key_reused"], [anew.Problem.Code, other.Problem.Code]);
    }

    [Fact]
    public async Task What_was_signed_is_shown_again_while_the_node_is_silent()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(100_000);
        var ask = await AskAsync(world, "metered");
        var signed = await world.Payments(budget).PayAsync(ask, Key, Cancel);
        await world.RestartAsync(node: new Uri("http://127.0.0.1:1/"));

        var again = await world.Payments(budget).PayAsync(ask, Key, Cancel);
        var anew = await Assert.ThrowsAsync<AitbcException>(
            () => world.Payments(budget).PayAsync(ask, "k2", Cancel));

        Assert.Equal((true, signed.Header), (again.Repeated, again.Header));
        Assert.Equal("chain_unavailable", anew.Problem.Code);
    }

    [Fact]
    public async Task A_late_answer_to_a_repeated_payment_does_not_lower_what_is_charged()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(100_000);
        var payments = world.Payments(budget);
        using var client = world.Client(budget);
        for (var i = 0; i < 3; i++)
            Assert.Equal(System.Net.HttpStatusCode.OK, await GetAsync(client, $"{Key}-{i}"));
        var first = await payments.PayAsync(await AskAsync(world, "metered"), $"{Key}-0", Cancel);
        Assert.True(first.Repeated);

        await payments.ResultAsync(first.Id, new PaymentResultRequest(200, Taken()), Cancel);

        Assert.Equal((UInt256)3_000UL, (await world.ChannelAsync()).Charged);
        var next = await payments.PayAsync(await AskAsync(world, "metered"), "next", Cancel);
        var payload = JsonNode.Parse(Convert.FromBase64String(next.Header))!["payload"]!;
        Assert.Equal("4000", (string)payload["voucher"]!["maxClaimableAmount"]!);
    }

    private static async Task<System.Net.HttpStatusCode> GetAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "metered");
        request.Options.Set(X402Request.IdempotencyKey, key);
        using var response = await client.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private static async Task<PayRequest> AskAsync(PayWorld world, string path)
    {
        using var plain = new HttpClient { BaseAddress = world.Shop.Url };
        using var response = await plain.GetAsync(path, Cancel);
        return new PayRequest(
            response.Headers.GetValues(X402Headers.Required).Single(), "GET", $"{world.Shop.Url}{path}", 1_000_000);
    }

    private static string Taken() => Convert.ToBase64String(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["success"] = true,
        ["transaction"] = "",
        ["network"] = "eip155:7777",
    }.ToJsonString()));
}
