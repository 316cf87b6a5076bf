using System.Globalization;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

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

    /// <summary>A height of a block parameter; tags are case-insensitive, absent is latest.</summary>
    public static ulong Height(JsonElement? element, ulong latest)
    {
        if (element is not { } tag)
            return latest;
        if (tag.ValueKind == JsonValueKind.Object && tag.TryGetProperty("blockNumber", out var number))
            return Height(number, latest);
        return Text(tag)?.ToLowerInvariant() switch
        {
            "latest" or "pending" or "safe" or "finalized" => latest,
            "earliest" => 0,
            _ => Quantity(tag) is { IsUInt64: true } height
                ? (ulong)height
                : throw RpcError.InvalidParams("invalid argument: block number too large"),
        };
    }

    public static string? Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    public static string Quantity(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);
}
