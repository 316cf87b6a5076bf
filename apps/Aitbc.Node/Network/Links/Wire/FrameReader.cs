namespace Aitbc.Node.Network.Links.Wire;

/// <summary>Frames of a stream, one after the other.</summary>
internal sealed class FrameReader(Stream stream)
{
    private readonly byte[] buffer = new byte[32 << 10];
    private readonly FrameAssembler assembler = new();
    private int start;
    private int end;

    /// <summary>The next frame; null at the end of the stream.</summary>
    /// <exception cref="LinkFault">What comes is no frame.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            if (TryTake(out var frame))
                return frame;
            start = 0;
            end = await stream.ReadAsync(buffer, cancel);
            if (end == 0)
                return null;
        }
    }

    private bool TryTake(out Frame frame)
    {
        var bytes = (ReadOnlySpan<byte>)buffer.AsSpan(start, end - start);
        var isWhole = assembler.TryTake(ref bytes, out frame);
        start = end - bytes.Length;
        return isWhole;
    }
}
