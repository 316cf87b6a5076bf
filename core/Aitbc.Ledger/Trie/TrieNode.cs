using System.Runtime.CompilerServices;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Trie;

/// <summary>A node in memory: read from the store, or changed and not hashed yet.</summary>
internal abstract class TrieNode
{
    /// <summary>Its RLP, once it was encoded.</summary>
    public byte[] Encoded { get; set; } = [];

    /// <summary>Hash of <see cref="Encoded"/>, if that has 32 bytes or more.</summary>
    public Hash256 Hash { get; set; }
}

/// <summary>A key that ends here, and its value.</summary>
/// <param name="key">All its nibbles from the root, so that the node needs no change when it moves up or down.</param>
/// <param name="value">Not empty.</param>
internal sealed class LeafNode(byte[] key, ReadOnlyMemory<byte> value) : TrieNode
{
    public byte[] Key { get; } = key;

    public ReadOnlyMemory<byte> Value { get; set; } = value;
}

/// <summary>Nibbles that all keys below share.</summary>
internal sealed class ExtensionNode(byte[] path) : TrieNode
{
    private ChildReference child;

    public byte[] Path { get; } = path;

    public ref ChildReference Child => ref child;
}

/// <summary>Sixteen ways on, and the value of the key that ends here.</summary>
internal sealed class BranchNode : TrieNode
{
    private Sixteen children;

    public ReadOnlyMemory<byte> Value { get; set; }

    public ref ChildReference this[int nibble] => ref children[nibble];

    [InlineArray(16)]
    private struct Sixteen
    {
        private ChildReference first;
    }
}

/// <summary>
/// What a node holds of one below it. With a hash and no node it is stored and was not read; with both it was read and
/// is unchanged; with a node alone it is changed, or lies inside its parent.
/// </summary>
internal struct ChildReference
{
    public TrieNode? Node;

    public Hash256 Hash;

    public readonly bool IsNone => Node is null && Hash.IsZero;
}
