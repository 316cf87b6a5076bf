using System.Numerics;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.Trie;

/// <summary>The RLP of nodes and the hex-prefix form of paths (Yellow Paper, appendices C and D).</summary>
internal static class TrieNodeCodec
{
    private const int ReferenceOfHash = 1 + Hash256.Length;
    private const int ShortItem = 55;

    public static byte[] Nibbles(ReadOnlySpan<byte> key)
    {
        var nibbles = new byte[key.Length * 2];
        for (var i = 0; i < key.Length; i++)
        {
            nibbles[2 * i] = (byte)(key[i] >> 4);
            nibbles[(2 * i) + 1] = (byte)(key[i] & 15);
        }

        return nibbles;
    }

    /// <summary>The nibbles of a hex-prefix path and whether it is a leaf's.</summary>
    /// <exception cref="RlpException">Not the one form of a path.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed, out bool isLeaf)
    {
        // High nibble: bit 0 = odd number of nibbles, bit 1 = leaf; the low one is zero when the number is even.
        if (packed.IsEmpty || packed[0] >= 0x40 || ((packed[0] & 0x10) == 0 && (packed[0] & 15) != 0))
            throw new RlpException(RlpError.WrongKind);
        isLeaf = (packed[0] & 0x20) != 0;
        return Nibbles(packed)[((packed[0] & 0x10) != 0 ? 1 : 2)..];
    }

    /// <summary>The RLP of a node at a depth; the nodes below it are encoded and hashed already.</summary>
    public static byte[] Encode(TrieNode node, int depth) => node switch
    {
        LeafNode leaf => EncodeLeaf(leaf.Key.AsSpan(depth), leaf.Value.Span),
        ExtensionNode extension => EncodeExtension(extension),
        _ => EncodeBranch((BranchNode)node),
    };

    /// <summary>Reads a stored node at a path.</summary>
    /// <exception cref="RlpException">Not a node.</exception>
    public static TrieNode Decode(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> path)
    {
        var outer = new RlpReader(encoded);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var first = fields.ReadItem();
        var second = fields.ReadItem();
        if (fields.IsEnd)
            return DecodePair(first, second, path);
        var branch = new BranchNode();
        DecodeChild(ref branch[0], first, path, [0]);
        DecodeChild(ref branch[1], second, path, [1]);
        for (var i = 2; i < 16; i++)
            DecodeChild(ref branch[i], fields.ReadItem(), path, [(byte)i]);
        var value = fields.ReadBytes();
        fields.EnsureEnd();
        branch.Value = value.ToArray();
        return branch;
    }

    private static TrieNode DecodePair(
        ReadOnlySpan<byte> pathItem, ReadOnlySpan<byte> item, ReadOnlySpan<byte> path)
    {
        var own = Unpack(new RlpReader(pathItem).ReadBytes(), out var isLeaf);
        if (isLeaf)
            return new LeafNode([.. path, .. own], new RlpReader(item).ReadBytes().ToArray());
        var extension = new ExtensionNode(own);
        DecodeChild(ref extension.Child, item, path, own);
        return extension;
    }

    private static void DecodeChild(
        ref ChildReference child, ReadOnlySpan<byte> item, ReadOnlySpan<byte> path, ReadOnlySpan<byte> below)
    {
        if (item.Length == 1 && item[0] == 0x80)
            return;
        if (item.Length == ReferenceOfHash && item[0] == 0x80 + Hash256.Length)
        {
            child.Hash = Hash256.FromBytes(item[1..]);
            return;
        }

        byte[] whole = [.. path, .. below];
        child.Node = Decode(item, whole);
    }

    private static byte[] EncodeLeaf(ReadOnlySpan<byte> path, ReadOnlySpan<byte> value)
    {
        var packed = (path.Length / 2) + 1;
        var content = LengthOfPath(packed) + LengthOfString(value);
        var encoded = StartList(content, out var at);
        at += WritePath(encoded.AsSpan(at), path, isLeaf: true);
        WriteString(encoded.AsSpan(at), value);
        return encoded;
    }

    private static byte[] EncodeExtension(ExtensionNode node)
    {
        var packed = (node.Path.Length / 2) + 1;
        var content = LengthOfPath(packed) + LengthOf(in node.Child);
        var encoded = StartList(content, out var at);
        at += WritePath(encoded.AsSpan(at), node.Path, isLeaf: false);
        Write(encoded.AsSpan(at), in node.Child);
        return encoded;
    }

    private static byte[] EncodeBranch(BranchNode node)
    {
        var content = LengthOfString(node.Value.Span);
        for (var i = 0; i < 16; i++)
            content += LengthOf(in node[i]);
        var encoded = StartList(content, out var at);
        for (var i = 0; i < 16; i++)
            at += Write(encoded.AsSpan(at), in node[i]);
        WriteString(encoded.AsSpan(at), node.Value.Span);
        return encoded;
    }

    // What a parent holds of a node: its hash, or the node itself if that is shorter.
    private static int LengthOf(in ChildReference child)
    {
        if (!child.Hash.IsZero)
            return ReferenceOfHash;
        if (child.Node is not { } node)
            return 1;
        return node.Encoded.Length < Hash256.Length ? node.Encoded.Length : ReferenceOfHash;
    }

    private static int Write(Span<byte> target, in ChildReference child)
    {
        if (child.Hash.IsZero && child.Node is null)
        {
            target[0] = 0x80;
            return 1;
        }

        if (child.Hash.IsZero && child.Node!.Encoded.Length < Hash256.Length)
        {
            child.Node.Encoded.CopyTo(target);
            return child.Node.Encoded.Length;
        }

        target[0] = 0x80 + Hash256.Length;
        (child.Hash.IsZero ? child.Node!.Hash : child.Hash).CopyTo(target[1..]);
        return ReferenceOfHash;
    }

    private static byte[] StartList(int content, out int header)
    {
        header = HeaderLength(content);
        var encoded = new byte[header + content];
        WriteHeader(encoded, content, 0xc0);
        return encoded;
    }

    private static int WritePath(Span<byte> target, ReadOnlySpan<byte> path, bool isLeaf)
    {
        var odd = (path.Length & 1) == 1;
        var packed = (path.Length / 2) + 1;
        var at = LengthOfPath(packed) - packed;
        if (at > 0)
            WriteHeader(target, packed, 0x80);
        target[at++] = (byte)((isLeaf ? 0x20 : 0) + (odd ? 0x10 + path[0] : 0));
        for (var i = odd ? 1 : 0; i < path.Length; i += 2)
            target[at++] = (byte)((path[i] << 4) | path[i + 1]);
        return at;
    }

    // A single byte of a path is below 0x40 and stands for itself.
    private static int LengthOfPath(int packed) => packed == 1 ? 1 : HeaderLength(packed) + packed;

    private static int LengthOfString(ReadOnlySpan<byte> value) =>
        value.Length == 1 && value[0] < 0x80 ? 1 : HeaderLength(value.Length) + value.Length;

    private static void WriteString(Span<byte> target, ReadOnlySpan<byte> value)
    {
        var header = LengthOfString(value) - value.Length;
        if (header > 0)
            WriteHeader(target, value.Length, 0x80);
        value.CopyTo(target[header..]);
    }

    private static int HeaderLength(int content) => content <= ShortItem ? 1 : 1 + BytesOf(content);

    private static int BytesOf(int value) => 4 - (BitOperations.LeadingZeroCount((uint)value) / 8);

    private static void WriteHeader(Span<byte> target, int content, byte kind)
    {
        if (content <= ShortItem)
        {
            target[0] = (byte)(kind + content);
            return;
        }

        var bytes = BytesOf(content);
        target[0] = (byte)(kind + ShortItem + bytes);
        for (var i = 0; i < bytes; i++)
            target[bytes - i] = (byte)(content >> (8 * i));
    }
}
