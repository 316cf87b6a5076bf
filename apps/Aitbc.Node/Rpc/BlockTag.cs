using System.Text.Json;
using Aitbc.Node.Engine;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc;

/// <summary>
/// The block parameter: a number, a tag, a hash, or the object of EIP-1898. With instant finality latest, pending, safe
/// and finalized are the same block. Absent is latest.
/// </summary>
internal static class BlockTag
{
    /// <summary>The height meant; it may lie beyond the head. An unknown hash is an error.</summary>
    public static ulong Height(Chain chain, JsonElement? element)
    {
        if (element is not { } tag)
            return chain.Head.Header.Number;
        if (tag.ValueKind == JsonValueKind.Object)
        {
            if (tag.TryGetProperty("blockHash", out var hash))
                return OfHash(chain, RpcParams.Text(hash));
            return tag.TryGetProperty("blockNumber", out var number) ? Number(number) : throw Malformed();
        }

        var text = RpcParams.Text(tag);
        return text?.ToLowerInvariant() switch
        {
            "latest" or "pending" or "safe" or "finalized" => chain.Head.Header.Number,
            "earliest" => 0,
            { Length: 66 } => OfHash(chain, text),
            _ => Number(tag),
        };
    }

    private static ulong OfHash(Chain chain, string? text) => Hash256.TryParse(text, out var hash)
        ? chain.Store.HeightOf(hash) ?? throw RpcError.Rejected("header not found")
        : throw Malformed();

    private static ulong Number(JsonElement element) => RpcParams.Quantity(element) is { IsUInt64: true } height
        ? (ulong)height
        : throw RpcError.InvalidParams("invalid argument: block number too large");

    private static RpcError Malformed() => RpcError.InvalidParams("invalid argument: not a block number, tag or hash");
}
