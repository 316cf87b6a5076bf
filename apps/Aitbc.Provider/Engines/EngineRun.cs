using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Engines;

/// <summary>What holds for the stream of every engine, whoever reads it.</summary>
internal static class EngineRun
{
    /// <summary>
    /// Numbers the pieces and makes sure that there is one end and nothing after it. Only the cancellation by the
    /// reader is thrown; a defect of the engine is an end, since a client must not wait for its expiry because of it.
    /// </summary>
    public static async IAsyncEnumerable<NumberedPiece> NumberAsync(
        IAsyncEnumerable<EnginePiece> pieces,
        ILogger log,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        long number = 0;
        EngineOutcome Broken(Exception defect)
        {
            log.LogError(defect, "An engine broke.");
            return EngineOutcome.Fail(EngineEnds.EngineFault, "The engine broke.");
        }

        await foreach (var piece in EndAsync(pieces, Broken, cancellation))
        {
            yield return new NumberedPiece(++number, piece);
            if (piece is EndPiece)
                yield break;
        }

        var cut = EngineOutcome.Fail(EngineEnds.EngineFault, "The engine stopped without an end.");
        yield return new NumberedPiece(++number, new EndPiece(cut));
    }

    /// <summary>Turns exceptions into ends; an exception for which there is none (null) is thrown.</summary>
    public static async IAsyncEnumerable<EnginePiece> EndAsync(
        IAsyncEnumerable<EnginePiece> pieces,
        Func<Exception, EngineOutcome?> endOf,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // Written out, because C# does not let a loop yield inside of a try with a catch.
        await using var each = pieces.GetAsyncEnumerator(cancellation);
        while (true)
        {
            EnginePiece piece;
            try
            {
                if (!await each.MoveNextAsync())
                    yield break;
                piece = each.Current;
            }
            catch (Exception e) when (!IsStopped(e, cancellation) && endOf(e) is not null)
            {
                piece = new EndPiece(endOf(e)!);
            }

            yield return piece;
            if (piece is EndPiece)
                yield break;
        }
    }

    /// <summary>Reads a stream to its end and gives the output as a whole, of at most so many bytes.</summary>
    public static async Task<EngineOutcome> CollectAsync(
        IAsyncEnumerable<NumberedPiece> pieces, int maxBytes, CancellationToken cancellation)
    {
        var output = new ArrayBufferWriter<byte>();
        await foreach (var (_, piece) in pieces.WithCancellation(cancellation))
        {
            if (piece is EndPiece { Outcome: var outcome })
                return outcome.Succeeded ? outcome with { Output = output.WrittenMemory } : outcome;
            if (piece is TextPiece { IsThought: false } text)
                Encoding.UTF8.GetBytes(text.Text, output);
            else if (piece is BytesPiece part)
                output.Write(part.Bytes.Span);
            if (output.WrittenCount > maxBytes)
                return EngineOutcome.Fail(EngineEnds.OutputExceeded, $"The output has more than {maxBytes} bytes.");
        }

        throw new InvalidOperationException("A numbered stream always has an end.");
    }

    private static bool IsStopped(Exception e, CancellationToken cancellation) =>
        e is OperationCanceledException && cancellation.IsCancellationRequested;
}
