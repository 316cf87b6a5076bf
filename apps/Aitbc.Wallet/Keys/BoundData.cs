using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Aitbc.Wallet.Keys;

/// <summary>
/// Associated data of a ciphertext (specs/wallet.md): a domain word and fields, each with its length before it, so
/// that no two lists of fields give the same bytes.
/// </summary>
internal static class BoundData
{
    public static byte[] Of(string domain, params ReadOnlySpan<byte[]> fields)
    {
        var writer = new ArrayBufferWriter<byte>();
        Append(writer, Encoding.UTF8.GetBytes(domain));
        foreach (var field in fields)
            Append(writer, field);
        return writer.WrittenSpan.ToArray();
    }

    public static byte[] Number(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Text(string? value) => Encoding.UTF8.GetBytes(value ?? "");

    private static void Append(ArrayBufferWriter<byte> writer, byte[] field)
    {
        BinaryPrimitives.WriteInt32BigEndian(writer.GetSpan(4), field.Length);
        writer.Advance(4);
        writer.Write(field);
    }
}
