using Aitbc.Node.Storage;
using Aitbc.Primitives;
using RocksDbSharp;

namespace Aitbc.Node.Maintenance;

/// <summary>Holds every stored trie node against what the flat tables give.</summary>
internal sealed class StateCheck(ChainDatabase database, ProblemList problems, CancellationToken cancel)
{
    private readonly StateTables tables = new(database);
    private long present;

    /// <summary>What there is; the root is null if the flat tables cannot be read to their end.</summary>
    public (Hash256? Root, long Accounts, long Slots, long Nodes) Run()
    {
        var flat = new FlatState(database, cancel);
        Hash256? root = null;
        try
        {
            root = flat.Derive(
                Check,
                text => problems.Add(ProblemKind.Flat, text),
                (key, account) => problems.Add(
                    ProblemKind.Trie,
                    $"The slots of account {key} give the storage root {account.StorageRoot}, not its own."));
        }
        catch (RocksDbException e)
        {
            problems.Add(ProblemKind.Flat, $"The flat tables cannot be read: {e.Message}");
        }

        if (root is not null)
            CountNodes();
        return (root, flat.Accounts, flat.Slots, flat.Nodes);
    }

    private void Check(ReadOnlySpan<byte> key, byte[] encoded)
    {
        if (Read(key) is not { } stored)
            return;
        present++;
        if (!stored.AsSpan().SequenceEqual(encoded))
        {
            problems.Add(
                ProblemKind.Trie,
                $"The trie node {Convert.ToHexStringLower(key)} is not what the flat tables give.");
        }
    }

    private byte[]? Read(ReadOnlySpan<byte> key)
    {
        try
        {
            if (tables.Node(key) is { } stored)
                return stored;
            problems.Add(ProblemKind.Trie, $"The trie node {Convert.ToHexStringLower(key)} is missing.");
        }
        catch (RocksDbException e)
        {
            problems.Add(
                ProblemKind.Trie, $"The trie node {Convert.ToHexStringLower(key)} cannot be read: {e.Message}");
        }

        return null;
    }

    private void CountNodes()
    {
        try
        {
            var stored = Count(database.TrieTop) + Count(database.TrieAccounts) + Count(database.TrieSlots);
            if (stored > present)
                problems.Add(ProblemKind.Trie, $"{stored - present} stored trie nodes belong to no account or slot.");
        }
        catch (RocksDbException e)
        {
            problems.Add(ProblemKind.Trie, $"The trie tables cannot be read: {e.Message}");
        }
    }

    private long Count(ColumnFamilyHandle table)
    {
        var count = 0L;
        using var iterator = database.Db.NewIterator(table, FlatState.Scan());
        for (iterator.SeekToFirst(); iterator.IsAtEntry(); iterator.Next())
        {
            cancel.ThrowIfCancellationRequested();
            count++;
        }

        return count;
    }
}
