using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider;
using Aitbc.Provider.Selling;
using Services.Tests.Provider.Delivery;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>Prices that follow what is asked, and offers that stay good (specs/provider/payments.md).</summary>
public sealed class AutoPriceTests
{
    private const string Path = "/v1/chat/completions";
    private static readonly ModelPrice Set = new() { Prompt = 100, Output = 1000 };

    [Fact]
    public void A_price_rises_when_there_was_no_place_falls_when_idle_and_stays_within_its_bounds()
    {
        var time = new ShiftedTime();
        var folder = Directory.CreateTempSubdirectory("aitbc-prices-").FullName;
        try
        {
            var prices = Prices(folder, time);
            Assert.Equal((100UL, 1000UL), Now(prices));
            Pass(time, prices, prices.Refused, prices.Used);
            Assert.Equal((105UL, 1050UL), Now(prices));
            Pass(time, prices, prices.Refused);
            Assert.Equal((111UL, 1102UL), Now(prices)); // the prompt's is rounded up
            Pass(time, prices, prices.Used);
            Assert.Equal(1102UL, Now(prices).Output);
            for (var i = 0; i < 4; i++)
                Pass(time, prices, prices.Refused);
            Assert.Equal(1200UL, Now(prices).Output);
            Pass(time, prices);
            Assert.Equal(1140UL, Now(prices).Output);

            prices = Prices(folder, time); // a restart
            Assert.Equal(1140UL, Now(prices).Output);
            time.Advance(TimeSpan.FromMinutes(21)); // two idle windows that nobody saw
            Assert.Equal(1140UL - 57 - 54, Now(prices).Output);
            time.Advance(TimeSpan.FromDays(400));
            Assert.Equal((50UL, 500UL), Now(prices));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_offer_stays_good_for_its_time_when_the_price_changes_and_a_paid_answer_for_longer()
    {
        await using var world = await SellingWorld.StartAsync(set: o => o.PriceAuto = new PriceAutoLimits
        {
            Min = 50,
            Max = 200,
            Window = TimeSpan.FromMinutes(5),
        });
        var buyer = world.Buyer();
        var before = await buyer.AskAsync(Path, Buyer.Chat);
        world.Time.Advance(TimeSpan.FromMinutes(5)); // nobody came: it costs less
        var cheaper = await world.Buyer().AskAsync(Path, Buyer.Chat);
        Assert.True(Amount(cheaper) < Amount(before));
        Assert.Equal("95", await OutputPriceAsync(world));

        var payment = buyer.Voucher(before, deposit: 1_000_000);
        using var first = await buyer.PostAsync(Path, Buyer.Chat, payment);
        var text = await first.Content.ReadAsStringAsync(SellingWorld.Cancel);
        Assert.True(first.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal((UInt256)((17 * 10) + (6 * 100)), buyer.Take(first));
        using var second = await buyer.PostAsync(Path, Buyer.Chat, buyer.Voucher(cheaper));
        Assert.Equal((UInt256)(2 * 17 * 10) + (6 * 100) + (6 * 95), buyer.Take(second));

        world.Time.Advance(TimeSpan.FromSeconds(301)); // the offer has ended
        Assert.Equal(
            "No matching payment requirements",
            await RefusedPaymentTests.CodeAsync(buyer, Buyer.Chat, buyer.Voucher(before)));
        await world.RestartAsync();
        Assert.Equal("95", await OutputPriceAsync(world)); // in the last window somebody was served
        Assert.Equal(2, world.Models.Posts.Count);
    }

    [Fact]
    public async Task A_transfer_at_an_earlier_price_gets_its_answer_again_and_buys_nothing_new()
    {
        await using var world = await SellingWorld.StartAsync(set: o => o.PriceAuto = new PriceAutoLimits
        {
            Min = 50,
            Max = 200,
            Window = TimeSpan.FromMinutes(5),
        });
        var required = await world.Buyer().AskAsync(Path, Buyer.Chat);
        var payment = world.Buyer().Transfer(required);
        var other = world.Buyer().Transfer(required, a => a with { ValidBefore = a.ValidBefore + 3600 });
        using var first = await world.Buyer().PostAsync(Path, Buyer.Chat, payment);
        var text = await first.Content.ReadAsStringAsync(SellingWorld.Cancel);
        world.Time.Advance(TimeSpan.FromMinutes(16)); // a window with a sale, two without, the offer has ended
        Assert.Equal("91", await OutputPriceAsync(world));
        using var again = await world.Buyer().PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(text, await again.Content.ReadAsStringAsync(SellingWorld.Cancel));
        Assert.Equal(
            "No matching payment requirements", await RefusedPaymentTests.CodeAsync(world.Buyer(), Buyer.Chat, other));
        Assert.Single(world.Models.Posts);
    }

    private static AutoPrices Prices(string folder, TimeProvider time) => new(
        new ProviderOptions
        {
            DataDirectory = folder,
            NodeUrl = new Uri("http://127.0.0.1:1"),
            WalletUrl = new Uri("http://127.0.0.1:1"),
            WalletTokenFile = "x",
            PriceAuto = new PriceAutoLimits { Min = 500, Max = 1200 },
        },
        time);

    private static (ulong Prompt, ulong Output) Now(AutoPrices prices)
    {
        var price = prices.Of("tiny", Set);
        return (price.Prompt, price.Output);
    }

    private static void Pass(ShiftedTime time, AutoPrices prices, params Action<string>[] events)
    {
        Now(prices);
        foreach (var happen in events)
            happen("tiny");
        time.Advance(TimeSpan.FromMinutes(10));
    }

    private static UInt256 Amount(JsonObject required) => Buyer.AmountOf(required, "batch-settlement");

    private static async Task<string> OutputPriceAsync(SellingWorld world)
    {
        var models = JsonNode.Parse(await world.Http.GetStringAsync("/v1/models", SellingWorld.Cancel))!;
        return (string)models["data"]![0]!["aitbc"]!["output_price"]!;
    }
}
