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
        foreach (var (address, account) in diff.Accounts)
        {
            if (account is { } state)
                accounts[address] = state;
            else
                accounts.Remove(address);
        }

        foreach (var (key, value) in diff.Storage)
        {
            if (value.IsZero)
                storage.Remove(key);
            else
                storage[key] = value;
        }

        foreach (var (key, node) in diff.TrieNodes)
        {
            if (node is null)
                nodes.Remove(Convert.ToHexString(key));
            else
                nodes[Convert.ToHexString(key)] = node;
        }
    }
}
