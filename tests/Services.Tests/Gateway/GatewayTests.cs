using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Provider;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Sdk.X402;
using Services.Tests.Provider.Models;
using Services.Tests.Provider.Selling;
using Xunit;

namespace Services.Tests.Gateway;

/// <summary>Whom the gateway chooses, whose 402 it gives, and what crosses.</summary>
public sealed class GatewayTests
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task A_paid_call_reaches_a_provider_without_an_open_port_and_nothing_else_of_its_caller_does()
    {
        await using var world = await GatewayWorld.StartAsync(null, Usual);
        var provider = world.Providers[0];
        world.Http.DefaultRequestHeaders.Add("Authorization", "Bearer sk-nobody-shall-see");
        world.Http.DefaultRequestHeaders.Add("Cookie", "secret=1");
        var buyer = world.Buyer();
        var required = await buyer.AskAsync(Path, Buyer.Chat);
        Assert.Equal(provider.Provider.ToString(), (string)Buyer.OfferOf(required, "exact")["payTo"]!);
        Assert.Empty(provider.Models.Posts);

        using var answer = await buyer.PostAsync(Path, Buyer.Chat, buyer.Voucher(required, 1_000_000));
        var text = await answer.Content.ReadAsStringAsync(SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Two plus two is four.", (string)JsonNode.Parse(text)!["choices"]![0]!["message"]!["content"]!);
        Assert.Equal(provider.Provider.ToString(), answer.Headers.GetValues("X-Aitbc-Provider").Single());
        Assert.True((bool)Buyer.Decode(answer, X402Headers.Response)!["success"]!);
        Assert.Equal(770UL, Assert.Single(provider.Service<PaymentJournal>().Channels).Charged);
        var (_, _, headers) = Assert.Single(provider.Models.Posts);
        Assert.DoesNotContain(headers, h => h.Key is "Authorization" or "Cookie" or X402Headers.Signature
            || h.Value.Contains("sk-nobody", StringComparison.Ordinal));

        var models = JsonNode.Parse(await world.Http.GetStringAsync("/v1/models", SellingWorld.Cancel))!;
        Assert.Equal(Dialect.Model, (string)models["data"]![0]!["id"]!);
        Assert.Equal("100", (string)models["data"]![0]!["aitbc"]!["output_price"]!);
    }

    [Fact]
    public async Task The_cheaper_provider_is_chosen_and_a_payment_goes_to_its_payee_whoever_is_cheaper_now()
    {
        await using var world = await GatewayWorld.StartAsync(null, Usual, Cheap);
        var (dear, cheap) = (world.Providers[0], world.Providers[1]);
        var buyer = world.Buyer();
        var required = await buyer.AskAsync(Path, Buyer.Chat);
        Assert.Equal(cheap.Provider.ToString(), (string)Buyer.OfferOf(required, "exact")["payTo"]!);

        using var asked = await SendAsync(world, Buyer.Chat, ("X-Aitbc-Exclude", cheap.Provider.ToString()));
        var other = Buyer.Decode(asked, X402Headers.Required)!;
        using var answer = await buyer.PostAsync(Path, Buyer.Chat, buyer.Transfer(other));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(dear.Models.Posts);
        Assert.Empty(cheap.Models.Posts);
    }

    [Fact]
    public async Task A_busy_provider_is_passed_over_before_a_payment_and_replaced_by_the_next_402_after_one()
    {
        await using var world = await GatewayWorld.StartAsync(
            null, Usual, o =>
            {
                Cheap(o);
                o.Ollama.SlotsPerModel = 1;
                o.Ollama.QueuePerModel = 0;
            });
        var (other, busy) = (world.Providers[0], world.Providers[1]);
        var release = new TaskCompletionSource();
        busy.Models.Answer = async context =>
        {
            await release.Task;
            await busy.Models.SayAsync(context, busy.Models.Dialect.Text("late"), busy.Models.Dialect.Done(1, 1));
        };
        var (first, second) = (world.Buyer(), world.Buyer(2));
        var payment = second.Voucher(await second.AskAsync(Path, Buyer.Chat), 1_000_000);
        var earlier = first.Voucher(await first.AskAsync(Path, Buyer.Chat), 1_000_000);
        var running = first.PostAsync(Path, Buyer.Chat, earlier);
        await GatewayWorld.UntilAsync(() => !busy.Models.Posts.IsEmpty);

        using var replaced = await second.PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(HttpStatusCode.PaymentRequired, replaced.StatusCode);
        Assert.Equal("true", replaced.Headers.GetValues("x-should-retry").Single());
        Assert.Equal(busy.Provider.ToString(), replaced.Headers.GetValues("X-Aitbc-Failover").Single());
        var required = Buyer.Decode(replaced, X402Headers.Required)!;
        Assert.Equal(other.Provider.ToString(), (string)Buyer.OfferOf(required, "exact")["payTo"]!);
        using var served = await second.PostAsync(Path, Buyer.Chat, second.Transfer(required));
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);

        var unpaid = await second.AskAsync(Path, Buyer.Chat);
        Assert.Equal(other.Provider.ToString(), (string)Buyer.OfferOf(unpaid, "exact")["payTo"]!);
        release.SetResult();
        using var late = await running;
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        Assert.Single(busy.Models.Posts);
    }

    [Fact]
    public async Task A_limit_that_nobody_meets_is_named_and_never_stepped_over()
    {
        await using var world = await GatewayWorld.StartAsync(null, Usual);
        await RefusedAsync(world, 409, "price_too_high", ("X-Aitbc-Max-Price", "1"));
        await RefusedAsync(world, 503, "no_provider", ("X-Aitbc-Privacy", "attested"));
        await RefusedAsync(world, 503, "no_provider", ("X-Aitbc-Region", "moon"));
        await RefusedAsync(world, 400, "invalid_request", ("X-Aitbc-Privacy", "secret"));
        await RefusedAsync(world, 400, "invalid_request", (X402Headers.Signature, "AAAA"));
        await RefusedAsync(world, 404, "model_not_found", "{\"model\":\"none\",\"messages\":[]}");
        await RefusedAsync(world, 400, "invalid_request", "{\"messages\":[]}");
        await RefusedAsync(world, 400, "invalid_request", "[1]");
        using var passed = await SendAsync(world, Buyer.Chat, ("X-Aitbc-Max-Price", "1000000"));
        Assert.Equal(HttpStatusCode.PaymentRequired, passed.StatusCode);
        Assert.Empty(world.Providers[0].Models.Posts);
    }

    [Fact]
    public async Task A_caller_has_a_bounded_number_of_requests_at_once()
    {
        await using var world = await GatewayWorld.StartAsync(o => o with { GatewayConcurrent = 1 }, Usual);
        var provider = world.Providers[0];
        var release = new TaskCompletionSource();
        provider.Models.Answer = async context =>
        {
            await release.Task;
            await provider.Models.SayAsync(
                context, provider.Models.Dialect.Text("late"), provider.Models.Dialect.Done(1, 1));
        };
        var buyer = world.Buyer();
        var payment = buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat), 1_000_000);
        var running = buyer.PostAsync(Path, Buyer.Chat, payment);
        await GatewayWorld.UntilAsync(() => !provider.Models.Posts.IsEmpty);
        await RefusedAsync(world, 429, "rate_limited", Buyer.Chat);
        release.SetResult();
        using var answer = await running;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var next = await SendAsync(world, Buyer.Chat);
        Assert.Equal(HttpStatusCode.PaymentRequired, next.StatusCode);
    }

    [Fact]
    public async Task Nobody_links_without_the_token_of_a_registered_provider()
    {
        await using var world = await GatewayWorld.StartAsync(null, Usual);
        using var plain = await world.Http.GetAsync("/v1/providers/link", SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, plain.StatusCode);
        using var stranger = new Aitbc.Sdk.Wallet.LocalSigner(Aitbc.Testing.TestAccounts.Key(2));
        var client = new Aitbc.Sdk.Market.MarketClient(world.Http, stranger, stranger.Address);
        var refused = await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(
            () => client.LinkAsync(SellingWorld.Cancel));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    internal static void Usual(ProviderOptions options)
    {
        // As the world has it: 10 atto-AIT a token of the prompt, 100 of the output.
    }

    internal static void Cheap(ProviderOptions options) =>
        options.ModelPrices[Dialect.Model] = new() { Prompt = 1, Output = 10 };

    internal static Task<HttpResponseMessage> SendAsync(
        GatewayWorld world, string body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return world.Http.SendAsync(request, SellingWorld.Cancel);
    }

    private static Task RefusedAsync(
        GatewayWorld world, int status, string code, params (string Name, string Value)[] headers) =>
        RefusedAsync(world, status, code, Buyer.Chat, headers);

    private static async Task RefusedAsync(
        GatewayWorld world, int status, string code, string body, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(world, body, headers);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!["error"]!;
        Assert.Equal((status, code), ((int)answer.StatusCode, (string)error["code"]!));
        Assert.False((bool)error["charged"]!);
    }
}
