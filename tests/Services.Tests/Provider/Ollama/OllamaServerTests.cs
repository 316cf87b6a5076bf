using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Ollama;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Services.Tests.Provider.Ollama;

public sealed class OllamaServerTests
{
    private static readonly OllamaChat Question =
        new("tiny", [new("system", "Be brief."), new("user", "What is 2+2?")], 32, 7);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_completion_is_collected_and_its_tokens_are_counted()
    {
        await using var ollama = await ScriptedOllama.StartAsync();
        using var server = Server(ollama);

        var outcome = await server.ChatAsync(Question, Stop);

        Assert.Equal(EngineEnds.Completed, outcome.End);
        Assert.Equal("Two plus two is four.", Encoding.UTF8.GetString(outcome.Output.Span));
        Assert.Equal(23UL, outcome.Units);
        Assert.Equal("ollama/0.9.9 tiny@sha256:0011", outcome.Version);
    }

    [Fact]
    public async Task The_limit_of_tokens_the_seed_and_the_messages_reach_the_server()
    {
        await using var ollama = await ScriptedOllama.StartAsync();
        using var server = Server(ollama);

        await server.ChatAsync(Question, Stop);

        using var sent = JsonDocument.Parse(ollama.LastRequest!);
        var options = sent.RootElement.GetProperty("options");
        Assert.Equal("tiny", sent.RootElement.GetProperty("model").GetString());
        Assert.Equal(32, options.GetProperty("num_predict").GetInt32());
        Assert.Equal(7, options.GetProperty("seed").GetInt32());
        Assert.Equal(
            ["system:Be brief.", "user:What is 2+2?"],
            sent.RootElement.GetProperty("messages").EnumerateArray()
                .Select(m => m.GetProperty("role").GetString() + ":" + m.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task A_prompt_count_that_ollama_omits_is_not_charged()
    {
        var outcome = await AnswerAsync(ScriptedOllama.Part("Two plus two"), ScriptedOllama.Done("\"eval_count\":6"));

        Assert.Equal(6UL, outcome.Units);
    }

    [Theory]
    [InlineData("\"prompt_eval_count\":17,\"eval_count\":33")]
    [InlineData("\"prompt_eval_count\":17,\"eval_count\":30")]
    [InlineData("\"prompt_eval_count\":17,\"eval_count\":-1")]
    [InlineData("\"prompt_eval_count\":-5,\"eval_count\":2")]
    [InlineData("\"prompt_eval_count\":90000,\"eval_count\":2")]
    public async Task Counts_that_cannot_be_true_fail_the_job_instead_of_being_billed(string counts)
    {
        var outcome = await AnswerAsync(ScriptedOllama.Part("Four."), ScriptedOllama.Done(counts));

        Assert.Equal(EngineEnds.EngineUntrusted, outcome.End);
        Assert.Equal(0UL, outcome.Units);
        Assert.Equal(0, outcome.Output.Length);
    }

    [Fact]
    public async Task Counts_that_are_no_numbers_of_their_size_fail_the_job()
    {
        var outcome = await AnswerAsync(
            ScriptedOllama.Part("Four."), ScriptedOllama.Done("\"eval_count\":99999999999999"));

        Assert.False(outcome.Succeeded);
    }

    [Fact]
    public async Task Thinking_counts_as_text_that_was_generated_and_is_no_output()
    {
        const string thought =
            "{\"model\":\"tiny:latest\",\"created_at\":\"2026-01-02T03:04:05Z\","
            + "\"message\":{\"role\":\"assistant\",\"content\":\"\","
            + "\"thinking\":\"Let me add these numbers.\"},\"done\":false}";

        var outcome = await AnswerAsync(thought, ScriptedOllama.Part("4"), ScriptedOllama.Done("\"eval_count\":20"));

        Assert.Equal("4", Encoding.UTF8.GetString(outcome.Output.Span));
        Assert.Equal(20UL, outcome.Units);
    }

    [Fact]
    public async Task An_answer_that_stops_without_its_last_line_is_not_finished()
    {
        Assert.Equal(EngineEnds.EngineFault, (await AnswerAsync(ScriptedOllama.Part("Two plus"))).End);
    }

    [Fact]
    public async Task A_connection_cut_in_the_middle_is_not_finished()
    {
        await using var ollama = await ScriptedOllama.StartAsync();
        using var server = Server(ollama);
        ollama.Chat = async context =>
        {
            await ScriptedOllama.LinesAsync(context, ScriptedOllama.Part("Two plus"));
            context.Abort();
        };

        Assert.Equal(EngineEnds.EngineFault, (await server.ChatAsync(Question, Stop)).End);
    }

    [Fact]
    public async Task An_error_line_in_the_stream_fails_the_job()
    {
        var outcome = await AnswerAsync(
            ScriptedOllama.Part("Two"), "{\"error\":\"an error was encountered while running the model\"}");

        Assert.Equal(EngineEnds.EngineFault, outcome.End);
    }

    [Theory]
    [InlineData(404, EngineEnds.ModelMissing)]
    [InlineData(400, EngineEnds.RequestInvalid)]
    [InlineData(500, EngineEnds.EngineFault)]
    [InlineData(302, EngineEnds.EngineFault)]
    public async Task An_error_status_is_a_typed_end(int status, string end)
    {
        await using var ollama = await ScriptedOllama.StartAsync();
        using var server = Server(ollama);
        ollama.Chat = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = ollama.Url + "/api/version";
            await context.Response.WriteAsync("{\"error\":\"model 'tiny' not found\"}");
        };

        var outcome = await server.ChatAsync(Question, Stop);

        Assert.Equal(end, outcome.End);
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("[1,2,3]")]
    [InlineData("{\"message\":5,\"done\":true}")]
    public async Task Garbage_is_a_typed_end(string line)
    {
        Assert.Equal(EngineEnds.EngineFault, (await AnswerAsync(line)).End);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_at_its_bound()
    {
        await using var ollama = await ScriptedOllama.StartAsync();
        using var server = new OllamaServer(
            new() { Host = ollama.Url, MaxResponseBytes = 100_000 }, TimeProvider.System);
        ollama.Chat = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await ScriptedOllama.LinesAsync(context, ScriptedOllama.Part(new string('x', 1000)));
        };

        Assert.Equal(EngineEnds.OutputExceeded, (await server.ChatAsync(Question, Stop)).End);
    }

    [Fact]
    public async Task A_model_that_is_not_installed_is_never_asked_for()
    {
        await using var ollama = await ScriptedOllama.StartAsync();
        using var server = Server(ollama);

        var outcome = await server.ChatAsync(Question with { Model = "absent" }, Stop);

        Assert.Equal(EngineEnds.ModelMissing, outcome.End);
        Assert.Equal(0, ollama.Chats);
    }

    [Fact]
    public async Task A_server_that_is_down_is_typed_and_found_quickly()
    {
        using var server = new OllamaServer(new() { Host = $"127.0.0.1:{ClosedPort()}" }, TimeProvider.System);

        Assert.Null(await server.DetectAsync(Stop));
        Assert.Equal(EngineEnds.EngineUnreachable, (await server.ChatAsync(Question, Stop)).End);
    }

    [Fact]
    public async Task A_server_that_accepts_and_stays_silent_is_not_waited_for()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var host = silent.LocalEndpoint.ToString();
        using var server = new OllamaServer(new() { Host = host, DetectMs = 50 }, TimeProvider.System);

        Assert.Null(await server.DetectAsync(Stop));
    }

    [Fact]
    public async Task A_completion_that_hangs_ends_at_its_time_limit()
    {
        await using var ollama = await ScriptedOllama.StartAsync();
        using var server = new OllamaServer(new() { Host = ollama.Url, MaxWallMs = 100 }, TimeProvider.System);
        ollama.Chat = context =>
            Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Equal(EngineEnds.TimeExceeded, (await server.ChatAsync(Question, Stop)).End);
    }

    [Fact]
    public async Task Cancellation_by_the_caller_is_thrown_and_no_end()
    {
        await using var ollama = await ScriptedOllama.StartAsync();
        using var server = Server(ollama);
        using var stop = new CancellationTokenSource();
        ollama.Chat = async context =>
        {
            await ScriptedOllama.LinesAsync(context, ScriptedOllama.Part("Two"));
            await stop.CancelAsync();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.ChatAsync(Question, stop.Token));
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

    [Fact]
    public async Task A_real_ollama_answers_when_there_is_one()
    {
        using var server = new OllamaServer(new(), TimeProvider.System);
        var info = await server.DetectAsync(Stop);
        Assert.SkipWhen(info is null, $"no Ollama at {server.Address}");
        Assert.SkipWhen(info!.Models.Count == 0, $"Ollama at {server.Address} has no model");

        var outcome = await server.ChatAsync(Question with { Model = info.Models.Keys.Order().First() }, Stop);

        Assert.Equal(EngineEnds.Completed, outcome.End);
        Assert.True(outcome.Units > 0);
    }

    private static async Task<EngineOutcome> AnswerAsync(params string[] lines)
    {
        await using var ollama = await ScriptedOllama.StartAsync();
        using var server = Server(ollama);
        ollama.Chat = context => ScriptedOllama.LinesAsync(context, lines);
        return await server.ChatAsync(Question, Stop);
    }

    private static OllamaServer Server(ScriptedOllama ollama) => new(new() { Host = ollama.Url }, TimeProvider.System);

    private static int ClosedPort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
