using Aitbc.Ledger.Trie;
using Aitbc.Primitives;

namespace Aitbc.Ledger.State;

/// <summary>
/// The state while a block is executed: an overlay over the store that can go back to a snapshot. Nothing reaches the
/// store; <see cref="Commit"/> says what has to be written.
/// </summary>
public sealed class WorldState(IStateStore store)
{
    private readonly Dictionary<Address, AccountState> accounts = [];
    private readonly Dictionary<StorageKey, UInt256> storage = [];
    private readonly List<Undo> journal = [];

    /// <summary>The account, empty if the tree has none.</summary>
    public AccountState GetAccount(Address address)
    {
        if (accounts.TryGetValue(address, out var account))
            return account;
        account = store.GetAccount(address) ?? AccountState.Empty;
        accounts[address] = account;
        return account;
    }

    /// <summary>Balance in atto-AIT.</summary>
    public UInt256 GetBalance(Address address) => GetAccount(address).Balance;

    /// <summary>Transactions sent.</summary>
    public ulong GetNonce(Address address) => GetAccount(address).Nonce;

    /// <summary>A slot; zero if never set.</summary>
    public UInt256 GetStorage(StorageKey key)
    {
        if (storage.TryGetValue(key, out var value))
            return value;
        value = store.GetStorage(key);
        storage[key] = value;
        return value;
    }

    /// <summary>Sets a slot.</summary>
    public void SetStorage(StorageKey key, UInt256 value)
    {
        var before = GetStorage(key);
        if (before == value)
            return;
        journal.Add(new Undo(default, default, key, before, IsStorage: true));
        storage[key] = value;
    }

    /// <summary>Sets the nonce.</summary>
    public void SetNonce(Address address, ulong nonce) => Set(address, GetAccount(address) with { Nonce = nonce });

    /// <summary>Sets the code hash of a system contract.</summary>
    public void SetCodeHash(Address address, Hash256 codeHash) =>
        Set(address, GetAccount(address) with { CodeHash = codeHash });

    /// <summary>Adds coins.</summary>
    /// <exception cref="OverflowException">The balance would not fit: supply is bounded far below.</exception>
    public void AddBalance(Address address, UInt256 amount)
    {
        var account = GetAccount(address);
        Set(address, account with { Balance = account.Balance + amount });
    }

    /// <summary>Takes coins; false and nothing changed if there are fewer.</summary>
    public bool TrySubtractBalance(Address address, UInt256 amount)
    {
        var account = GetAccount(address);
        if (!UInt256.TrySubtract(account.Balance, amount, out var rest))
            return false;
        Set(address, account with { Balance = rest });
        return true;
    }

    /// <summary>Moves coins; false and nothing changed if the payer has fewer.</summary>
    public bool TryTransfer(Address from, Address to, UInt256 amount)
    {
        if (!TrySubtractBalance(from, amount))
            return false;
        AddBalance(to, amount);
        return true;
    }

    /// <summary>A mark to return to.</summary>
    public int Snapshot() => journal.Count;

    /// <summary>Undoes everything since the mark.</summary>
    public void Revert(int snapshot)
    {
        for (var i = journal.Count - 1; i >= snapshot; i--)
        {
            var undo = journal[i];
            if (undo.IsStorage)
                storage[undo.Key] = undo.Value;
            else
                accounts[undo.Address] = undo.Account;
        }

        journal.RemoveRange(snapshot, journal.Count - snapshot);
    }

    /// <summary>What changed against the store, with the new root. The overlay stays as it is.</summary>
    public StateDiff Commit()
    {
        var nodes = new List<KeyValuePair<byte[], byte[]?>>();
        var slots = ChangedStorage();
        foreach (var contract in slots.Keys.GroupBy(k => k.Contract))
        {
            var trie = new MerkleTrie(key => store.GetTrieNode(key), TrieKey.Storage(contract.Key));
            foreach (var key in contract)
                trie.Set(Keccak256.Hash(key.Slot.ToArray()).ToArray(), EncodeSlot(slots[key]));
            var root = trie.Commit(nodes);
            accounts[contract.Key] = GetAccount(contract.Key) with { StorageRoot = root };
        }

        var changed = ChangedAccounts();
        var tree = new MerkleTrie(key => store.GetTrieNode(key), TrieKey.Accounts);
        Span<byte> address = stackalloc byte[Address.Length];
        foreach (var (key, account) in changed)
        {
            key.CopyTo(address);
            tree.Set(Keccak256.Hash(address).ToArray(), account?.Encode());
        }

        return new StateDiff
        {
            StateRoot = tree.Commit(nodes),
            Accounts = changed,
            Storage = slots,
            TrieNodes = nodes,
        };
    }

    private static byte[]? EncodeSlot(UInt256 value)
    {
        if (value.IsZero)
            return null;
        var writer = new Primitives.Encoding.RlpWriter(40);
        writer.Write(value);
        return writer.ToArray();
    }

    private Dictionary<StorageKey, UInt256> ChangedStorage() =>
        storage.Where(s => store.GetStorage(s.Key) != s.Value).ToDictionary(s => s.Key, s => s.Value);

    private Dictionary<Address, AccountState?> ChangedAccounts()
    {
        var changed = new Dictionary<Address, AccountState?>();
        foreach (var (address, account) in accounts)
        {
            AccountState? now = account.IsEmpty ? null : account;
            if (store.GetAccount(address) != now)
                changed[address] = now;
        }

        return changed;
    }

    private void Set(Address address, AccountState account)
    {
        journal.Add(new Undo(address, GetAccount(address), default, default, IsStorage: false));
        accounts[address] = account;
    }

    private readonly record struct Undo(
        Address Address, AccountState Account, StorageKey Key, UInt256 Value, bool IsStorage);
}
