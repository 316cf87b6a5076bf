using Aitbc.Primitives;

namespace Aitbc.Ledger.Trie;

/// <summary>Takes a node that is stored: its path, one nibble a byte, and its RLP.</summary>
public delegate void TrieNodeSink(ReadOnlySpan<byte> path, byte[] encoded);

/// <summary>
/// Builds a whole trie out of its keys in ascending order, with memory for one path only: for checking and rebuilding
/// what is stored. A node is handed out when it is complete, the root last.
/// </summary>
/// <param name="sink">Takes the nodes that are stored: those of 32 bytes or more, and the root.</param>
public sealed class TrieBuilder(TrieNodeSink sink)
{
    private readonly Stack<(BranchNode Node, int Depth)> open = [];
    private byte[] last = [];
    private ReadOnlyMemory<byte> value;

    /// <summary>Adds a key.</summary>
    /// <param name="key">Greater than the one before, and of the same length.</param>
    /// <param name="content">Not empty, not copied.</param>
    /// <exception cref="ArgumentException">Out of order, of another length or without a value.</exception>
    public void Add(ReadOnlySpan<byte> key, ReadOnlyMemory<byte> content)
    {
        var nibbles = TrieNodeCodec.Nibbles(key);
        if (content.IsEmpty || nibbles.Length == 0)
            throw new ArgumentException("A key and a value are wanted.", nameof(content));
        if (last.Length > 0)
        {
            if (nibbles.Length != last.Length || last.AsSpan().SequenceCompareTo(nibbles) >= 0)
                throw new ArgumentException("Keys come in ascending order and have one length.", nameof(key));
            Close(last.AsSpan().CommonPrefixLength(nibbles));
        }

        (last, value) = (nibbles, content);
    }

    /// <summary>The root of what was added; nothing more is added after it.</summary>
    public Hash256 Finish()
    {
        if (last.Length == 0)
            return MerkleTrie.EmptyRoot;
        var (node, depth) = Fold(-1);
        var root = Complete(node, depth, 0);
        // A root below 32 bytes was not handed out as the others are.
        if (root.Encoded.Length < Hash256.Length)
            sink([], root.Encoded);
        return root.Hash.IsZero ? Keccak256.Hash(root.Encoded) : root.Hash;
    }

    // The next key leaves the path of the last one at this depth: everything below it is complete.
    private void Close(int depth)
    {
        var (node, at) = Fold(depth);
        if (open.Count == 0 || open.Peek().Depth < depth)
            open.Push((new BranchNode(), depth));
        Attach(open.Peek().Node, depth, node, at);
    }

    // The complete node below a depth, and the depth at which it begins: a leaf, or the branch that took it in.
    private (TrieNode Node, int Depth) Fold(int depth)
    {
        (TrieNode Node, int Depth) current = (new LeafNode(last, value), last.Length);
        while (open.Count > 0 && open.Peek().Depth > depth)
        {
            var (branch, at) = open.Pop();
            Attach(branch, at, current.Node, current.Depth);
            current = (branch, at);
        }

        return current;
    }

    private void Attach(BranchNode branch, int depth, TrieNode node, int at)
    {
        var complete = Complete(node, at, depth + 1);
        ref var child = ref branch[last[depth]];
        if (complete.Encoded.Length < Hash256.Length)
            child.Node = complete;
        else
            child.Hash = complete.Hash;
    }

    // Encodes what stands at a position: a leaf, a branch, or a branch with an extension above it.
    private TrieNode Complete(TrieNode node, int depth, int position)
    {
        if (node is LeafNode)
            return Encode(node, position);
        if (depth == position)
            return Encode(node, depth);
        var extension = new ExtensionNode(last[position..depth]);
        extension.Child.Node = Encode(node, depth);
        return Encode(extension, position);
    }

    private TrieNode Encode(TrieNode node, int position)
    {
        node.Encoded = TrieNodeCodec.Encode(node, position);
        if (node.Encoded.Length < Hash256.Length)
            return node;
        node.Hash = Keccak256.Hash(node.Encoded);
        sink(last.AsSpan(0, position), node.Encoded);
        return node;
    }
}
