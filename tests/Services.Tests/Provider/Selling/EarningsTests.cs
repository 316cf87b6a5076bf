using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Provider.Doors;
using Aitbc.Testing;
using Services.Tests.Provider.Models;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>The book of what was earned (specs/provider/earnings.md), asked as its owner asks.</summary>
public sealed class EarningsTests
{
    private const string Path = "/v1/chat/completions";
    private const int Owner = 1;
    private const ulong Price = (17 * 10) + (6 * 100); // as the server of models counts

    [Fact]
    public async Task What_was_charged_is_in_the_book_by_day_model_and_client_and_outlives_a_crash()
    {
        await using var world = await SellingWorld.StartAsync();
        var (first, second) = (world.Buyer(0), world.Buyer(2));
        first.Take(await DoneAsync(first.OpenAsync(Path, Buyer.Chat, 1_000_000)));
        await DoneAsync(first.PayAsync(Path, Buyer.Chat));
        var cap = await TransferredAsync(second, Buyer.Chat);
        var today = Today(world);
        var total = new Row("total", 3, 51, 18, (2 * Price) + cap);

        await CheckAsync();
        await world.CrashAsync();
        await CheckAsync();
        await world.RestartGentlyAsync();
        await CheckAsync();

        async Task CheckAsync()
        {
            Row[] days = [total with { Key = today }, total];
            Row[] models = [total with { Key = Dialect.Model }, total];
            Row[] clients =
            [
                new(first.Address.ToString(), 2, 34, 12, 2 * Price), new(second.Address.ToString(), 1, 17, 6, cap),
            ];
            clients = [.. clients.OrderBy(c => c.Key, StringComparer.Ordinal), total];
            Assert.Equal(days, await RowsAsync(world, "day"));
            Assert.Equal(models, await RowsAsync(world, "model"));
            Assert.Equal(clients, await RowsAsync(world, "client"));
            var sales = JsonNode.Parse(await world.Http.GetStringAsync("/v1/sales", SellingWorld.Cancel))!;
            Assert.Equal(total.Charged.ToString(), (string)sales["chargedToday"]!);
            Assert.Equal(0, (int)sales["waiting"]!);
        }
    }

    [Fact]
    public async Task A_book_that_was_lost_since_the_start_is_written_again_from_the_journal()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        await DoneAsync(buyer.OpenAsync(Path, Buyer.Chat, 1_000_000));
        var folder = System.IO.Path.Combine(world.Options.DataDirectory, "earnings");
        await world.RestartAsync(() => Directory.Delete(folder, recursive: true));
        Assert.Equal(new Row("total", 1, 17, 6, Price), (await RowsAsync(world, "day"))[^1]);

        // Torn by a power cut: the half line is told, and the lines behind it are good.
        var file = Assert.Single(Directory.GetFiles(folder));
        await world.RestartAsync(() => File.AppendAllText(file, "0123456789abcdef {\"id\""));
        buyer = world.Buyer();
        buyer.Total = Price;
        await DoneAsync(buyer.PayAsync(Path, Buyer.Chat.Replace("hi", "ho", StringComparison.Ordinal)));
        var report = await AskAsync(world, "day", Today(world));
        Assert.Equal(1, (int)report["damaged"]!);
        Assert.Equal(new Row("total", 2, 34, 12, 2 * Price), RowOf(report["total"]!));
    }

    [Fact]
    public async Task A_transfer_is_earned_once_also_if_its_answer_breaks_and_is_made_again()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var models = world.Models;
        var whole = models.Answer;
        models.Answer = context => models.SayAsync(context, models.Dialect.Text("Two plus ")); // and no end
        var required = await buyer.AskAsync(Path, Buyer.Chat);
        var payment = buyer.Transfer(required);
        using var broken = await buyer.PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(HttpStatusCode.BadGateway, broken.StatusCode);
        var cap = (ulong)Buyer.AmountOf(required, "exact");
        Assert.Equal(new Row("total", 0, 0, 0, cap), (await RowsAsync(world, "day"))[^1]);

        models.Answer = whole;
        for (var i = 0; i < 2; i++)
        {
            await DoneAsync(world.Buyer().PostAsync(Path, Buyer.Chat, payment));
            Assert.Equal(new Row("total", 1, 17, 6, cap), (await RowsAsync(world, "day"))[^1]);
            await world.RestartAsync();
            Directory.Delete(System.IO.Path.Combine(world.Options.DataDirectory, "answers"), recursive: true);
            Directory.CreateDirectory(System.IO.Path.Combine(world.Options.DataDirectory, "answers"));
        }
    }

    [Fact]
    public async Task Only_the_provider_s_account_reads_what_was_earned_and_within_bounds()
    {
        await using var world = await SellingWorld.StartAsync();
        var today = Today(world);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(world, Question(world, "day", today))).StatusCode);
        var foreign = Question(world, "day", today, account: 0);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(world, foreign)).StatusCode);
        var changed = Question(world, "day", today);
        changed["by"] = "client";
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(world, changed)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Conflict, (await PostAsync(world, Question(world, "day", today, late: 61_000))).StatusCode);
        foreach (var wrong in new[]
        {
            Question(world, "hour", today), Question(world, "day", "today"), Question(world, "day", "9999-12-31"),
            new JsonObject(),
        })
            Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(world, wrong)).StatusCode);
        foreach (var limit in new[] { 0, 1001 })
        {
            var many = Question(world, "day", today);
            many["limit"] = limit;
            Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(world, many)).StatusCode);
        }
    }

    private static string Today(SellingWorld world) => world.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd");

    private static async Task<HttpResponseMessage> DoneAsync(Task<HttpResponseMessage> asked)
    {
        var answer = await asked;
        var text = await answer.Content.ReadAsStringAsync(SellingWorld.Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return answer;
    }

    private static async Task<ulong> TransferredAsync(Buyer buyer, string body)
    {
        var required = await buyer.AskAsync(Path, body);
        await DoneAsync(buyer.PostAsync(Path, body, buyer.Transfer(required)));
        return (ulong)Buyer.AmountOf(required, "exact");
    }

    /// <summary>The rows and the total behind them.</summary>
    private static async Task<Row[]> RowsAsync(SellingWorld world, string by)
    {
        var report = await AskAsync(world, by, Today(world));
        Assert.Equal(0, (int)report["damaged"]!);
        return [.. report["rows"]!.AsArray().Append(report["total"]).Select(r => RowOf(r!))];
    }

    private static Row RowOf(JsonNode row) => new(
        (string)row["key"]!, (long)row["answers"]!, ulong.Parse((string)row["promptTokens"]!),
        ulong.Parse((string)row["outputTokens"]!), ulong.Parse((string)row["charged"]!));

    private static async Task<JsonNode> AskAsync(SellingWorld world, string by, string day)
    {
        using var answer = await PostAsync(world, Question(world, by, day));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!;
    }

    private static JsonObject Question(SellingWorld world, string by, string until, int account = Owner, long late = 0)
    {
        var at = world.Time.GetUtcNow().ToUnixTimeMilliseconds() - late;
        var since = until.StartsWith("9999", StringComparison.Ordinal) ? "2020-01-01" : until;
        var message = EarningsDoor.Message(world.Provider, since, until, by, "", at);
        var signature = TestAccounts.Key(account).Sign(Eip191.HashMessage(Encoding.UTF8.GetBytes(message)));
        return new JsonObject
        {
            ["since"] = since,
            ["until"] = until,
            ["by"] = by,
            ["atMs"] = at,
            ["signature"] = Hex.ToHex(signature.ToBytes65()),
        };
    }

    private static Task<HttpResponseMessage> PostAsync(SellingWorld world, JsonObject question) =>
        world.Http.PostAsJsonAsync("/v1/owner/earnings", question, SellingWorld.Cancel);

    private sealed record Row(string Key, long Answers, ulong Prompt, ulong Output, ulong Charged);
}
