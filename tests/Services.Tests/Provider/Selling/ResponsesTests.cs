using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Sdk.X402;
using Services.Tests.Provider.Models;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>The Responses API of the OpenAI door (specs/provider/doors.md).</summary>
public sealed class ResponsesTests
{
    private const string Path = "/v1/responses";
    private const string Ask =
        """{"model":"tiny","input":"hi","instructions":"Be brief.","max_output_tokens":8,"stream":STREAM}""";

    [Fact]
    public async Task A_response_is_paid_as_a_chat_is_and_charged_for_what_was_counted()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var unpaid = await buyer.PostAsync(Path, Whole());
        Assert.Equal(HttpStatusCode.PaymentRequired, unpaid.StatusCode);
        using var answer = await buyer.OpenAsync(Path, Whole(), 1_000_000);

        var response = JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!;
        Assert.Equal("response", (string)response["object"]!);
        Assert.Equal("completed", (string)response["status"]!);
        var message = Assert.Single(response["output"]!.AsArray())!;
        Assert.Equal("Two plus two is four.", (string)message["content"]![0]!["text"]!);
        Assert.Equal(23, (int)response["usage"]!["total_tokens"]!);
        Assert.Equal("770", (string)response["aitbc"]!["charged"]!); // 17 of the prompt for 10, 6 for 100
        Assert.Equal("770", (string)Buyer.Decode(answer, X402Headers.Response)!["extra"]!["chargedAmount"]!);
        var sent = JsonNode.Parse(world.Models.LastBody)!["messages"]!.AsArray();
        Assert.Equal(["system", "user"], sent.Select(m => (string)m!["role"]!));
    }

    [Fact]
    public async Task A_streamed_response_is_a_sequence_of_typed_events_without_gaps()
    {
        await using var world = await SellingWorld.StartAsync();
        var dialect = world.Models.Dialect;
        world.Models.Answer = context => world.Models.SayAsync(
            context, dialect.Thought("Hm."), dialect.Text("Two "), dialect.Text("four."),
            dialect.Tool("weather", "{\"city\":\"Oslo\"}"), dialect.Done(17, 6));
        using var answer = await world.Buyer().OpenAsync(Path, Streamed(), 1_000_000);

        var text = await answer.Content.ReadAsStringAsync(SellingWorld.Cancel);
        var events = text.Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal))
            .Select(l => JsonNode.Parse(l[6..])!).ToList();
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(e => (int)e["sequence_number"]!));
        Assert.Equal(
            [
                "response.created", "response.in_progress",
                "response.output_item.added", "response.reasoning_text.delta", "response.reasoning_text.done",
                "response.output_item.done",
                "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.delta", "response.output_text.done", "response.content_part.done",
                "response.output_item.done",
                "response.output_item.added", "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "response.output_item.done",
                "response.completed",
            ],
            events.Select(e => (string)e["type"]!));
        Assert.Equal(
            events.Select(e => $"event: {(string)e["type"]!}"),
            text.Split('\n').Where(l => l.StartsWith("event: ", StringComparison.Ordinal)));
        var output = events[^1]["response"]!["output"]!.AsArray();
        Assert.Equal(["reasoning", "message", "function_call"], output.Select(o => (string)o!["type"]!));
        Assert.Equal("Oslo", (string)JsonNode.Parse((string)output[2]!["arguments"]!)!["city"]!);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_with_functions_reaches_the_engine_in_its_own_form()
    {
        await using var world = await SellingWorld.StartAsync();
        const string Body = """
            {"model":"tiny","max_output_tokens":8,
             "tools":[{"type":"function","name":"weather","parameters":{"type":"object"}}],
             "input":[{"role":"user","content":[{"type":"input_text","text":"Oslo?"}]},
                      {"type":"function_call","call_id":"c1","name":"weather","arguments":"{\"city\":\"Oslo\"}"},
                      {"type":"function_call_output","call_id":"c1","output":"rain"}]}
            """;
        using var answer = await world.Buyer().OpenAsync(Path, Body, 1_000_000);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var sent = JsonNode.Parse(world.Models.LastBody)!;
        Assert.Equal(
            ["user", "assistant", "tool"], sent["messages"]!.AsArray().Select(m => (string)m!["role"]!));
        Assert.Equal("weather", (string)sent["tools"]![0]!["function"]!["name"]!);
    }

    [Theory]
    [InlineData("""{"model":"tiny","input":"hi","previous_response_id":"resp_1"}""")]
    [InlineData("""{"model":"tiny","input":"hi","background":true}""")]
    [InlineData("""{"model":"tiny"}""")]
    [InlineData("""{"model":"tiny","input":[{"type":"item_reference","id":"x"}]}""")]
    [InlineData("""{"model":"tiny","input":"hi","tools":[{"type":"web_search"}]}""")]
    [InlineData("""{"model":"tiny","input":[{"role":"user","content":[{"type":"input_file","file_id":"x"}]}]}""")]
    public async Task What_is_not_served_is_refused_before_a_payment_is_asked_for(string body)
    {
        await using var world = await SellingWorld.StartAsync();
        using var answer = await world.Buyer().PostAsync(Path, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(world.Models.Posts);
    }

    [Fact]
    public async Task A_response_that_ends_at_its_limit_is_incomplete()
    {
        await using var world = await SellingWorld.StartAsync();
        world.Models.Answer = context => world.Models.SayAsync(
            context, world.Models.Dialect.Text("Two"), world.Models.Dialect.Done(17, 8, "length"));
        using var answer = await world.Buyer().OpenAsync(Path, Whole(), 1_000_000);
        var response = JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!;
        Assert.Equal("incomplete", (string)response["status"]!);
        Assert.Equal("max_output_tokens", (string)response["incomplete_details"]!["reason"]!);
    }

    private static string Whole() => Ask.Replace("STREAM", "false", StringComparison.Ordinal);

    private static string Streamed() => Ask.Replace("STREAM", "true", StringComparison.Ordinal);
}
