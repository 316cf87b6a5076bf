using System.Runtime.InteropServices;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.State;

/// <summary>
/// The state while a block is executed: an overlay over the store that can go back to a snapshot. Nothing reaches the
/// store; <see cref="Commit"/> says what has to be written. Every entry keeps what the store had, so that nothing is
/// read twice.
/// </summary>
public sealed class WorldState(IStateStore store)
{
    private readonly Dictionary<Address, AccountEntry> accounts = [];
    private readonly Dictionary<StorageKey, SlotEntry> storage = [];
    private readonly List<Undo> journal = [];

    /// <summary>The account, empty if the tree has none.</summary>
    public AccountState GetAccount(Address address)
    {
        if (accounts.TryGetValue(address, out var entry))
            return entry.Now;
        var before = store.GetAccount(address);
        var account = before ?? AccountState.Empty;
        accounts.Add(address, new AccountEntry(before, account));
        return account;
    }

    /// <summary>Balance in atto-AIT.</summary>
    public UInt256 GetBalance(Address address) => GetAccount(address).Balance;

    /// <summary>Transactions sent.</summary>
    public ulong GetNonce(Address address) => GetAccount(address).Nonce;

    /// <summary>A slot; zero if never set.</summary>
    public UInt256 GetStorage(StorageKey key)
    {
        if (storage.TryGetValue(key, out var entry))
            return entry.Now;
        var value = store.GetStorage(key);
        storage.Add(key, new SlotEntry(value, value));
        return value;
    }

    /// <summary>Sets a slot.</summary>
    public void SetStorage(StorageKey key, UInt256 value)
    {
        var before = GetStorage(key);
        if (before == value)
            return;
        journal.Add(new Undo(default, default, key, before, IsStorage: true));
        Put(key, value);
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

    /// <summary>Sets nonce and balance at once.</summary>
    internal void SetAccount(Address address, AccountState account) => Set(address, account);

    /// <summary>Makes what was done final: no mark before can be returned to.</summary>
    internal void Settle() => journal.Clear();

    /// <summary>A mark to return to.</summary>
    public int Snapshot() => journal.Count;

    /// <summary>Undoes everything since the mark.</summary>
    public void Revert(int snapshot)
    {
        for (var i = journal.Count - 1; i >= snapshot; i--)
        {
            var undo = journal[i];
            if (undo.IsStorage)
                Put(undo.Key, undo.Value);
            else
                Put(undo.Address, undo.Account);
        }

        journal.RemoveRange(snapshot, journal.Count - snapshot);
    }

    /// <summary>What changed against the store, with the new root. The overlay stays as it is.</summary>
    /// <param name="root">The state root of what is stored; zero if the caller does not know.</param>
    /// <exception cref="InvalidDataException">The stored trie is damaged on a path that changed.</exception>
    public StateDiff Commit(Hash256 root = default)
    {
        var nodes = new List<NodeChange>();
        var slots = ChangedSlots();
        Span<byte> key = stackalloc byte[Hash256.Length];
        for (var from = 0; from < slots.Length;)
        {
            var (contract, owner) = (slots[from].Slot.Contract, slots[from].Owner);
            var account = GetAccount(contract);
            var trie = new MerkleTrie(store.GetTrieNode, TrieKey.Storage(owner), account.StorageRoot);
            for (; from < slots.Length && slots[from].Owner == owner; from++)
            {
                slots[from].Key.CopyTo(key);
                trie.Set(key, EncodeSlot(slots[from].After));
            }

            Put(contract, account with { StorageRoot = trie.Commit(nodes) });
        }

        var changed = ChangedAccounts();
        var tree = new MerkleTrie(store.GetTrieNode, TrieKey.Accounts, root);
        foreach (var change in changed)
        {
            change.Key.CopyTo(key);
            tree.Set(key, change.After?.Encode());
        }

        return new StateDiff
        {
            StateRoot = tree.Commit(nodes),
            Accounts = changed,
            Slots = slots,
            TrieNodes = nodes,
        };
    }

    private static byte[]? EncodeSlot(UInt256 value)
    {
        if (value.IsZero)
            return null;
        var writer = new RlpWriter(40);
        writer.Write(value);
        return writer.ToArray();
    }

    private SlotChange[] ChangedSlots()
    {
        var changed = storage.Where(s => s.Value.Before != s.Value.Now).ToArray();
        var messages = new KeyMessages(2 * changed.Length, Hash256.Length);
        for (var i = 0; i < changed.Length; i++)
        {
            changed[i].Key.Contract.CopyTo(messages.Add(Address.Length));
            changed[i].Key.Slot.CopyTo(messages.Add(Hash256.Length));
        }

        var keys = messages.Hash();
        var sorted = new SlotChange[changed.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            var (slot, entry) = changed[i];
            sorted[i] = new SlotChange(slot, keys[2 * i], keys[(2 * i) + 1], entry.Before, entry.Now);
        }

        Array.Sort(sorted, static (x, y) => x.Owner == y.Owner ? x.Key.CompareTo(y.Key) : x.Owner.CompareTo(y.Owner));
        return sorted;
    }

    private AccountChange[] ChangedAccounts()
    {
        var changed = accounts.Where(a => a.Value.Before != a.Value.After).ToArray();
        var messages = new KeyMessages(changed.Length, Address.Length);
        foreach (var (address, _) in changed)
            address.CopyTo(messages.Add(Address.Length));
        var keys = messages.Hash();
        var sorted = new AccountChange[changed.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            var (address, entry) = changed[i];
            sorted[i] = new AccountChange(address, keys[i], entry.Before, entry.After);
        }

        Array.Sort(sorted, static (x, y) => x.Key.CompareTo(y.Key));
        return sorted;
    }

    private void Set(Address address, AccountState account)
    {
        journal.Add(new Undo(address, GetAccount(address), default, default, IsStorage: false));
        Put(address, account);
    }

    // Both entries exist: whoever sets has read.
    private void Put(Address address, AccountState account) =>
        CollectionsMarshal.GetValueRefOrNullRef(accounts, address).Now = account;

    private void Put(StorageKey key, UInt256 value) =>
        CollectionsMarshal.GetValueRefOrNullRef(storage, key).Now = value;

    private record struct AccountEntry(AccountState? Before, AccountState Now)
    {
        // An empty account is not kept.
        public readonly AccountState? After => Now.IsEmpty ? null : Now;
    }

    private record struct SlotEntry(UInt256 Before, UInt256 Now);

    // What is hashed to keys, one behind the other, so that many are hashed at once.
    private sealed class KeyMessages(int count, int longest)
    {
        private readonly byte[] bytes = new byte[count * longest];
        private readonly ReadOnlyMemory<byte>[] messages = new ReadOnlyMemory<byte>[count];
        private int used;
        private int added;

        public Span<byte> Add(int length)
        {
            messages[added++] = bytes.AsMemory(used, length);
            used += length;
            return bytes.AsSpan(used - length, length);
        }

        public Hash256[] Hash()
        {
            var hashes = new Hash256[messages.Length];
            Keccak256.HashMany(messages, hashes);
            return hashes;
        }
    }

    private readonly record struct Undo(
        Address Address, AccountState Account, StorageKey Key, UInt256 Value, bool IsStorage);
}
