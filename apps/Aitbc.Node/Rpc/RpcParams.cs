using System.Globalization;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc;

/// <summary>The parameters of a request; absent ones are null, malformed ones -32602.</summary>
internal readonly struct RpcParams(JsonElement? list)
{
    public JsonElement? this[int index] =>
        list is { ValueKind: JsonValueKind.Array } array && index < array.GetArrayLength()
            && array[index].ValueKind != JsonValueKind.Null
            ? array[index]
            : null;

    public Address Address(int index) => Address(Required(index));

    public Hash256 Hash(int index) => Hash256.TryParse(Text(Required(index)), out var hash)
        ? hash
        : throw RpcError.InvalidParams($"invalid argument {index}: not a 32-byte hash");

    public byte[] Bytes(int index) => Bytes(Required(index));

    public bool Flag(int index) => this[index]?.ValueKind == JsonValueKind.True;

    public JsonElement Required(int index) =>
        this[index] ?? throw RpcError.InvalidParams($"missing value for required argument {index}");

    public static Address Address(JsonElement element) =>
        Primitives.Address.TryParse(Text(element)?.ToLowerInvariant(), out var address)
            ? address
            : throw RpcError.InvalidParams("invalid argument: not an address");

    public static byte[] Bytes(JsonElement element) => Hex.TryParse(Text(element), out var bytes)
        ? bytes
        : throw RpcError.InvalidParams("invalid argument: not hex data");

    public static UInt256 Quantity(JsonElement element) =>
        Text(element) is { } text && text.StartsWith("0x", StringComparison.Ordinal)
            && UInt256.TryParse(text, out var value)
            ? value
            : throw RpcError.InvalidParams("invalid argument: not a quantity");

    /// <summary>An index into a block's transactions.</summary>
    public int Index(int index) => Quantity(Required(index)) is { IsUInt64: true } value && value <= int.MaxValue
        ? (int)(ulong)value
        : throw RpcError.InvalidParams($"invalid argument {index}: not an index");

    /// <summary>An EIP-2930 list. What bounds a request bounds its length.</summary>
    public static IReadOnlyList<AccessListEntry> AccessList(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
            throw RpcError.InvalidParams("invalid argument: the access list is not a list");
        return [.. element.EnumerateArray().Select(entry => new AccessListEntry(
            Address(Member(entry, "address")),
            [.. Items(Member(entry, "storageKeys")).Select(key => Hash256.TryParse(Text(key), out var hash)
                ? hash
                : throw RpcError.InvalidParams("invalid argument: a storage key has 32 bytes"))]))];
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

    private static JsonElement Member(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var member)
            ? member
            : throw RpcError.InvalidParams($"invalid argument: an entry of the access list has no {name}");

    private static JsonElement.ArrayEnumerator Items(JsonElement list) => list.ValueKind == JsonValueKind.Array
        ? list.EnumerateArray()
        : throw RpcError.InvalidParams("invalid argument: storageKeys is not a list");

    public static string Quantity(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);
}
