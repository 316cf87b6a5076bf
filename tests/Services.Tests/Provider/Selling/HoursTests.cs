using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Sdk.X402;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>Opening hours (specs/provider.md).</summary>
public sealed class HoursTests
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task Outside_of_its_hours_nothing_new_is_taken_and_what_is_under_way_is_finished()
    {
        var now = DateTimeOffset.UtcNow;
        await using var world = await SellingWorld.StartAsync(
            set: o => o.Hours.Add($"{Text(now.AddHours(-1))}-{Text(now.AddHours(1))}"));
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

        world.Time.Advance(TimeSpan.FromHours(2));
        var opens = await RefusedAsync(world);
        Assert.InRange(opens - world.Time.GetUtcNow(), TimeSpan.FromHours(20.9), TimeSpan.FromHours(21.1));
        goOn.SetResult();
        using (var answer = await waiting)
            Assert.Contains("four", await answer.Content.ReadAsStringAsync(SellingWorld.Cancel));
        using (var again = await world.Buyer().PostAsync(Path, Buyer.Chat, payment))
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);

        world.Time.Advance(opens - world.Time.GetUtcNow());
        using var open = await world.Buyer().PostAsync(Path, Buyer.Chat);
        Assert.Equal(HttpStatusCode.PaymentRequired, open.StatusCode);
    }

    [Fact]
    public void Hours_that_are_none_keep_the_provider_from_starting()
    {
        var options = new Aitbc.Provider.ProviderOptions
        {
            DataDirectory = "x",
            NodeUrl = new Uri("http://127.0.0.1:1"),
            WalletUrl = new Uri("http://127.0.0.1:1"),
            WalletTokenFile = "x",
        };
        options.Hours.Add("8-9");
        Assert.Contains("8-9", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    private static async Task<DateTimeOffset> RefusedAsync(SellingWorld world)
    {
        using var answer = await world.Buyer().PostAsync(Path, Buyer.Chat);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.False(answer.Headers.Contains(X402Headers.Required));
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!["error"]!;
        Assert.Equal("provider_closed", (string)error["code"]!);
        var health = JsonNode.Parse(await world.Http.GetStringAsync("/health", SellingWorld.Cancel))!;
        var at = (string)health["opensAt"]!;
        Assert.Contains(at, (string)error["message"]!, StringComparison.Ordinal);
        var opens = DateTimeOffset.Parse(at, CultureInfo.InvariantCulture);
        Assert.InRange(
            answer.Headers.RetryAfter!.Delta!.Value - (opens - world.Time.GetUtcNow()), TimeSpan.FromSeconds(-1),
            TimeSpan.FromSeconds(2));
        return opens;
    }

    private static string Text(DateTimeOffset at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);
}
