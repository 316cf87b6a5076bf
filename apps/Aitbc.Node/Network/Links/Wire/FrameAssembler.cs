using System.Buffers.Binary;

namespace Aitbc.Node.Network.Links.Wire;

/// <summary>
/// Makes frames out of bytes as they come, in pieces of any length. What it holds grows with what has arrived, not with
/// what a length announced (F1).
/// </summary>
internal sealed class FrameAssembler
{
    private const int FirstPiece = 16 << 10;
    private readonly byte[] header = new byte[Frame.HeaderLength];
    private byte[] payload = [];
    private int length;
    private int filled;
    private int headerFilled;

    /// <summary>True while a frame has begun and is not whole.</summary>
    public bool IsWithin => headerFilled > 0;

    /// <summary>Takes bytes off the front until a frame is whole or there are none left.</summary>
    /// <returns>True if <paramref name="frame"/> is whole; its payload belongs to the caller.</returns>
    /// <exception cref="LinkFault">Class or length is not allowed; nothing more may be read from this peer.</exception>
    public bool TryTake(ref ReadOnlySpan<byte> bytes, out Frame frame)
    {
        frame = default;
        if (headerFilled < Frame.HeaderLength)
        {
            headerFilled += Move(ref bytes, header.AsSpan(headerFilled));
            if (headerFilled < Frame.HeaderLength)
                return false;
            Begin();
        }

        while (filled < length && !bytes.IsEmpty)
        {
            if (filled == payload.Length)
                Array.Resize(ref payload, (int)Math.Min(length, 2L * payload.Length));
            filled += Move(ref bytes, payload.AsSpan(filled));
        }

        if (filled < length)
            return false;
        frame = new Frame(header[4], payload);
        headerFilled = 0;
        payload = [];
        return true;
    }

    private void Begin()
    {
        var announced = BinaryPrimitives.ReadUInt32BigEndian(header);
        var longest = Frame.Longest(header[4]);
        if (longest < 0)
            throw new LinkFault("a frame of a class that does not exist");
        if (announced > longest)
            throw new LinkFault("a frame longer than its class allows");
        length = (int)announced;
        filled = 0;
        payload = new byte[Math.Min(length, FirstPiece)];
    }

    private static int Move(ref ReadOnlySpan<byte> from, Span<byte> to)
    {
        var count = Math.Min(from.Length, to.Length);
        from[..count].CopyTo(to);
        from = from[count..];
        return count;
    }
}
