using Aitbc.Primitives;

namespace Aitbc.Ledger.Trie;

/// <summary>
/// Encodes and hashes the changed nodes of a trie, the deepest level first: the nodes of a level are independent of
/// each other, so that many are hashed at once.
/// </summary>
internal sealed class TrieHasher
{
    private readonly StoredNodes stored;
    private readonly List<Changed> found = [];
    private readonly List<byte> path = new(64);
    private int deepest;

    private TrieHasher(StoredNodes stored) => this.stored = stored;

    /// <summary>The root of a trie that changed; adds the changes of stored nodes.</summary>
    public static Hash256 Finish(TrieNode? root, StoredNodes stored, ICollection<NodeChange> changes)
    {
        if (root is null)
        {
            stored.RemoveTheRest(changes);
            return MerkleTrie.EmptyRoot;
        }

        var hasher = new TrieHasher(stored);
        hasher.Find(root);
        hasher.HashLevels();
        foreach (var (node, at) in hasher.found)
        {
            // The root is stored even when it is short: nobody else holds it.
            if (node.Encoded.Length >= Hash256.Length || at.Length == 0)
                stored.Write(at, node.Encoded, changes);
        }

        stored.RemoveTheRest(changes);
        return root.Hash;
    }

    // All changed nodes with their paths; what was only read stays stored.
    private void Find(TrieNode node)
    {
        found.Add(new Changed(node, [.. path]));
        deepest = Math.Max(deepest, path.Count);
        switch (node)
        {
            case ExtensionNode extension:
                path.AddRange(extension.Path);
                FindBelow(ref extension.Child);
                path.RemoveRange(path.Count - extension.Path.Length, extension.Path.Length);
                break;
            case BranchNode branch:
                for (var i = 0; i < 16; i++)
                {
                    if (branch[i].Node is null)
                        continue;
                    path.Add((byte)i);
                    FindBelow(ref branch[i]);
                    path.RemoveAt(path.Count - 1);
                }

                break;
        }
    }

    private void FindBelow(ref ChildReference child)
    {
        if (child.Node is not { } node)
            return;
        if (child.Hash.IsZero)
            Find(node);
        else
            Keep(node);
    }

    private void Keep(TrieNode node)
    {
        stored.Keep(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(path));
        switch (node)
        {
            case ExtensionNode extension when extension.Child.Node is { } child && !extension.Child.Hash.IsZero:
                path.AddRange(extension.Path);
                Keep(child);
                path.RemoveRange(path.Count - extension.Path.Length, extension.Path.Length);
                break;
            case BranchNode branch:
                for (var i = 0; i < 16; i++)
                {
                    if (branch[i].Node is not { } below || branch[i].Hash.IsZero)
                        continue;
                    path.Add((byte)i);
                    Keep(below);
                    path.RemoveAt(path.Count - 1);
                }

                break;
        }
    }

    private void HashLevels()
    {
        var starts = new int[deepest + 2];
        foreach (var (_, at) in found)
            starts[at.Length + 1]++;
        for (var i = 1; i < starts.Length; i++)
            starts[i] += starts[i - 1];
        var order = new TrieNode[found.Count];
        var next = starts.AsSpan(0, deepest + 1).ToArray();
        foreach (var (node, at) in found)
            order[next[at.Length]++] = node;
        var messages = new ReadOnlyMemory<byte>[found.Count];
        var nodes = new TrieNode[found.Count];
        var hashes = new Hash256[found.Count];
        for (var level = deepest; level >= 0; level--)
        {
            var count = 0;
            foreach (var node in order.AsSpan(starts[level]..starts[level + 1]))
            {
                node.Encoded = TrieNodeCodec.Encode(node, level);
                if (node.Encoded.Length < Hash256.Length && level > 0)
                    continue;
                nodes[count] = node;
                messages[count++] = node.Encoded;
            }

            Keccak256.HashMany(messages.AsSpan(0, count), hashes);
            for (var i = 0; i < count; i++)
                nodes[i].Hash = hashes[i];
        }
    }

    private readonly record struct Changed(TrieNode Node, byte[] Path);
}
