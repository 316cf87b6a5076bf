using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Protocol;

/// <summary>
/// Reads single values of a request from the request's own bytes; anything malformed is -32602. Lenient where clients
/// differ: leading zeros and upper-case digits are read.
/// </summary>
internal static class RpcValue
{
    public static Address Address(JsonElement element)
    {
        Span<byte> bytes = stackalloc byte[Primitives.Address.Length];
        return TryHex(element, bytes)
            ? Primitives.Address.FromBytes(bytes)
            : throw RpcError.InvalidParams("invalid argument: not an address");
    }

    public static Hash256 Hash(JsonElement element, string what = "a 32-byte hash") =>
        TryHash(element, out var hash) ? hash : throw RpcError.InvalidParams($"invalid argument: not {what}");

    public static bool TryHash(JsonElement element, out Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        var isHash = TryHex(element, bytes);
        hash = isHash ? Hash256.FromBytes(bytes) : default;
        return isHash;
    }

    /// <summary>A slot of storage: up to 32 bytes, as data or as a quantity.</summary>
    public static Hash256 Slot(JsonElement element) => Hash256.FromUInt256(Quantity(element));

    public static byte[] Bytes(JsonElement element)
    {
        var digits = Digits(element, out var isHex);
        if (isHex && (digits.Length & 1) == 0)
        {
            var bytes = new byte[digits.Length / 2];
            if (IsDone(digits, bytes))
                return bytes;
        }

        throw RpcError.InvalidParams("invalid argument: not hex data");
    }

    public static UInt256 Quantity(JsonElement element)
    {
        var digits = Digits(element, out var isHex);
        Span<byte> padded = stackalloc byte[2 * UInt256.Length];
        Span<byte> bytes = stackalloc byte[UInt256.Length];
        if (isHex && digits.Length is > 0 and <= 2 * UInt256.Length)
        {
            padded.Fill((byte)'0');
            digits.CopyTo(padded[(padded.Length - digits.Length)..]);
            if (IsDone(padded, bytes))
                return UInt256.FromBigEndian(bytes);
        }

        throw RpcError.InvalidParams("invalid argument: not a quantity");
    }

    public static ulong UInt64(JsonElement element) => Quantity(element) is { IsUInt64: true } value
        ? (ulong)value
        : throw RpcError.InvalidParams("invalid argument: number too large");

    /// <summary>A quantity, or a number as older clients send it.</summary>
    public static ulong Count(JsonElement element) => element.ValueKind == JsonValueKind.Number
        ? element.TryGetUInt64(out var count) ? count : throw RpcError.InvalidParams("invalid argument: not a count")
        : UInt64(element);

    /// <summary>An EIP-2930 list. What bounds a request bounds its length.</summary>
    public static IReadOnlyList<AccessListEntry> AccessList(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
            throw RpcError.InvalidParams("invalid argument: the access list is not a list");
        var list = new List<AccessListEntry>(element.GetArrayLength());
        foreach (var entry in element.EnumerateArray())
        {
            var keys = Member(entry, "storageKeys"u8);
            if (keys.ValueKind != JsonValueKind.Array)
                throw RpcError.InvalidParams("invalid argument: storageKeys is not a list");
            list.Add(new AccessListEntry(
                Address(Member(entry, "address"u8)),
                [.. keys.EnumerateArray().Select(key => Hash(key, "a storage key of 32 bytes"))]));
        }

        return list;
    }

    /// <summary>Null if it is no text. JSON may hold halves of characters, which are no text either.</summary>
    public static string? Text(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            throw RpcError.InvalidParams("invalid argument: not a text");
        }
    }

    /// <summary>The name of a member, which may hold halves of characters as a text may.</summary>
    public static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw NoText();
        }
    }

    /// <summary>The bytes between the quotes; null of another kind or with escapes, which no hex needs.</summary>
    public static ReadOnlySpan<byte> Plain(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
            return default;
        var raw = JsonMarshal.GetRawUtf8Value(element);
        return raw.Contains((byte)'\\') ? default : raw[1..^1];
    }

    /// <summary>A member that is there and not null.</summary>
    public static JsonElement? Field(JsonElement element, ReadOnlySpan<byte> name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
        }
        catch (InvalidOperationException)
        {
            throw NoText();
        }
    }

    private static JsonElement Member(JsonElement entry, ReadOnlySpan<byte> name) =>
        entry.ValueKind == JsonValueKind.Object && Field(entry, name) is { } member
            ? member
            : throw RpcError.InvalidParams(
                $"invalid argument: an entry of the access list has no {Encoding.UTF8.GetString(name)}");

    private static RpcError NoText() =>
        RpcError.InvalidParams("invalid argument: the name of a member is not a text");

    private static bool TryHex(JsonElement element, Span<byte> destination)
    {
        var digits = Digits(element, out var isHex);
        return isHex && digits.Length == 2 * destination.Length && IsDone(digits, destination);
    }

    private static ReadOnlySpan<byte> Digits(JsonElement element, out bool isHex)
    {
        var text = Plain(element);
        isHex = text.Length >= 2 && text[0] == '0' && text[1] is (byte)'x' or (byte)'X';
        return isHex ? text[2..] : default;
    }

    private static bool IsDone(ReadOnlySpan<byte> digits, Span<byte> destination) =>
        Convert.FromHexString(digits, destination, out _, out var written) == System.Buffers.OperationStatus.Done
        && written == destination.Length;
}
