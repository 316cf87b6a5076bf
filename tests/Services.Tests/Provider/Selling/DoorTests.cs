using System.Net;
using System.Text.Json.Nodes;
using Services.Tests.Provider.Models;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>What the doors pass on and what they keep to themselves.</summary>
public sealed class DoorTests
{
    [Fact]
    public async Task Tools_are_passed_through_and_called_in_the_form_of_each_door()
    {
        await using var world = await SellingWorld.StartAsync();
        world.Models.Answer = context => world.Models.SayAsync(
            context, world.Models.Dialect.Tool("weather", "{\"city\":\"Oslo\"}"), world.Models.Dialect.Done(20, 9));
        var buyer = world.Buyer();
        const string Tools =
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":{}}}]";
        using var first = await buyer.OpenAsync(
            "/v1/chat/completions",
            "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":64,"
                + Tools + "}",
            10_000_000);
        var choice = JsonNode.Parse(await first.Content.ReadAsStringAsync(SellingWorld.Cancel))!["choices"]![0]!;
        Assert.Equal("tool_calls", (string)choice["finish_reason"]!);
        Assert.Null(choice["message"]!["content"]);
        var function = choice["message"]!["tool_calls"]![0]!["function"]!;
        Assert.Equal("weather", (string)function["name"]!);
        Assert.Equal("Oslo", (string)JsonNode.Parse((string)function["arguments"]!)!["city"]!);
        Assert.Contains("\"weather\"", world.Models.LastBody, StringComparison.Ordinal);

        buyer.Take(first);
        const string Body =
            "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"stream\":false,"
            + "\"options\":{\"num_predict\":64}," + Tools + "}";
        using var second = await buyer.PayAsync("/api/chat", Body);
        var message = JsonNode.Parse(await second.Content.ReadAsStringAsync(SellingWorld.Cancel))!["message"]!;
        Assert.Equal("Oslo", (string)message["tool_calls"]![0]!["function"]!["arguments"]!["city"]!);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "messages", Buyer.Chat)]
    [InlineData("/api/generate", "prompt", "{\"model\":\"tiny\",\"prompt\":\"hi\",\"options\":{\"num_predict\":8}}")]
    public async Task What_is_asked_for_a_payment_says_what_the_endpoint_takes(string path, string asked, string body)
    {
        await using var world = await SellingWorld.StartAsync();

        var bazaar = (await world.Buyer().AskAsync(path, body))["extensions"]!["bazaar"]!;

        var input = bazaar["info"]!["input"]!;
        Assert.Equal(("http", "POST", "json"),
            ((string)input["type"]!, (string)input["method"]!, (string)input["bodyType"]!));
        Assert.NotNull(input["body"]![asked]);
        var taken = bazaar["schema"]!["properties"]!["input"]!["properties"]!["body"]!;
        Assert.Equal(["model", asked], taken["required"]!.AsArray().Select(r => (string)r!));
        Assert.NotNull(taken["properties"]![asked]!["type"]);
    }

    [Fact]
    public async Task Nothing_of_a_caller_but_the_call_reaches_the_engine()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        world.Http.DefaultRequestHeaders.Add("Authorization", "Bearer sk-secret-of-the-caller");
        world.Http.DefaultRequestHeaders.Add("X-Own-Header", "secret-of-the-caller");
        world.Http.DefaultRequestHeaders.Add("Cookie", "a=secret-of-the-caller");
        var body = Buyer.Chat.Replace("\"max_tokens\"", "\"user\":\"secret-of-the-caller\",\"max_tokens\"",
            StringComparison.Ordinal);
        using var answer = await buyer.OpenAsync("/v1/chat/completions", body, 1_000_000);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var (_, sent, headers) = world.Models.Posts.Single();
        Assert.DoesNotContain("secret-of-the-caller", sent, StringComparison.Ordinal);
        Assert.DoesNotContain(headers, h => h.Value.Contains("secret", StringComparison.Ordinal)
            || h.Key.StartsWith("PAYMENT", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Vectors_are_base64_of_floats_unless_numbers_are_wanted()
    {
        await using var world = await SellingWorld.StartAsync();
        world.Models.Answer = context => context.Response.Body.WriteAsync(
            "{\"model\":\"tiny\",\"embeddings\":[[0.5,-2]],\"prompt_eval_count\":3}"u8.ToArray()).AsTask();
        var buyer = world.Buyer();
        const string Body = """{"model":"tiny","input":"hi","encoding_format":"base64"}""";
        using var first = await buyer.OpenAsync("/v1/embeddings", Body, 100_000);
        var answer = JsonNode.Parse(await first.Content.ReadAsStringAsync(SellingWorld.Cancel))!;
        var bytes = Convert.FromBase64String((string)answer["data"]![0]!["embedding"]!);
        Assert.Equal([0.5f, -2f], [BitConverter.ToSingle(bytes, 0), BitConverter.ToSingle(bytes, 4)]);
        Assert.Equal("30", (string)answer["aitbc"]!["charged"]!);
        buyer.Take(first);
        const string Embed = """{"model":"tiny","input":["hi"]}""";
        using var second = await buyer.PayAsync("/api/embed", Embed);
        var vectors = JsonNode.Parse(await second.Content.ReadAsStringAsync(SellingWorld.Cancel))!["embeddings"]!;
        Assert.Equal(-2, (double)vectors[0]![1]!);
    }

    [Fact]
    public async Task A_request_that_cannot_be_served_is_told_so_before_it_is_asked_to_pay()
    {
        await using var world = await SellingWorld.StartAsync();
        foreach (var (path, body, status) in new (string, string, int)[]
        {
            ("/v1/chat/completions", "{", 400),
            ("/v1/chat/completions", "[]", 400),
            ("/v1/chat/completions", """{"\ud800":1,"\ud801":2}""", 400),
            ("/v1/chat/completions", """{"model":"tiny"}""", 400),
            ("/v1/chat/completions", """{"model":"tiny","messages":"hi"}""", 400),
            ("/v1/chat/completions", """{"model":"tiny","messages":[{"role":"x","content":"hi"}]}""", 400),
            ("/v1/chat/completions", """{"model":"tiny","n":2,"messages":[{"role":"user","content":"hi"}]}""", 400),
            ("/v1/chat/completions", """{"model":"no","messages":[{"role":"user","content":"hi"}]}""", 404),
            ("/v1/embeddings", """{"model":"tiny","input":[[1,2]]}""", 400),
            ("/api/chat", """{"model":7}""", 400),
            ("/api/generate", """{"model":"no","prompt":"hi"}""", 404),
            ("/api/generate", """{"model":"tiny","prompt":""}""", 200),
        })
        {
            using var answer = await world.Buyer().PostAsync(path, body);
            Assert.Equal(status, (int)answer.StatusCode);
            var said = JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!.AsObject();
            Assert.Equal(status != 200, said.ContainsKey("error"));
        }

        Assert.Empty(world.Models.Posts);
    }

    [Fact]
    public async Task At_ten_times_the_capacity_refusals_are_instant_and_the_admitted_are_served()
    {
        await using var world = await SellingWorld.StartAsync(set: o =>
        {
            o.Ollama.SlotsPerModel = 1;
            o.Ollama.QueuePerModel = 1;
        });
        var hold = new TaskCompletionSource();
        var plain = world.Models.Answer;
        world.Models.Answer = async context =>
        {
            await hold.Task.WaitAsync(context.RequestAborted);
            await plain(context);
        };
        var buyers = Enumerable.Range(0, 2).Select(world.Buyer).Where((_, i) => i != 1).Append(world.Buyer(2)).ToList();
        var payments = new List<string>();
        foreach (var buyer in buyers)
            payments.Add(buyer.Voucher(await buyer.AskAsync("/v1/chat/completions", Buyer.Chat), 1_000_000));
        var admitted = buyers.Zip(payments)
            .Select(b => b.First.PostAsync("/v1/chat/completions", Buyer.Chat, b.Second)).ToList();
        await RefusedPaymentTests.WaitUntilAsync(
            () => world.Service<Aitbc.Provider.Selling.SalesDesk>().Running == 2 && !world.Models.Posts.IsEmpty);

        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 20; i++)
        {
            var started = System.Diagnostics.Stopwatch.GetTimestamp();
            using var refused = await world.Buyer().PostAsync("/v1/chat/completions", Buyer.Chat);
            var took = System.Diagnostics.Stopwatch.GetElapsedTime(started);
            slowest = i > 0 && took > slowest ? took : slowest;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        // 50 ms is the promise; a machine that is busy with other tests gets some more.
        Assert.True(slowest < TimeSpan.FromMilliseconds(250), $"A refusal took {slowest.TotalMilliseconds} ms.");
        hold.SetResult();
        foreach (var answer in await Task.WhenAll(admitted))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
