namespace Aitbc.Ledger.Trie;

/// <summary>Applies sorted updates to a trie, from the root down, each node once.</summary>
internal readonly struct TrieChanges(StoredNodes stored)
{
    /// <summary>Applies updates whose keys begin with the path to a node; true if it changed.</summary>
    /// <param name="slot">Where the parent holds the node.</param>
    /// <param name="depth">Length of the path.</param>
    /// <param name="updates">Sorted, one a key; the span may be overwritten.</param>
    public bool Apply(ref ChildReference slot, int depth, Span<TrieUpdate> updates)
    {
        if (slot.IsNone)
        {
            slot.Node = Build(TrieUpdate.KeepSets(updates), depth);
            return slot.Node is not null;
        }

        Load(ref slot, updates[0].Key.AsSpan(0, depth));
        var changed = slot.Node switch
        {
            LeafNode leaf => ApplyToLeaf(ref slot, leaf, depth, updates),
            ExtensionNode extension => ApplyToExtension(ref slot, extension, depth, updates),
            _ => ApplyToBranch(ref slot, (BranchNode)slot.Node!, depth, updates),
        };
        if (!changed)
            return false;
        slot.Hash = default;
        return true;
    }

    private void Load(ref ChildReference slot, ReadOnlySpan<byte> path)
    {
        if (slot.Node is not null)
            return;
        var encoded = stored.Read(path, slot.Hash)
            ?? throw new InvalidDataException($"The trie node at path {Convert.ToHexStringLower(path)} is missing.");
        slot.Node = TrieNodeCodec.Decode(encoded, path);
    }

    private static bool ApplyToLeaf(ref ChildReference slot, LeafNode leaf, int depth, Span<TrieUpdate> updates)
    {
        var same = updates.BinarySearch(new LeafKey(leaf.Key));
        if (same >= 0 && updates.Length == 1)
        {
            if (leaf.Value.Span.SequenceEqual(updates[0].Value.Span))
                return false;
            slot.Node = updates[0].IsRemoval ? null : new LeafNode(leaf.Key, updates[0].Value);
            return true;
        }

        var sets = TrieUpdate.KeepSets(updates);
        if (same < 0)
        {
            if (sets.IsEmpty)
                return false;
            // The leaf is one more key of what is built here.
            var with = new TrieUpdate[sets.Length + 1];
            var before = ~sets.BinarySearch(new LeafKey(leaf.Key));
            sets[..before].CopyTo(with);
            with[before] = new TrieUpdate(leaf.Key, leaf.Value, 0);
            sets[before..].CopyTo(with.AsSpan(before + 1));
            sets = with;
        }

        slot.Node = Build(sets, depth);
        return true;
    }

    private bool ApplyToExtension(
        ref ChildReference slot, ExtensionNode extension, int depth, Span<TrieUpdate> updates)
    {
        var shared = Shared(extension.Path, depth, ref updates);
        if (updates.IsEmpty)
            return false;
        if (shared == extension.Path.Length)
        {
            if (!Apply(ref extension.Child, depth + shared, updates))
                return false;
            slot.Node = Under(extension.Path, ref extension.Child);
            return true;
        }

        // A key leaves the path: there a branch begins, whose one child so far is the rest of the extension.
        var branch = new BranchNode();
        var rest = extension.Path[(shared + 1)..];
        ref var child = ref branch[extension.Path[shared]];
        if (rest.Length == 0)
        {
            child = extension.Child;
        }
        else
        {
            child.Node = new ExtensionNode(rest);
            ((ExtensionNode)child.Node).Child = extension.Child;
        }

        var below = new ChildReference { Node = branch };
        ApplyToBranch(ref below, branch, depth + shared, updates);
        slot.Node = Under(extension.Path[..shared], ref below);
        return true;
    }

    // How much of the path all keys share; removals of keys that leave it remove nothing and are left out.
    private static int Shared(byte[] path, int depth, ref Span<TrieUpdate> updates)
    {
        var (shared, kept) = (path.Length, 0);
        foreach (var update in updates)
        {
            var same = path.AsSpan().CommonPrefixLength(update.Key.AsSpan(depth));
            if (same < path.Length && update.IsRemoval)
                continue;
            shared = Math.Min(shared, same);
            updates[kept++] = update;
        }

        updates = updates[..kept];
        return shared;
    }

    private bool ApplyToBranch(ref ChildReference slot, BranchNode branch, int depth, Span<TrieUpdate> updates)
    {
        var changed = false;
        var path = updates[0].Key.AsSpan(0, depth);
        if (updates[0].Key.Length == depth)
        {
            changed = !branch.Value.Span.SequenceEqual(updates[0].Value.Span);
            branch.Value = updates[0].Value;
            updates = updates[1..];
        }

        while (!updates.IsEmpty)
        {
            var nibble = updates[0].Key[depth];
            var end = EndOf(updates, depth);
            changed |= Apply(ref branch[nibble], depth + 1, updates[..end]);
            updates = updates[end..];
        }

        if (changed)
            slot.Node = Collapse(branch, path);
        return changed;
    }

    // A branch with one way on becomes part of what follows; one with none a leaf or nothing.
    private TrieNode? Collapse(BranchNode branch, ReadOnlySpan<byte> path)
    {
        var (count, only) = (0, 0);
        for (var i = 0; i < 16; i++)
        {
            if (branch[i].IsNone)
                continue;
            count++;
            only = i;
        }

        if (count + (branch.Value.IsEmpty ? 0 : 1) > 1)
            return branch;
        if (count == 0)
            return branch.Value.IsEmpty ? null : new LeafNode(path.ToArray(), branch.Value);
        byte[] whole = [.. path, (byte)only];
        Load(ref branch[only], whole);
        return Under([(byte)only], ref branch[only]);
    }

    // A path above a node: leaves and extensions take it in, a branch gets an extension.
    private static TrieNode? Under(byte[] path, ref ChildReference child)
    {
        if (path.Length == 0)
            return child.Node;
        switch (child.Node)
        {
            case null:
                return null;
            case LeafNode leaf:
                return new LeafNode(leaf.Key, leaf.Value);
            case ExtensionNode extension:
                var longer = new ExtensionNode([.. path, .. extension.Path]);
                longer.Child = extension.Child;
                return longer;
            default:
                var above = new ExtensionNode(path);
                above.Child = child;
                return above;
        }
    }

    private static TrieNode? Build(Span<TrieUpdate> sets, int depth)
    {
        if (sets.IsEmpty)
            return null;
        if (sets.Length == 1)
            return new LeafNode(sets[0].Key, sets[0].Value);
        var shared = sets[0].Key.AsSpan(depth).CommonPrefixLength(sets[^1].Key.AsSpan(depth));
        if (shared == 0)
            return BuildBranch(sets, depth);
        var extension = new ExtensionNode(sets[0].Key[depth..(depth + shared)]);
        extension.Child.Node = BuildBranch(sets, depth + shared);
        return extension;
    }

    private static BranchNode BuildBranch(Span<TrieUpdate> sets, int depth)
    {
        var branch = new BranchNode();
        if (sets[0].Key.Length == depth)
        {
            branch.Value = sets[0].Value;
            sets = sets[1..];
        }

        while (!sets.IsEmpty)
        {
            var end = EndOf(sets, depth);
            branch[sets[0].Key[depth]].Node = Build(sets[..end], depth + 1);
            sets = sets[end..];
        }

        return branch;
    }

    // The end of those that go the same way as the first.
    private static int EndOf(Span<TrieUpdate> updates, int depth)
    {
        var end = 1;
        while (end < updates.Length && updates[end].Key[depth] == updates[0].Key[depth])
            end++;
        return end;
    }

    private readonly struct LeafKey(byte[] key) : IComparable<TrieUpdate>
    {
        public int CompareTo(TrieUpdate other) => key.AsSpan().SequenceCompareTo(other.Key);
    }
}
