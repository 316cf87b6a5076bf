using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Engines.Ollama;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Services.Tests.Provider.Models;

public sealed class OllamaServerTests : ModelServerSuite
{
    private protected override Dialect Dialect => Dialect.Ollama;

    [Fact]
    public async Task The_receipt_names_the_version_of_the_server_and_the_digest_of_the_model()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);

        var outcome = await CollectAsync(server.Chat(Question with { Model = "tiny" }));

        Assert.Equal("ollama/0.9.9 tiny@sha256:0011", outcome.Version);
    }

    [Fact]
    public async Task Limits_context_keep_alive_seed_and_messages_reach_the_server()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);

        await CollectAsync(server.Chat(Question));

        using var sent = JsonDocument.Parse(scripted.LastBody);
        var options = sent.RootElement.GetProperty("options");
        Assert.Equal(Dialect.Model, sent.RootElement.GetProperty("model").GetString());
        Assert.Equal(32, options.GetProperty("num_predict").GetInt32());
        Assert.Equal(8192, options.GetProperty("num_ctx").GetInt32());
        Assert.Equal(7, options.GetProperty("seed").GetInt32());
        Assert.Equal(300, sent.RootElement.GetProperty("keep_alive").GetInt32());
        Assert.False(sent.RootElement.GetProperty("truncate").GetBoolean());
        Assert.Equal(
            ["system:Be brief.", "user:What is 2+2?"],
            sent.RootElement.GetProperty("messages").EnumerateArray()
                .Select(m => m.GetProperty("role").GetString() + ":" + m.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task A_tool_call_of_the_conversation_has_an_object_as_arguments_and_anything_else_is_refused()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        ChatCall With(string arguments) => Question with
        {
            Turns =
            [
                new("assistant", "") { ToolCalls = [new("call_1", "weather", arguments)] },
                new("tool", "cold") { ToolName = "weather", ToolCallId = "call_1" },
            ],
        };

        await CollectAsync(server.Chat(With("{\"city\":\"Oslo\"}")));
        var refused = await CollectAsync(server.Chat(With("{\"city\":")));

        using var sent = JsonDocument.Parse(scripted.Posts.Single().Body);
        var function = sent.RootElement.GetProperty("messages")[0].GetProperty("tool_calls")[0].GetProperty("function");
        Assert.Equal("Oslo", function.GetProperty("arguments").GetProperty("city").GetString());
        Assert.Equal(EngineEnds.RequestInvalid, refused.End);
    }

    [Theory]
    [InlineData(null, 6L, 6UL)] // a cached prompt
    [InlineData(17L, null, 17UL)]
    public async Task A_count_that_ollama_omits_is_not_charged(long? prompt, long? output, ulong units) =>
        Assert.Equal(units, (await AnswerAsync(Dialect.Text("Two plus two"), Dialect.Done(prompt, output))).Units);

    [Fact]
    public async Task A_prompt_counted_beyond_the_context_is_a_lie()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = new OllamaServer(new() { Host = scripted.Url, ContextTokens = 128 }, TimeProvider.System);
        scripted.Answer = context => scripted.SayAsync(context, Dialect.Text("Two"), Dialect.Done(129, 1));

        var outcome = await CollectAsync(server.ChatAsync(Question, Queueing.MayBeRefused, Stop));

        Assert.Equal(EngineEnds.EngineUntrusted, outcome.End);
    }

    [Fact]
    public async Task A_model_that_is_not_installed_is_never_asked_for()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);

        var outcome = await CollectAsync(server.Chat(Question with { Model = "absent" }));

        Assert.Equal(EngineEnds.ModelMissing, outcome.End);
        Assert.Empty(scripted.Posts);
    }

    [Theory]
    [InlineData("{\"models\":[]}", false, null)]
    [InlineData("{\"models\":[{\"name\":\"tiny:latest\",\"size_vram\":5,\"context_length\":8192}]}", true, 8192L)]
    public async Task What_is_loaded_is_warm(string running, bool warm, long? context)
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Running = running;

        var list = await server.Models.ModelsAsync(Stop);

        var model = Assert.Single(list!.Models);
        Assert.Equal((warm, context, ScriptedModels.Digest), (model.Warm, model.ContextTokens, model.Digest));
        Assert.Equal(["completion", "tools"], model.Capabilities);
    }

    [Fact]
    public async Task A_text_is_continued()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Answer = context => scripted.SayAsync(
            context,
            "{\"model\":\"tiny\",\"response\":\"is \",\"done\":false}\n",
            "{\"model\":\"tiny\",\"response\":\"four\",\"done\":false}\n",
            "{\"model\":\"tiny\",\"response\":\"\",\"done\":true,\"done_reason\":\"length\",\"eval_count\":2}\n");
        var call = new GenerateCall { Model = Dialect.Model, Prompt = "Two plus two ", MaxOutputTokens = 8 };

        var outcome = await CollectAsync(server.Models.GenerateAsync(call, Queueing.MayBeRefused, Stop));

        Assert.Equal("/api/generate", scripted.Posts.Single().Path);
        Assert.Equal(
            ("is four", 2UL, "length"),
            (Encoding.UTF8.GetString(outcome.Output.Span), outcome.Units, outcome.FinishReason));
    }

    [Theory]
    [InlineData("{\"embeddings\":[[1,2],[3,4]],\"prompt_eval_count\":4}", EngineEnds.Completed)]
    [InlineData("{\"embeddings\":[[1,2]],\"prompt_eval_count\":4}", EngineEnds.EngineFault)]
    [InlineData("{\"embeddings\":[[1e99,2],[3,4]]}", EngineEnds.EngineFault)]
    [InlineData("{\"embeddings\":[[],[]]}", EngineEnds.EngineFault)]
    [InlineData("{\"embeddings\":[[1,2],[3,4]],\"prompt_eval_count\":4000}", EngineEnds.EngineUntrusted)]
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
    public async Task A_server_that_is_down_is_typed_and_found_quickly()
    {
        using var server = new OllamaServer(new() { Host = $"127.0.0.1:{ClosedPort()}" }, TimeProvider.System);

        Assert.Null(await server.ModelsAsync(Stop));
        var outcome = await CollectAsync(server.ChatAsync(Question, Queueing.MayBeRefused, Stop));
        Assert.Equal(EngineEnds.EngineUnreachable, outcome.End);
    }

    [Fact]
    public async Task A_server_that_accepts_and_stays_silent_is_not_waited_for()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var host = silent.LocalEndpoint.ToString();
        using var server = new OllamaServer(new() { Host = host, DetectMs = 50 }, TimeProvider.System);

        Assert.Null(await server.ModelsAsync(Stop));
    }

    [Theory]
    [InlineData(null, "http://127.0.0.1:11434/")]
    [InlineData("", "http://127.0.0.1:11434/")]
    [InlineData("0.0.0.0", "http://127.0.0.1:11434/")]
    [InlineData(":8080", "http://127.0.0.1:8080/")]
    [InlineData("10.0.0.5", "http://10.0.0.5:11434/")]
    [InlineData("gpu:80", "http://gpu/")]
    [InlineData("http://gpu:9000", "http://gpu:9000/")]
    [InlineData("https://gpu", "https://gpu/")]
    public void Every_form_of_ollama_host_is_understood(string? text, string expected) =>
        Assert.Equal(expected, OllamaAddress.Parse(text).ToString());

    [Theory]
    [InlineData("ftp://gpu")]
    [InlineData("a b c")]
    public void Another_text_is_no_address(string text) =>
        Assert.Throws<FormatException>(() => OllamaAddress.Parse(text));

    private protected override Tested Server(ScriptedModels scripted, Action<ModelLimits>? set = null)
    {
        var limits = new OllamaLimits { Host = scripted.Url };
        set?.Invoke(limits);
        var server = new OllamaServer(limits, TimeProvider.System);
        return new Tested(server, server.Slots);
    }

    private static int ClosedPort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
