using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Coordinator.Discovery;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Services.Tests.Coordinator.Facilitator;

/// <summary>Discovery of specs/market/facilitator.md.</summary>
public sealed class DiscoveryTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task What_was_settled_here_and_describes_itself_is_listed_in_pages_and_what_moved_nothing_is_not()
    {
        await using var world = await FacilitatorWorld.StartAsync();
        var (buyer, required) = (world.Buyer(), FacilitatorWorld.Required());
        JsonObject Body(string url, string type = "http")
        {
            var body = FacilitatorWorld.Body(required, buyer.Transfer(required));
            body["paymentPayload"]!["resource"] = new JsonObject { ["url"] = url, ["description"] = "Weather" };
            body["paymentPayload"]!["extensions"] = Bazaar(type);
            return body;
        }

        await world.PostAsync("verify", Body("https://shop.example/unpaid"));
        foreach (var name in new[] { "b", "a", "c" })
            Assert.True((bool)(await world.PostAsync("settle", Body($"https://shop.example/{name}")))["success"]!);
        var all = await ListAsync("discovery/resources");
        var second = await ListAsync("x402/discovery/resources?limit=1&offset=1&scheme=exact&type=http");
        var none = await ListAsync($"discovery/resources?payTo={buyer.Address}");

        Assert.Equal(["https://shop.example/a", "https://shop.example/b", "https://shop.example/c"], Addresses(all));
        var item = all["items"]![0]!;
        Assert.Equal(("Weather", 2), ((string)item["description"]!, (int)item["x402Version"]!));
        Assert.Equal("1234", (string)item["accepts"]![0]!["amount"]!);
        Assert.Equal("POST", (string)item["extensions"]!["bazaar"]!["info"]!["input"]!["method"]!);
        Assert.Equal(["https://shop.example/b"], Addresses(second));
        Assert.Equal(3, (int)second["pagination"]!["total"]!);
        Assert.Empty(Addresses(none));
        using var wrong = await world.Http.GetAsync("discovery/resources?limit=101", FacilitatorWorld.Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        async Task<JsonObject> ListAsync(string path) =>
            JsonNode.Parse(await world.Http.GetStringAsync(path, FacilitatorWorld.Cancel))!.AsObject();

        static IEnumerable<string> Addresses(JsonObject list) =>
            list["items"]!.AsArray().Select(i => (string)i!["resource"]!);
    }

    [Fact]
    public void The_shelf_is_bounded_and_forgets_what_is_no_longer_seen()
    {
        var shelf = new DiscoveryShelf(_time);
        JsonElement[] offers = [JsonSerializer.SerializeToElement(new { scheme = "exact" })];
        void Put(string address, JsonNode? extensions = null) => shelf.Put(
            address, offers, null, JsonSerializer.SerializeToElement(extensions ?? Bazaar("http")));

        Put("ftp://shop.example/");
        Put("http://user:secret@shop.example/");
        Put("no address");
        Put("http://shop.example/" + new string('x', 2048));
        Put("http://shop.example/", new JsonObject());
        Put("http://shop.example/", Bazaar(new string('x', 17_000)));
        shelf.Put("http://shop.example/", [], null, JsonSerializer.SerializeToElement(Bazaar("http")));
        Assert.Empty(shelf.List(_ => true));

        Put("http://shop.example/first");
        _time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < DiscoveryShelf.Most; i++)
            Put($"http://shop.example/{i}");
        Assert.Equal(DiscoveryShelf.Most, shelf.List(_ => true).Count);
        Assert.DoesNotContain(shelf.List(_ => true), r => r.Resource.EndsWith("first", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromHours(25));
        Assert.Empty(shelf.List(_ => true));
    }

    private static JsonObject Bazaar(string type) => new()
    {
        ["bazaar"] = new JsonObject
        {
            ["info"] = new JsonObject { ["input"] = new JsonObject { ["type"] = type, ["method"] = "POST" } },
            ["schema"] = new JsonObject { ["type"] = "object" },
        },
    };
}
