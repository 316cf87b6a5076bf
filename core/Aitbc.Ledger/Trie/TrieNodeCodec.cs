using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.Trie;

/// <summary>The RLP of nodes and the hex-prefix form of paths (Yellow Paper, appendices C and D).</summary>
internal static class TrieNodeCodec
{
    private const int ReferenceOfHash = 1 + Hash256.Length;

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

    /// <summary>The item a parent holds: the node itself if it is shorter than 32 bytes, else its hash.</summary>
    public static byte[] ReferenceTo(byte[] encoded)
    {
        if (encoded.Length < Hash256.Length)
            return encoded;
        var reference = new byte[ReferenceOfHash];
        reference[0] = 0x80 + Hash256.Length;
        Keccak256.Hash(encoded, reference.AsSpan(1));
        return reference;
    }

    public static bool IsHash(byte[] reference) => reference.Length == ReferenceOfHash && reference[0] == 0xa0;

    public static byte[] EncodeLeaf(LeafNode leaf) => EncodePair(leaf.Path, isLeaf: true, leaf.Value, isItem: false);

    public static byte[] EncodeExtension(ExtensionNode node, byte[] child) =>
        EncodePair(node.Path, isLeaf: false, child, isItem: true);

    public static byte[] EncodeBranch(BranchNode node)
    {
        var writer = new RlpWriter(560);
        var list = writer.StartList();
        foreach (var child in node.Children)
        {
            if (child is null)
                writer.Write(default(ReadOnlySpan<byte>));
            else
                writer.WriteRaw(child.Reference);
        }

        writer.Write(node.Value);
        writer.EndList(list);
        return writer.ToArray();
    }

    public static TrieNode Decode(ReadOnlySpan<byte> encoded)
    {
        var outer = new RlpReader(encoded);
        var fields = outer.ReadList();
        var first = fields.ReadItem();
        var second = fields.ReadItem();
        if (fields.IsEnd)
            return DecodePair(first, second);
        var branch = new BranchNode();
        branch.Children[0] = Child(first);
        branch.Children[1] = Child(second);
        for (var i = 2; i < 16; i++)
            branch.Children[i] = Child(fields.ReadItem());
        var value = fields.ReadBytes();
        branch.Value = value.IsEmpty ? null : value.ToArray();
        return branch;
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

    private static TrieNode DecodePair(ReadOnlySpan<byte> pathItem, ReadOnlySpan<byte> item)
    {
        var path = Unpack(new RlpReader(pathItem).ReadBytes(), out var isLeaf);
        if (isLeaf)
            return new LeafNode(path, new RlpReader(item).ReadBytes().ToArray());
        return new ExtensionNode(path, Child(item)!);
    }

    private static TrieNode? Child(ReadOnlySpan<byte> item)
    {
        if (item.Length == 1 && item[0] == 0x80)
            return null;
        if (item.Length == ReferenceOfHash && item[0] == 0xa0)
            return new UnreadNode { Reference = item.ToArray() };
        var node = Decode(item);
        node.Reference = item.ToArray();
        return node;
    }

    private static byte[] EncodePair(byte[] path, bool isLeaf, byte[] content, bool isItem)
    {
        var odd = (path.Length & 1) == 1;
        var packed = new byte[(path.Length / 2) + 1];
        packed[0] = (byte)((isLeaf ? 0x20 : 0) + (odd ? 0x10 + path[0] : 0));
        for (int i = odd ? 1 : 0, at = 1; i < path.Length; i += 2)
            packed[at++] = (byte)((path[i] << 4) | path[i + 1]);
        var writer = new RlpWriter(packed.Length + content.Length + 12);
        var list = writer.StartList();
        writer.Write(packed);
        if (isItem)
            writer.WriteRaw(content);
        else
            writer.Write(content);
        writer.EndList(list);
        return writer.ToArray();
    }
}
