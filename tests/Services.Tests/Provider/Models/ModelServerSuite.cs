using System.Text;
using System.Text.Json;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Services.Tests.Provider.Models;

/// <summary>What must hold for every server of models, over real sockets in its exact wire format.</summary>
public abstract class ModelServerSuite
{
    private protected static readonly ChatCall Question = new()
    {
        Model = Dialect.Model,
        Turns = [new("system", "Be brief."), new("user", "What is 2+2?")],
        MaxOutputTokens = 32,
        Seed = 7,
    };

    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected abstract Dialect Dialect { get; }

    [Fact]
    public async Task A_completion_comes_in_numbered_pieces_then_usage_then_the_end()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);

        var pieces = await PiecesAsync(server.Chat(Question));

        Assert.Equal([1, 2, 3, 4], pieces.Select(p => p.Number));
        Assert.Equal(
            ["Two plus two ", "is four."], pieces.Select(p => p.Piece).OfType<TextPiece>().Select(t => t.Text));
        Assert.Equal(new UsagePiece(17, 6), pieces[2].Piece);
        var end = Assert.IsType<EndPiece>(pieces[3].Piece).Outcome;
        Assert.Equal((EngineEnds.Completed, 23UL, "stop"), (end.End, end.Units, end.FinishReason));
    }

    [Fact]
    public async Task The_collected_output_is_the_text_without_the_thoughts()
    {
        var outcome = await AnswerAsync(
            Dialect.Thought("Let me add these numbers."), Dialect.Text("4"), Dialect.Done(17, 20));

        Assert.Equal("4", Encoding.UTF8.GetString(outcome.Output.Span));
        Assert.Equal(37UL, outcome.Units);
    }

    [Fact]
    public async Task A_call_of_a_tool_keeps_its_name_and_its_arguments()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Answer = c => scripted.SayAsync(
            c, Dialect.Tool("weather", "{\"city\":\"Oslo\"}"),
            Dialect.Done(17, 12, Dialect == Dialect.Ollama ? "stop" : "tool_calls"));

        var pieces = await PiecesAsync(server.Chat(Question));

        var calls = pieces.Select(p => p.Piece).OfType<ToolCallPiece>().ToList();
        Assert.Equal("weather", string.Concat(calls.Select(c => c.Name)));
        Assert.Equal("{\"city\":\"Oslo\"}", string.Concat(calls.Select(c => c.Arguments)));
        Assert.False(string.IsNullOrEmpty(calls[0].Id));
        Assert.Equal("tool_calls", Assert.IsType<EndPiece>(pieces[^1].Piece).Outcome.FinishReason);
    }

    [Fact]
    public async Task Tools_formats_pictures_and_samplers_reach_the_server()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        var call = Question with
        {
            Turns = [new("user", "What is this?") { Images = [new byte[] { 0x89, (byte)'P', 1, 2, 3 }] }],
            Tools = Json("""[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]"""),
            Format = Json("{\"type\":\"object\",\"properties\":{\"answer\":{\"type\":\"integer\"}}}"),
            Temperature = 0.5,
            TopP = 0.9,
            Stop = ["\n\n"],
        };

        await PiecesAsync(server.Chat(call));

        using var sent = JsonDocument.Parse(scripted.LastBody);
        var text = scripted.LastBody;
        var function = sent.RootElement.GetProperty("tools")[0].GetProperty("function");
        Assert.Equal("f", function.GetProperty("name").GetString());
        Assert.Contains("\"answer\":{\"type\":\"integer\"}", text, StringComparison.Ordinal);
        Assert.Contains("iVABAgM=", text, StringComparison.Ordinal);
        Assert.Contains("0.5", text, StringComparison.Ordinal);
        Assert.True(sent.RootElement.GetProperty("stream").GetBoolean());
    }

    [Theory]
    [InlineData(17, 33)] // more than was allowed
    [InlineData(17, 30)] // more than was seen
    [InlineData(17, -1)]
    [InlineData(-5, 2)]
    [InlineData(90_000, 2)] // more than the prompt has bytes
    [InlineData(17, 1)] // two parts cannot be one token
    [InlineData(long.MaxValue, 2)]
    public async Task Counts_that_cannot_be_true_fail_the_call_instead_of_being_billed(long prompt, long output)
    {
        var outcome = await AnswerAsync(Dialect.Text("Fo"), Dialect.Text("ur."), Dialect.Done(prompt, output));

        Assert.Equal(EngineEnds.EngineUntrusted, outcome.End);
        Assert.Equal(0, outcome.Output.Length);
    }

    [Fact]
    public async Task A_server_that_goes_on_beyond_the_limit_of_tokens_is_stopped()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Answer = async context =>
        {
            while (true)
                await scripted.SayAsync(context, Dialect.Text("x"));
        };

        var pieces = await PiecesAsync(server.Chat(Question));

        var end = Assert.IsType<EndPiece>(pieces[^1].Piece).Outcome;
        Assert.Equal(EngineEnds.EngineUntrusted, end.End);
        Assert.InRange(pieces.Count, 1, 34);
        await scripted.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);
    }

    [Fact]
    public async Task An_answer_without_its_last_record_is_not_finished_and_what_came_is_counted() => Assert.Equal(
        (EngineEnds.EngineFault, 2UL),
        await AnswerAsync(Dialect.Text("Two"), Dialect.Text(" plus")) is var cut ? (cut.End, cut.Units) : default);

    [Fact]
    public async Task A_connection_cut_in_the_middle_of_a_record_is_not_finished()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Answer = async context =>
        {
            await scripted.SayAsync(context, Dialect.Text("Two plus"), Dialect.Text(" two")[..20]);
            context.Abort();
        };

        Assert.Equal(EngineEnds.EngineFault, (await CollectAsync(server.Chat(Question))).End);
    }

    [Fact]
    public async Task An_error_in_the_stream_fails_the_call_and_its_words_are_not_repeated()
    {
        var outcome = await AnswerAsync(Dialect.Text("Two"), Dialect.Error());

        Assert.Equal(EngineEnds.EngineFault, outcome.End);
        Assert.DoesNotContain("CUDA", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, EngineEnds.ModelMissing)]
    [InlineData(400, EngineEnds.RequestInvalid)]
    [InlineData(422, EngineEnds.RequestInvalid)]
    [InlineData(401, EngineEnds.EngineFault)]
    [InlineData(500, EngineEnds.EngineFault)]
    [InlineData(302, EngineEnds.EngineFault)]
    [InlineData(429, EngineEnds.Busy)]
    [InlineData(503, EngineEnds.Busy)]
    public async Task An_error_status_is_a_typed_end(int status, string end)
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Answer = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = scripted.Url + "/v1/models";
            context.Response.Headers.RetryAfter = "7";
            await context.Response.WriteAsync("{\"error\":\"no\"}");
        };

        var outcome = await CollectAsync(server.Chat(Question));

        Assert.Equal(end, outcome.End);
        Assert.Equal(end == EngineEnds.Busy ? TimeSpan.FromSeconds(7) : null, outcome.RetryAfter);
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("[1,2,3]")]
    [InlineData("{\"message\":5,\"choices\":7,\"done\":true}")]
    [InlineData("{\"message\":{\"content\":\"\\ud800\"},\"choices\":[{\"delta\":{\"content\":\"\\ud800\"}}]}")]
    [InlineData("{\"message\":{\"content\":7},\"choices\":[{\"delta\":{\"content\":7}}]}")]
    public async Task Garbage_is_a_typed_end(string json)
    {
        var record = Dialect == Dialect.Ollama ? json + "\n" : "data: " + json + "\n\n";

        Assert.Equal(EngineEnds.EngineFault, (await AnswerAsync(record)).End);
    }

    [Fact]
    public async Task A_page_instead_of_a_stream_is_a_typed_end()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Answer = context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<html>proxy</html>");
        };

        Assert.Equal(EngineEnds.EngineFault, (await CollectAsync(server.Chat(Question))).End);
    }

    [Theory]
    [InlineData(true)] // many records
    [InlineData(false)] // one line without end
    public async Task An_answer_without_end_is_cut_at_its_bound(bool records)
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted, l => (l.MaxResponseBytes, l.MaxLineBytes) = (200_000, 50_000));
        scripted.Answer = async context =>
        {
            while (true)
                await scripted.SayAsync(context, records ? Dialect.Thought("") : new string('x', 1000));
        };

        Assert.Equal(EngineEnds.OutputExceeded, (await CollectAsync(server.Chat(Question))).End);
        await scripted.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);
    }

    [Fact]
    public async Task An_answer_that_drips_byte_by_byte_is_read_as_it_is()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        var whole = Encoding.UTF8.GetBytes(Dialect.Text("vier \u20ac \U0001f600") + Dialect.Done(17, 6));
        scripted.Answer = context => scripted.WriteAsync(context, whole.Select(b => new[] { b }));

        var outcome = await CollectAsync(server.Chat(Question));

        Assert.Equal("vier \u20ac \U0001f600", Encoding.UTF8.GetString(outcome.Output.Span));
    }

    [Fact]
    public async Task A_call_that_hangs_ends_at_its_time_limit_and_the_connection_with_it()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted, l => l.MaxWallMs = 200);
        scripted.Answer = scripted.UntilAbandonedAsync;

        Assert.Equal(EngineEnds.TimeExceeded, (await CollectAsync(server.Chat(Question))).End);
        await scripted.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);
    }

    [Fact]
    public async Task Cancellation_is_thrown_and_stops_the_server()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        using var stop = new CancellationTokenSource();
        scripted.Answer = async context =>
        {
            await scripted.SayAsync(context, Dialect.Text("Two"));
            await scripted.UntilAbandonedAsync(context);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            var pieces = server.Models.ChatAsync(Question, Queueing.MayBeRefused, stop.Token);
            await foreach (var _ in Number(pieces, stop.Token))
                await stop.CancelAsync();
        });

        await scripted.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        Assert.NotNull(server.Slots.TryReserve(Dialect.Model));
    }

    [Fact]
    public async Task A_reader_that_leaves_stops_the_server()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Answer = async context =>
        {
            await scripted.SayAsync(context, Dialect.Text("Two"));
            await scripted.UntilAbandonedAsync(context);
        };

        await foreach (var _ in Number(server.Chat(Question), Stop))
            break;

        await scripted.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);
    }

    [Fact]
    public async Task A_model_without_room_refuses_at_once_and_says_when_to_come_again()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted, l => (l.SlotsPerModel, l.QueuePerModel) = (1, 0));
        using var taken = server.Slots.TryReserve(Dialect.Model);

        var refused = await CollectAsync(server.Chat(Question));

        Assert.Equal(EngineEnds.Busy, refused.End);
        Assert.InRange(refused.RetryAfter!.Value.TotalSeconds, 1, 60);
        Assert.Empty(scripted.Posts);
    }

    [Fact]
    public async Task A_call_beyond_the_limits_never_reaches_the_server()
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);

        var outcome = await CollectAsync(server.Chat(Question with { MaxOutputTokens = 1_000_000 }));

        Assert.Equal(EngineEnds.RequestInvalid, outcome.End);
        Assert.Empty(scripted.Posts);
    }

    private protected abstract Tested Server(ScriptedModels scripted, Action<ModelLimits>? set = null);

    private protected async Task<EngineOutcome> AnswerAsync(params string[] records)
    {
        await using var scripted = await ScriptedModels.StartAsync(Dialect);
        using var server = Server(scripted);
        scripted.Answer = context => scripted.SayAsync(context, records);
        return await CollectAsync(server.Chat(Question));
    }

    private protected static IAsyncEnumerable<NumberedPiece> Number(
        IAsyncEnumerable<EnginePiece> pieces, CancellationToken stop) =>
        EngineRun.NumberAsync(pieces, NullLogger.Instance, stop);

    private protected static Task<EngineOutcome> CollectAsync(IAsyncEnumerable<EnginePiece> pieces) =>
        EngineRun.CollectAsync(Number(pieces, Stop), 1 << 20, Stop);

    private protected static async Task<List<NumberedPiece>> PiecesAsync(IAsyncEnumerable<EnginePiece> pieces)
    {
        var all = new List<NumberedPiece>();
        await foreach (var piece in Number(pieces, Stop))
            all.Add(piece);
        return all;
    }

    private protected static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();

    /// <summary>A server under test with what belongs to it.</summary>
    private protected sealed record Tested(IModelServer Models, ModelSlots Slots) : IDisposable
    {
        public IAsyncEnumerable<EnginePiece> Chat(ChatCall call) =>
            Models.ChatAsync(call, Queueing.MayBeRefused, Stop);

        public void Dispose() => ((IDisposable)Models).Dispose();
    }
}
