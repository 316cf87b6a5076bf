using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Engines.OpenAi;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;
using Microsoft.AspNetCore.Http;
using Services.Tests.Wallet;
using Xunit;

namespace Services.Tests.Provider.Models;

public sealed class OpenAiServerTests : ModelServerSuite
{
    private protected override Dialect Dialect => Dialect.OpenAi;

    [Fact]
    public async Task Usage_is_always_asked_for()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);

        var outcome = await CollectAsync(server.Chat(Question));

        using var sent = JsonDocument.Parse(scripted.LastBody);
        Assert.True(sent.RootElement.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.Equal(32, sent.RootElement.GetProperty("max_tokens").GetInt32());
        Assert.Equal("openai-compatible tiny:latest@fp_1", outcome.Version);
    }

    [Fact]
    public async Task An_answer_without_usage_is_typed_and_carries_the_own_count()
    {
        var outcome = await AnswerAsync(Dialect.Text("Two"), Dialect.Text(" plus"), Dialect.Done(null, null));

        Assert.Equal((EngineEnds.UsageMissing, 2UL), (outcome.End, outcome.Units));
    }

    [Fact]
    public async Task No_output_tokens_for_an_answer_with_text_is_a_lie() => Assert.Equal(
        EngineEnds.EngineUntrusted, (await AnswerAsync(Dialect.Text("Two"), Dialect.Done(17, 0))).End);

    [Fact]
    public async Task A_sum_that_is_none_is_a_lie()
    {
        var done = Dialect.Done(17, 6).Replace("\"total_tokens\":23", "\"total_tokens\":24", StringComparison.Ordinal);

        Assert.Equal(EngineEnds.EngineUntrusted, (await AnswerAsync(Dialect.Text("Two plus"), done)).End);
    }

    [Fact]
    public async Task Usage_without_the_closing_word_is_not_finished()
    {
        var done = Dialect.Done(17, 1).Replace("data: [DONE]\n\n", "", StringComparison.Ordinal);

        Assert.Equal(EngineEnds.EngineFault, (await AnswerAsync(Dialect.Text("Two"), done)).End);
    }

    [Fact]
    public async Task Comments_other_fields_and_carriage_returns_are_no_hindrance()
    {
        var whole = ": keep-alive\r\n\r\nevent: x\nid: 1\n"
            + (Dialect.Text("Two") + Dialect.Done(17, 1)).Replace("\n", "\r\n", StringComparison.Ordinal);

        Assert.Equal("Two", Encoding.UTF8.GetString((await AnswerAsync(whole)).Output.Span));
    }

    [Fact]
    public async Task The_key_comes_from_its_file_and_nothing_of_the_caller_goes_with_it()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "key");
        await File.WriteAllTextAsync(file, "sk-provider\n", Stop);
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = new OpenAiServer(
            new() { Url = new Uri(scripted.Url + "/v1"), KeyFile = file }, TimeProvider.System);
        // A trace of the caller's request would be sent along by default.
        using var activity = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();

        await CollectAsync(server.ChatAsync(Question, Queueing.MayBeRefused, Stop));

        var headers = scripted.Posts.Single().Headers;
        Assert.Equal("Bearer sk-provider", headers["Authorization"]);
        Assert.Equal(
            ["Authorization", "Content-Length", "Content-Type", "Host"], headers.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("")]
    [InlineData("sch\u00f6n")]
    public async Task A_file_that_holds_no_key_is_refused_without_showing_it(string text)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "key");
        await File.WriteAllTextAsync(file, text, Stop);

        var refused = Assert.Throws<FormatException>(() => new OpenAiServer(
            new() { Url = new Uri("http://127.0.0.1:1/v1"), KeyFile = file }, TimeProvider.System));

        Assert.True(text.Length == 0 || !refused.Message.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_models_that_are_sold_are_listed_and_asked_for()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        var limits = new OpenAiLimits { Url = new Uri(scripted.Url + "/v1/") };
        limits.Models.Add("other");
        using var server = new OpenAiServer(limits, TimeProvider.System);

        var list = await server.ModelsAsync(Stop);
        var outcome = await CollectAsync(server.ChatAsync(Question, Queueing.MayBeRefused, Stop));

        Assert.Empty(list!.Models);
        Assert.Equal(EngineEnds.ModelMissing, outcome.End);
        Assert.Empty(scripted.Posts);
    }

    [Theory]
    [InlineData("{\"data\":[{\"index\":1,\"embedding\":[3,4]},{\"index\":0,\"embedding\":[1,2]}],"
        + "\"usage\":{\"prompt_tokens\":4}}", EngineEnds.Completed)]
    [InlineData("""{"data":[{"index":0,"embedding":[1,2]}],"usage":{"prompt_tokens":4}}""", EngineEnds.EngineFault)]
    [InlineData("{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[1,2]}],"
        + "\"usage\":{\"prompt_tokens\":4}}", EngineEnds.EngineFault)]
    [InlineData("{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":0,\"embedding\":[1,2]}],"
        + "\"usage\":{\"prompt_tokens\":4}}", EngineEnds.EngineFault)]
    [InlineData("{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":1,\"embedding\":[1,2]}]}",
        EngineEnds.UsageMissing)]
    [InlineData("{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":1,\"embedding\":[1,2]}],"
        + "\"usage\":{\"prompt_tokens\":4000}}", EngineEnds.EngineUntrusted)]
    public async Task Vectors_are_taken_only_when_they_are_those_that_were_asked_for(string json, string end)
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Answer = context => context.Response.WriteAsync(json);

        var answer = await server.Models.EmbedAsync(new(Dialect.Model, ["a", "b"]), Queueing.MayBeRefused, Stop);

        Assert.Equal(end, answer.Outcome.End);
        if (end == EngineEnds.Completed)
            Assert.Equal([[1f, 2f], [3f, 4f]], answer.Vectors);
    }

    [Fact]
    public async Task A_text_is_continued()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Answer = context => scripted.SayAsync(
            context,
            "data: {\"object\":\"text_completion\",\"choices\":[{\"index\":0,\"text\":\"is four\","
            + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":2}}\n\n",
            "data: [DONE]\n\n");
        var call = new GenerateCall { Model = Dialect.Model, Prompt = "Two plus two ", MaxOutputTokens = 8 };

        var outcome = await CollectAsync(server.Models.GenerateAsync(call, Queueing.MayBeRefused, Stop));

        Assert.Equal("/v1/completions", scripted.Posts.Single().Path);
        Assert.Equal(("is four", 6UL), (Encoding.UTF8.GetString(outcome.Output.Span), outcome.Units));
    }

    [Fact]
    public async Task A_job_that_was_admitted_waits_for_its_model_and_the_next_one_is_told_to_come_again()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        var limits = new OpenAiLimits { Url = new Uri(scripted.Url + "/v1"), SlotsPerModel = 1, QueuePerModel = 0 };
        using var server = new OpenAiServer(limits, TimeProvider.System);
        var engine = new OpenAiEngine(limits, new UnitPrice(1, 1), server);
        var spec = new JobSpec
        {
            Engine = JobSpec.OpenAiEngine,
            OpenAi = new OpenAiSpec
            {
                Model = Dialect.Model,
                Messages = [new("user", "What is 2+2?")],
                MaxOutputTokens = 32,
            },
        };
        var place = server.Slots.TryReserve(Dialect.Model)!;
        await place.EnterAsync(Stop);

        Assert.Null(engine.Problem(spec));
        Assert.NotNull(engine.Busy(spec));
        var waiting = CollectAsync(engine.StreamAsync(spec, new Dictionary<Hash256, ReadOnlyMemory<byte>>(), Stop));
        Assert.False(waiting.IsCompleted);
        place.Dispose();
        var outcome = await waiting;

        Assert.Equal((EngineEnds.Completed, 23UL), (outcome.End, outcome.Units));
        Assert.True(outcome.Units <= engine.WorstCaseUnits(spec));
        Assert.Null(engine.Busy(spec));
    }

    private protected override Tested Server(ScriptedModels scripted, Action<ModelLimits>? set = null)
    {
        var limits = new OpenAiLimits { Url = new Uri(scripted.Url + "/v1") };
        set?.Invoke(limits);
        var server = new OpenAiServer(limits, TimeProvider.System);
        return new Tested(server, server.Slots);
    }
}
