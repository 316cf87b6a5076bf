namespace Aitbc.Ledger.Trie;

/// <summary>
/// A node in memory. <see cref="Reference"/> is the RLP item its parent holds of it; null = has to be computed.
/// </summary>
internal abstract class TrieNode
{
    public byte[]? Reference { get; set; }
}

/// <summary>A node that is stored and was not read.</summary>
internal sealed class UnreadNode : TrieNode;

/// <summary>The rest of a key and its value.</summary>
internal sealed class LeafNode(byte[] path, byte[] value) : TrieNode
{
    public byte[] Path { get; } = path;

    public byte[] Value { get; } = value;
}

/// <summary>Nibbles that all keys below share.</summary>
internal sealed class ExtensionNode(byte[] path, TrieNode child) : TrieNode
{
    public byte[] Path { get; } = path;

    public TrieNode Child { get; set; } = child;
}

/// <summary>Sixteen ways on, and the value of the key that ends here.</summary>
internal sealed class BranchNode : TrieNode
{
    public TrieNode?[] Children { get; } = new TrieNode?[16];

    public byte[]? Value { get; set; }
}
