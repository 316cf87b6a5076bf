using System.Text;
using System.Text.Json;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Protocol;

namespace Aitbc.Node.Rpc.Blocks;

/// <summary>
/// The block parameter: a number, a tag in any case, a hash, or the object of EIP-1898. With instant finality latest,
/// pending, safe and finalized are the same block, and every block is canonical. Absent is latest.
/// </summary>
internal static class BlockTag
{
    private const int HashLength = 66;

    /// <summary>The height meant; it may lie beyond the head. An unknown hash is an error.</summary>
    public static ulong Height(Chain chain, JsonElement? element) =>
        Find(chain, element) ?? throw RpcError.Rejected("header not found");

    /// <summary>As <see cref="Height"/>; null for an unknown hash.</summary>
    public static ulong? Find(Chain chain, JsonElement? element)
    {
        if (element is not { } tag)
            return chain.Head.Header.Number;
        if (tag.ValueKind == JsonValueKind.Object)
            return OfObject(chain, tag);
        var text = RpcValue.Plain(tag);
        if (Is(text, "earliest"u8))
            return 0;
        if (Is(text, "latest"u8) || IsPending(tag) || Is(text, "safe"u8) || Is(text, "finalized"u8))
            return chain.Head.Header.Number;
        return text.Length == HashLength ? OfHash(chain, tag) : Number(tag);
    }

    public static bool IsPending(JsonElement? element) =>
        element is { } tag && Is(RpcValue.Plain(tag), "pending"u8);

    /// <summary>What is answered about a block that this node does not keep (specs/storage.md, section 8).</summary>
    public static RpcError Pruned(Chain chain) => RpcError.Pruned(
        $"pruned history unavailable: the oldest block kept is {chain.Store.WholeFrom}");

    private static ulong? OfObject(Chain chain, JsonElement tag)
    {
        var (hash, number) = (RpcValue.Field(tag, "blockHash"u8), RpcValue.Field(tag, "blockNumber"u8));
        if (hash is not null && number is not null)
        {
            throw RpcError.InvalidParams(
                "cannot specify both BlockHash and BlockNumber, choose one or the other");
        }

        if (RpcValue.Field(tag, "requireCanonical"u8) is { } flag
            && flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            throw RpcError.InvalidParams("invalid argument: requireCanonical is neither true nor false");
        if (hash is { } block)
            return OfHash(chain, block);
        return number is { } height ? Find(chain, height) : throw Malformed();
    }

    private static ulong? OfHash(Chain chain, JsonElement element) => RpcValue.TryHash(element, out var hash)
        ? chain.Store.HeightOf(hash)
        : throw Malformed();

    private static ulong Number(JsonElement element) => RpcValue.Quantity(element) is { IsUInt64: true } height
        ? (ulong)height
        : throw RpcError.InvalidParams("invalid argument: block number too large");

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> tag) => Ascii.EqualsIgnoreCase(text, tag);

    private static RpcError Malformed() => RpcError.InvalidParams("invalid argument: not a block number, tag or hash");
}
