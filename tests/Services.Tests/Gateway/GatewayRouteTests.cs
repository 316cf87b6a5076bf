using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Coordinator.Gateway;
using Aitbc.Coordinator.Outbound;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Aitbc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Services.Tests.Provider.Selling;
using Xunit;

namespace Services.Tests.Gateway;

/// <summary>Providers at addresses of their own, and providers that lie or fail.</summary>
public sealed class GatewayRouteTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_provider_is_asked_at_its_address_only_where_that_is_allowed()
    {
        await using var shop = await FakeShop.StartAsync(TestAccounts.Key(1).Address);
        foreach (var isAllowed in new[] { false, true })
        {
            await using var world = await GatewayWorld.StartAsync(o => o with { GatewayPrivateAddresses = isAllowed });
            await RegisterAsync(world, 1, shop.Url);
            await world.Catalog.RefreshAsync(Cancel);
            using var answer = await GatewayTests.SendAsync(world, Buyer.Chat);
            Assert.Equal(isAllowed ? 402 : 404, (int)answer.StatusCode);
            Assert.InRange(shop.Asked, isAllowed ? 2 : 0, isAllowed ? 3 : 0);
        }
    }

    [Fact]
    public async Task A_402_that_pays_anybody_else_is_never_passed_on_and_its_provider_is_left_out()
    {
        await using var thief = await FakeShop.StartAsync(TestAccounts.Key(9).Address);
        await using var world = await GatewayWorld.StartAsync(o => o with { GatewayPrivateAddresses = true });
        await RegisterAsync(world, 1, thief.Url);
        await world.Catalog.RefreshAsync(Cancel);
        for (var i = 0; i < 5; i++)
        {
            using var answer = await GatewayTests.SendAsync(world, Buyer.Chat);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.False(answer.Headers.Contains("PAYMENT-REQUIRED"));
        }

        Assert.InRange(thief.Asked, 1 + 3, 2 + 3);
    }

    [Fact]
    public async Task Of_those_that_cost_the_same_the_one_with_the_better_score_is_asked()
    {
        await using var first = await FakeShop.StartAsync(TestAccounts.Key(1).Address);
        await using var second = await FakeShop.StartAsync(TestAccounts.Key(2).Address);
        await using var world = await GatewayWorld.StartAsync(o => o with { GatewayPrivateAddresses = true });
        await RegisterAsync(world, 1, first.Url);
        await RegisterAsync(world, 2, second.Url);
        var better = TestAccounts.Key(2).Address;
        await using (var db = await world.Services
            .GetRequiredService<IDbContextFactory<CoordinatorDbContext>>().CreateDbContextAsync(Cancel))
        {
            db.Standings.Add(new StandingRow
            {
                Provider = better,
                Score = 700,
                Week = 1_000_000, // no count is due before then
                Payers = 1,
                Stale = false,
                Bonded = false,
            });
            await db.SaveChangesAsync(Cancel);
        }

        await world.Catalog.RefreshAsync(Cancel);
        for (var i = 0; i < 4; i++)
        {
            using var answer = await GatewayTests.SendAsync(world, Buyer.Chat);
            Assert.Equal(402, (int)answer.StatusCode);
            Assert.Equal(better.ToString(), Assert.Single(answer.Headers.GetValues(GatewayAsk.ProviderHeader)));
        }
    }

    [Fact]
    public void A_provider_that_fails_is_out_for_longer_each_time_until_it_works()
    {
        var time = new FakeTimeProvider();
        var health = new ProviderHealth(time);
        for (var round = 0; round < 3; round++)
        {
            Assert.True(health.MayProbe);
            while (health.MayTry)
                health.Failed();
            if (round > 0)
                health.Failed();
            Assert.False(health.MayProbe);
            time.Advance(TimeSpan.FromSeconds(5 << round) - TimeSpan.FromTicks(1));
            Assert.False(health.MayProbe);
            time.Advance(TimeSpan.FromTicks(1));
            Assert.True(health.MayProbe);
            Assert.False(health.MayTry);
        }

        health.Worked();
        Assert.True(health.MayTry);
        health.Busy(TimeSpan.FromDays(1));
        Assert.False(health.MayTry);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(health.MayTry);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:192.168.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    public void Only_addresses_of_the_public_network_are_public(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    [Fact]
    public void What_a_provider_lists_is_bounded_and_odd_rows_are_left_out()
    {
        var rows = string.Join(',', Enumerable.Range(0, 1_000).Select(i =>
            $$$"""{"id":"m{{{i}}}","aitbc":{"prompt_price":"1","output_price":"2","warm":true}}"""));
        Assert.Equal(256, ModelList.Read(Encoding.UTF8.GetBytes($$"""{"data":[{{rows}}]}""")).Count);
        Assert.Empty(ModelList.Read("""
            {"data":[1,{"id":5},{"id":"","aitbc":{"prompt_price":"1","output_price":"1"}},
            {"id":"a","aitbc":{"prompt_price":"-1","output_price":"1"}},
            {"id":"b","aitbc":{"prompt_price":1,"output_price":"1"}},
            {"id":"c","aitbc":{"prompt_price":"1","output_price":"1e3"}},{"id":"d"}]}
            """u8.ToArray()));
        foreach (var bad in new[] { "", "[]", "{}", "{\"data\":{}}", "\u0000" })
            Assert.Throws<InvalidDataException>(() => ModelList.Read(Encoding.UTF8.GetBytes(bad)));
    }

    [Fact]
    public void The_marks_of_a_stream_are_its_last_event_and_the_last_count_of_its_provider()
    {
        var marks = new StreamMarks(null);
        Assert.Null(marks.LastEvent);
        marks.Saw("id: 0\ndata: {\"content\":\"id: 99\"}\n\nid: 1\n: aitbc {\"tokens\":32,\"charge\":\"3200\"}\n\n"u8);
        Assert.Equal((1, 3200UL), (marks.LastEvent, (ulong)marks.Paid));
        marks.Saw("id: 2\ndata: {\"text\":\": aitbc {\\\"charge\\\":\\\"9\\\"}\"}\n\n"u8);
        Assert.Equal((2, 3200UL), (marks.LastEvent, (ulong)marks.Paid));
        marks.Saw("id: 3\n: aitbc {\"charge\":\"4000\",\"charged\":\"3700\"}\n\nid: x\n\n: aitbc nonsense\n\n"u8);
        Assert.Equal(2, marks.LastEvent);
        var transfer = Convert.ToBase64String(
            """{"success":true,"transaction":"0x01","network":"eip155:7777","amount":"55"}"""u8);
        Assert.Equal(55UL, (ulong)new StreamMarks(transfer).Paid);
    }

    [Fact]
    public async Task Providers_with_an_address_are_discovered_unless_their_402_pays_somebody_else()
    {
        await using var shop = await FakeShop.StartAsync(TestAccounts.Key(1).Address);
        await using var thief = await FakeShop.StartAsync(TestAccounts.Key(9).Address);
        await using var world = await GatewayWorld.StartAsync(o => o with { GatewayPrivateAddresses = true });
        await RegisterAsync(world, 1, shop.Url);
        await RegisterAsync(world, 2, thief.Url);
        await world.Catalog.RefreshAsync(Cancel);

        await world.Catalog.DiscoverAsync(Cancel);

        var list = JsonNode.Parse(await world.Http.GetStringAsync("/discovery/resources", Cancel))!;
        var item = Assert.Single(list["items"]!.AsArray())!;
        Assert.Equal($"{shop.Url}/v1/chat/completions", (string)item["resource"]!);
        Assert.Equal(TestAccounts.Key(1).Address.ToString(), (string)item["accepts"]![0]!["payTo"]!);
    }

    private static async Task RegisterAsync(GatewayWorld world, int account, string url)
    {
        using var key = new LocalSigner(TestAccounts.Key(account));
        await new MarketClient(world.Http, key, key.Address).RegisterAsync(
            url, [new Offer("ollama", "model", "tokens", 1, 1, 1_000)], Cancel);
    }

    /// <summary>A server at an address that says whom to pay, and counts what it is asked.</summary>
    private sealed class FakeShop(WebApplication app) : IAsyncDisposable
    {
        private int asked;

        public int Asked => Volatile.Read(ref asked);

        public string Url => app.Urls.Single();

        public static async Task<FakeShop> StartAsync(Address payTo)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
            var app = builder.Build();
            var shop = new FakeShop(app);
            app.MapGet("/v1/models", () => shop.Answer(Results.Content(
                """{"data":[{"id":"tiny","aitbc":{"prompt_price":"1","output_price":"2","warm":true}}]}""",
                "application/json")));
            app.MapPost("/v1/chat/completions", (HttpContext http) =>
            {
                http.Response.Headers["PAYMENT-REQUIRED"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(new JsonObject
                {
                    ["x402Version"] = 2,
                    ["accepts"] = new JsonArray(new JsonObject
                    {
                        ["scheme"] = "exact",
                        ["network"] = "eip155:7777",
                        ["amount"] = "10",
                        ["asset"] = TestAccounts.Key(0).Address.ToString(),
                        ["payTo"] = payTo.ToString(),
                        ["maxTimeoutSeconds"] = 60,
                        ["extra"] = new JsonObject(),
                    }),
                    ["extensions"] = JsonNode.Parse("""{"bazaar":{"info":{"input":{"type":"http"}},"schema":{}}}"""),
                }.ToJsonString()));
                return shop.Answer(Results.StatusCode(402));
            });
            await app.StartAsync(Cancel);
            return shop;
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        private IResult Answer(IResult result)
        {
            Interlocked.Increment(ref asked);
            return result;
        }
    }
}
