namespace Aitbc.Ledger.Trie;

/// <summary>A key to set or, without a value, to remove.</summary>
internal readonly record struct TrieUpdate(byte[] Key, ReadOnlyMemory<byte> Value, int Order)
{
    public bool IsRemoval => Value.IsEmpty;

    /// <summary>Sorts by key; of one key the last comes last.</summary>
    public static int Compare(TrieUpdate left, TrieUpdate right)
    {
        var order = left.Key.AsSpan().SequenceCompareTo(right.Key);
        return order == 0 ? left.Order.CompareTo(right.Order) : order;
    }

    /// <summary>Keeps the last of each key, in place; returns how many are left.</summary>
    public static int KeepLast(Span<TrieUpdate> sorted)
    {
        var kept = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i + 1 == sorted.Length || !sorted[i].Key.AsSpan().SequenceEqual(sorted[i + 1].Key))
                sorted[kept++] = sorted[i];
        }

        return kept;
    }

    /// <summary>Leaves the removals out, in place.</summary>
    public static Span<TrieUpdate> KeepSets(Span<TrieUpdate> updates)
    {
        var kept = 0;
        for (var i = 0; i < updates.Length; i++)
        {
            if (!updates[i].IsRemoval)
                updates[kept++] = updates[i];
        }

        return updates[..kept];
    }
}
