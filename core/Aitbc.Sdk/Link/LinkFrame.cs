using System.Buffers.Binary;

namespace Aitbc.Sdk.Link;

/// <summary>What a frame is (specs/market/link.md).</summary>
internal enum LinkFrameKind : byte
{
    Request = 1,
    Response = 2,
    Data = 3,
    End = 4,
    Reset = 5,
    Credit = 6,
    Load = 7,
    Beat = 8,
}

/// <summary>One message of the WebSocket: a kind, the number of a stream, a payload.</summary>
internal static class LinkFrame
{
    public static byte[] Write(LinkFrameKind kind, uint stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[LinkLimits.HeaderBytes + payload.Length];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), stream);
        payload.CopyTo(frame.AsSpan(LinkLimits.HeaderBytes));
        return frame;
    }

    public static byte[] Credit(uint stream, int bytes)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, bytes);
        return Write(LinkFrameKind.Credit, stream, number);
    }

    /// <summary>Null if the message is no frame or longer than its kind may be.</summary>
    public static (LinkFrameKind Kind, uint Stream, ReadOnlyMemory<byte> Payload)? Read(ReadOnlyMemory<byte> message)
    {
        if (message.Length < LinkLimits.HeaderBytes)
            return null;
        var kind = (LinkFrameKind)message.Span[0];
        var length = message.Length - LinkLimits.HeaderBytes;
        var most = kind switch
        {
            LinkFrameKind.Request or LinkFrameKind.Response => LinkLimits.MostHeadBytes,
            LinkFrameKind.Data => LinkLimits.MostDataBytes,
            LinkFrameKind.Reset => LinkLimits.LongestCode,
            LinkFrameKind.Credit => 4,
            LinkFrameKind.Load => 256,
            LinkFrameKind.End or LinkFrameKind.Beat => 0,
            _ => -1,
        };
        var stream = BinaryPrimitives.ReadUInt32BigEndian(message.Span[1..]);
        var isOfLink = kind is LinkFrameKind.Load or LinkFrameKind.Beat;
        return length <= most && isOfLink == (stream == 0) && (kind != LinkFrameKind.Credit || length == 4)
            ? (kind, stream, message[LinkLimits.HeaderBytes..]) : null;
    }
}
