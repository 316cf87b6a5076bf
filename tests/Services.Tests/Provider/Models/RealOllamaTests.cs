using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Engines.Ollama;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Services.Tests.Provider.Models;

/// <summary>The promises of the wire tests, held by a real Ollama where one answers.</summary>
public sealed class RealOllamaTests : IDisposable
{
    private readonly OllamaServer _server = new(new(), TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_real_Ollama_answers_in_pieces_with_counts_that_can_be_true()
    {
        var call = await QuestionAsync();
        var pieces = new List<NumberedPiece>();
        await foreach (var piece in Number(_server.ChatAsync(call, Queueing.MayBeRefused, Stop), Stop))
            pieces.Add(piece);

        var end = Assert.IsType<EndPiece>(pieces[^1].Piece).Outcome;
        Assert.Equal(EngineEnds.Completed, end.End);
        Assert.True(end.Units > 0);
        Assert.Contains("@", end.Version, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_Ollama_is_warm_after_a_call_and_stops_when_it_is_cancelled()
    {
        var call = await QuestionAsync() with { MaxOutputTokens = 1000 };
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Number(_server.ChatAsync(call, Queueing.MayBeRefused, stop.Token), stop.Token))
                await stop.CancelAsync();
        });

        var list = await _server.ModelsAsync(Stop);
        Assert.True(list!.Find(call.Model)!.Warm);
    }

    public void Dispose() => _server.Dispose();

    private async Task<ChatCall> QuestionAsync()
    {
        var list = await _server.ModelsAsync(Stop);
        Assert.SkipWhen(list is null, $"no Ollama at {_server.Address}");
        Assert.SkipWhen(list!.Models.Count == 0, $"Ollama at {_server.Address} has no model");
        return new ChatCall
        {
            Model = list.Models.Select(m => m.Name).Order(StringComparer.Ordinal).First(),
            Turns = [new("user", "What is 2+2?")],
            MaxOutputTokens = 32,
        };
    }

    private static IAsyncEnumerable<NumberedPiece> Number(
        IAsyncEnumerable<EnginePiece> pieces, CancellationToken stop) =>
        EngineRun.NumberAsync(pieces, NullLogger.Instance, stop);
}
