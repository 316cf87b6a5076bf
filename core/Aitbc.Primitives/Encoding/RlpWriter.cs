using System.Numerics;

namespace Aitbc.Primitives.Encoding;

/// <summary>
/// Writes recursive length prefix into one growing buffer. A list is opened with <see cref="StartList"/> and closed
/// with <see cref="EndList"/>, which moves its content by the length of the header.
/// </summary>
public sealed class RlpWriter(int capacity = 256)
{
    private byte[] buffer = new byte[Math.Max(capacity, 16)];
    private int length;

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    /// <summary>What was written, without a copy: the next write changes it.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => buffer.AsMemory(0, length);

    /// <summary>Forgets what was written, keeps the buffer.</summary>
    public void Clear() => length = 0;

    /// <summary>What was written, in a new array.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <summary>Opens a list; give the mark to <see cref="EndList"/>.</summary>
    public int StartList() => length;

    /// <summary>Closes the list opened at the mark.</summary>
    public void EndList(int mark)
    {
        var content = length - mark;
        var header = HeaderLength(content);
        Reserve(header);
        buffer.AsSpan(mark, content).CopyTo(buffer.AsSpan(mark + header));
        WriteHeader(buffer.AsSpan(mark), content, 0xc0);
        length += header;
    }

    /// <summary>Writes a string.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 1 && bytes[0] < 0x80)
        {
            WriteRaw(bytes);
            return;
        }

        var header = HeaderLength(bytes.Length);
        Reserve(header + bytes.Length);
        WriteHeader(buffer.AsSpan(length), bytes.Length, 0x80);
        bytes.CopyTo(buffer.AsSpan(length + header));
        length += header + bytes.Length;
    }

    /// <summary>Writes an integer without leading zeros.</summary>
    public void Write(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        Write(bytes[(BitOperations.LeadingZeroCount(value) / 8)..]);
    }

    /// <summary>Writes an integer without leading zeros.</summary>
    public void Write(UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[UInt256.Length];
        value.WriteBigEndian(bytes);
        Write(bytes.TrimStart((byte)0));
    }

    /// <summary>Writes 20 bytes.</summary>
    public void Write(Address value)
    {
        Span<byte> bytes = stackalloc byte[Address.Length];
        value.CopyTo(bytes);
        Write(bytes);
    }

    /// <summary>Writes 20 bytes, or the empty string for null.</summary>
    public void Write(Address? value)
    {
        if (value is { } address)
            Write(address);
        else
            Write(default(ReadOnlySpan<byte>));
    }

    /// <summary>Writes 32 bytes.</summary>
    public void Write(Hash256 value)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        value.CopyTo(bytes);
        Write(bytes);
    }

    /// <summary>Writes bytes that are already RLP (or a type byte before it).</summary>
    public void WriteRaw(ReadOnlySpan<byte> encoded)
    {
        Reserve(encoded.Length);
        encoded.CopyTo(buffer.AsSpan(length));
        length += encoded.Length;
    }

    /// <summary>Writes the header of a list at the end of a span, for a content that follows it.</summary>
    /// <returns>The length of the header.</returns>
    internal static int WriteListHeaderBefore(Span<byte> before, int content)
    {
        var header = HeaderLength(content);
        WriteHeader(before[^header..], content, 0xc0);
        return header;
    }

    private static int HeaderLength(int content) => content <= 55 ? 1 : 1 + BytesOf(content);

    private static int BytesOf(int value) => 4 - (BitOperations.LeadingZeroCount((uint)value) / 8);

    private static void WriteHeader(Span<byte> target, int content, byte kind)
    {
        if (content <= 55)
        {
            target[0] = (byte)(kind + content);
            return;
        }

        var bytes = BytesOf(content);
        target[0] = (byte)(kind + 55 + bytes);
        for (var i = 0; i < bytes; i++)
            target[bytes - i] = (byte)(content >> (8 * i));
    }

    private void Reserve(int more)
    {
        if (length + more > buffer.Length)
            Array.Resize(ref buffer, Math.Max(checked(length + more), buffer.Length * 2));
    }
}
