using Aitbc.Primitives;

namespace Aitbc.Ledger.State;

/// <summary>A store in memory, for tests and tools. Not safe for concurrent writes.</summary>
public sealed class MemoryStateStore : IStateStore
{
    private readonly Dictionary<Address, AccountState> accounts = [];
    private readonly Dictionary<StorageKey, UInt256> storage = [];
    private readonly Dictionary<string, byte[]> nodes = new(StringComparer.Ordinal);

    /// <summary>All accounts.</summary>
    public IReadOnlyDictionary<Address, AccountState> Accounts => accounts;

    /// <summary>All slots that are not zero.</summary>
    public IReadOnlyDictionary<StorageKey, UInt256> Storage => storage;

    /// <summary>Number of stored trie nodes.</summary>
    public int TrieNodeCount => nodes.Count;

    /// <inheritdoc />
    public AccountState? GetAccount(Address address) => accounts.TryGetValue(address, out var found) ? found : null;

    /// <inheritdoc />
    public UInt256 GetStorage(StorageKey key) => storage.GetValueOrDefault(key);

    /// <inheritdoc />
    public byte[]? GetTrieNode(ReadOnlySpan<byte> key) => nodes.GetValueOrDefault(Convert.ToHexString(key));

    /// <summary>Applies a block's changes.</summary>
    public void Apply(StateDiff diff)
    {
        ArgumentNullException.ThrowIfNull(diff);
        foreach (var change in diff.Accounts)
        {
            if (change.After is { } state)
                accounts[change.Address] = state;
            else
                accounts.Remove(change.Address);
        }

        foreach (var change in diff.Slots)
        {
            if (change.After.IsZero)
                storage.Remove(change.Slot);
            else
                storage[change.Slot] = change.After;
        }

        foreach (var change in diff.TrieNodes)
        {
            if (change.After is null)
                nodes.Remove(Convert.ToHexString(change.Key));
            else
                nodes[Convert.ToHexString(change.Key)] = change.After;
        }
    }
}
