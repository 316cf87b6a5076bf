using System.Buffers.Binary;

namespace Aitbc.Node.Network.Links.Wire;

/// <summary>Puts small frames together, so that many votes make one record of TLS; long ones go as they are.</summary>
internal sealed class FrameWriter(Stream stream)
{
    private const int Piece = 64 << 10;
    private readonly byte[] buffer = new byte[32 << 10];
    private int used;

    /// <summary>Called when the other side has taken something.</summary>
    public Action? Progressed { get; init; }

    /// <summary>A control frame that stands alone.</summary>
    public static byte[] Control(ControlKind kind, ReadOnlySpan<byte> content) => [(byte)kind, .. content];

    public async ValueTask WriteAsync(Frame frame, CancellationToken cancel)
    {
        var length = frame.Payload.Length;
        if (used + Frame.HeaderLength > buffer.Length)
            await FlushAsync(cancel);
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(used), length);
        buffer[used + 4] = frame.Class;
        used += Frame.HeaderLength;
        if (length <= buffer.Length - used)
        {
            frame.Payload.CopyTo(buffer.AsMemory(used));
            used += length;
            return;
        }

        await FlushAsync(cancel);
        for (var rest = frame.Payload; !rest.IsEmpty;)
        {
            var piece = rest[..Math.Min(Piece, rest.Length)];
            await stream.WriteAsync(piece, cancel);
            Progressed?.Invoke();
            rest = rest[piece.Length..];
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        if (used == 0)
            return;
        await stream.WriteAsync(buffer.AsMemory(0, used), cancel);
        used = 0;
        Progressed?.Invoke();
    }
}
