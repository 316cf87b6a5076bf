using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Provider.Doors;
using Aitbc.Sdk.X402;
using Aitbc.Testing;
using Services.Tests.Provider.Models;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>The owner's pause (specs/provider.md).</summary>
public sealed class PauseTests
{
    private const string Path = "/v1/chat/completions";
    private const int Owner = 1;

    [Fact]
    public async Task While_paused_nothing_new_is_taken_also_after_a_restart_and_the_notice_is_told()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var payment = buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat), deposit: 1_000_000);
        await OrderedAsync(world, true, "Back at noon.");

        await RefusedAsync(world, await world.Buyer().PostAsync(Path, Buyer.Chat));
        await RefusedAsync(world, await world.Buyer().PostAsync(Path, Buyer.Chat, payment));
        Assert.Equal(0UL, await world.Chain.NonceAsync(world.Provider, SellingWorld.Cancel)); // no deposit was taken
        await world.RestartAsync();
        await RefusedAsync(world, await world.Buyer().PostAsync(Path, Buyer.Chat, payment));
        Assert.Empty(world.Models.Posts);

        world.Time.Advance(TimeSpan.FromSeconds(1));
        await OrderedAsync(world, false, null);
        using var answer = await world.Buyer().PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task What_is_under_way_goes_on_and_an_earlier_answer_is_given_again()
    {
        await using var world = await SellingWorld.StartAsync();
        var (began, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Models.Answer = async context =>
        {
            await world.Models.SayAsync(context, world.Models.Dialect.Text("Two plus two "));
            began.SetResult();
            await goOn.Task;
            await world.Models.SayAsync(
                context, world.Models.Dialect.Text("is four."), world.Models.Dialect.Done(17, 6));
        };
        var buyer = world.Buyer();
        var payment = buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat), deposit: 1_000_000);
        var waiting = buyer.PostAsync(Path, Buyer.Chat, payment);
        await began.Task.WaitAsync(TimeSpan.FromSeconds(30), SellingWorld.Cancel);
        await OrderedAsync(world, true, null);
        Assert.Equal(1, await RunningAsync(world));
        goOn.SetResult();

        using var answer = await waiting;
        var text = await answer.Content.ReadAsStringAsync(SellingWorld.Cancel);
        Assert.Contains("four", text, StringComparison.Ordinal);
        using var again = await world.Buyer().PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(text, await again.Content.ReadAsStringAsync(SellingWorld.Cancel));
        Assert.Single(world.Models.Posts);
    }

    [Fact]
    public async Task Only_the_provider_s_account_orders_and_no_order_is_taken_twice_or_late()
    {
        await using var world = await SellingWorld.StartAsync();
        var now = world.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal(HttpStatusCode.Unauthorized, await OrderAsync(world, Signed(world, 0, true, null, now)));
        var changed = Signed(world, Owner, true, null, now);
        changed["notice"] = "Another one.";
        Assert.Equal(HttpStatusCode.Unauthorized, await OrderAsync(world, changed));
        Assert.Equal(HttpStatusCode.Conflict, await OrderAsync(world, Signed(world, Owner, true, null, now - 120_000)));
        Assert.Equal(HttpStatusCode.Conflict, await OrderAsync(world, Signed(world, Owner, true, null, long.MinValue)));
        var longest = new string('a', 201);
        Assert.Equal(HttpStatusCode.BadRequest, await OrderAsync(world, Signed(world, Owner, true, longest, now)));
        Assert.Equal(HttpStatusCode.BadRequest, await OrderAsync(world, new JsonObject()));

        var pause = Signed(world, Owner, true, null, now);
        Assert.Equal(HttpStatusCode.OK, await OrderAsync(world, pause));
        Assert.Equal(HttpStatusCode.OK, await OrderAsync(world, Signed(world, Owner, false, null, now + 1)));
        Assert.Equal(HttpStatusCode.Conflict, await OrderAsync(world, pause));
        await world.RestartAsync();
        Assert.Equal(HttpStatusCode.Conflict, await OrderAsync(world, pause));
        using var open = await world.Buyer().PostAsync(Path, Buyer.Chat);
        Assert.Equal(HttpStatusCode.PaymentRequired, open.StatusCode);
    }

    private static async Task OrderedAsync(SellingWorld world, bool paused, string? notice) => Assert.Equal(
        HttpStatusCode.OK,
        await OrderAsync(
            world, Signed(world, Owner, paused, notice, world.Time.GetUtcNow().ToUnixTimeMilliseconds())));

    private static JsonObject Signed(SellingWorld world, int account, bool paused, string? notice, long at)
    {
        var message = OwnerDoor.Message(world.Provider, paused, notice, at);
        var signature = TestAccounts.Key(account).Sign(Eip191.HashMessage(Encoding.UTF8.GetBytes(message)));
        var order = new JsonObject
        {
            ["paused"] = paused,
            ["atMs"] = at,
            ["signature"] = Hex.ToHex(signature.ToBytes65()),
        };
        if (notice is not null)
            order["notice"] = notice;
        return order;
    }

    private static async Task<HttpStatusCode> OrderAsync(SellingWorld world, JsonObject order)
    {
        using var answer = await world.Http.PostAsJsonAsync("/v1/owner/mode", order, SellingWorld.Cancel);
        return answer.StatusCode;
    }

    private static async Task RefusedAsync(SellingWorld world, HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(60), answer.Headers.RetryAfter?.Delta);
            Assert.False(answer.Headers.Contains(X402Headers.Required));
            var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!["error"]!;
            Assert.Equal("provider_paused", (string)error["code"]!);
            Assert.Contains("Back at noon.", (string)error["message"]!, StringComparison.Ordinal);
        }

        var health = JsonNode.Parse(await world.Http.GetStringAsync("/health", SellingWorld.Cancel))!;
        Assert.True((bool)health["paused"]!);
    }

    private static async Task<int> RunningAsync(SellingWorld world) =>
        (int)JsonNode.Parse(await world.Http.GetStringAsync("/v1/sales", SellingWorld.Cancel))!["running"]!;
}
