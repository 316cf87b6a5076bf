using Aitbc.Provider.Engines;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Services.Tests.Provider.Delivery;

public sealed class EngineRunTests
{
    private static readonly EndPiece Fine = new(EngineOutcome.Complete(default, 3));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_follows_the_end()
    {
        var pieces = await ReadAsync(Of(new TextPiece("a"), Fine, new TextPiece("b"), Fine));

        Assert.Equal([new(1, new TextPiece("a")), new(2, Fine)], pieces);
    }

    [Fact]
    public async Task A_stream_without_an_end_gets_one()
    {
        var pieces = await ReadAsync(Of(new TextPiece("a")));

        Assert.Equal(EngineEnds.EngineFault, Assert.IsType<EndPiece>(pieces[1].Piece).Outcome.End);
    }

    [Fact]
    public async Task A_defect_of_an_engine_is_an_end_even_when_it_is_a_cancellation_of_its_own()
    {
        var pieces = await ReadAsync(Broken());

        Assert.Equal(EngineEnds.EngineFault, Assert.IsType<EndPiece>(pieces[1].Piece).Outcome.End);
    }

    [Fact]
    public async Task Collecting_joins_bytes_and_text_and_leaves_thoughts_out()
    {
        var outcome = await CollectAsync(
            Of(new BytesPiece(new byte[] { 65 }), new TextPiece("B"), new TextPiece("no", true), Fine), 2);

        Assert.Equal("AB"u8.ToArray(), outcome.Output.ToArray());
        Assert.Equal(3UL, outcome.Units);
    }

    [Fact]
    public async Task An_output_beyond_its_bound_is_a_failure() => Assert.Equal(
        EngineEnds.OutputExceeded, (await CollectAsync(Of(new TextPiece("abc"), Fine), 2)).End);

    private static async IAsyncEnumerable<EnginePiece> Of(params EnginePiece[] pieces)
    {
        foreach (var piece in pieces)
        {
            await Task.Yield();
            yield return piece;
        }
    }

    private static async IAsyncEnumerable<EnginePiece> Broken()
    {
        yield return new TextPiece("a");
        await Task.FromCanceled(new CancellationToken(true));
    }

    private static IAsyncEnumerable<NumberedPiece> Number(IAsyncEnumerable<EnginePiece> pieces) =>
        EngineRun.NumberAsync(pieces, NullLogger.Instance, Stop);

    private static Task<EngineOutcome> CollectAsync(IAsyncEnumerable<EnginePiece> pieces, int most) =>
        EngineRun.CollectAsync(Number(pieces), most, Stop);

    private static async Task<List<NumberedPiece>> ReadAsync(IAsyncEnumerable<EnginePiece> pieces)
    {
        var all = new List<NumberedPiece>();
        await foreach (var piece in Number(pieces))
            all.Add(piece);
        return all;
    }
}
