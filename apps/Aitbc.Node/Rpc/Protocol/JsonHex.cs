using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.Protocol;

/// <summary>Quantities and data as JSON-RPC writes them, straight into the answer's bytes.</summary>
internal static class JsonHex
{
    private const int OnStack = 512;

    public static void Quantity(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong value)
    {
        json.WritePropertyName(name);
        json.Quantity(value);
    }

    public static void Quantity(this Utf8JsonWriter json, ulong value)
    {
        Span<byte> text = stackalloc byte[18];
        "0x"u8.CopyTo(text);
        value.TryFormat(text[2..], out var digits, "x");
        json.WriteStringValue(text[..(digits + 2)]);
    }

    public static void Quantity(this Utf8JsonWriter json, ReadOnlySpan<byte> name, UInt256 value)
    {
        json.WritePropertyName(name);
        json.Quantity(value);
    }

    public static void Quantity(this Utf8JsonWriter json, UInt256 value)
    {
        if (value.IsUInt64)
        {
            json.Quantity((ulong)value);
            return;
        }

        Span<byte> bytes = stackalloc byte[UInt256.Length];
        value.WriteBigEndian(bytes);
        Span<byte> text = stackalloc byte[2 * UInt256.Length];
        Convert.TryToHexStringLower(bytes, text, out _);
        var digits = text.TrimStart((byte)'0');
        Span<byte> whole = stackalloc byte[2 + (2 * UInt256.Length)];
        "0x"u8.CopyTo(whole);
        digits.CopyTo(whole[2..]);
        json.WriteStringValue(whole[..(digits.Length + 2)]);
    }

    public static void Data(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        json.WritePropertyName(name);
        json.Data(value);
    }

    public static void Data(this Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        var length = 2 + (2 * value.Length);
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var text = rented is null ? stackalloc byte[OnStack] : rented;
        "0x"u8.CopyTo(text);
        Convert.TryToHexStringLower(value, text[2..], out _);
        json.WriteStringValue(text[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    public static void Data(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Hash256 value)
    {
        json.WritePropertyName(name);
        json.Data(value);
    }

    public static void Data(this Utf8JsonWriter json, Hash256 value)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        value.CopyTo(bytes);
        json.Data(bytes);
    }

    public static void Data(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Address value)
    {
        json.WritePropertyName(name);
        json.Data(value);
    }

    public static void Data(this Utf8JsonWriter json, Address value)
    {
        Span<byte> bytes = stackalloc byte[Address.Length];
        value.CopyTo(bytes);
        json.Data(bytes);
    }
}
