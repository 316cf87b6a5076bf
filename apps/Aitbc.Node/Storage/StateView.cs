using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>
/// The state after one block, newest or earlier. It never changes, however many blocks become final while it is read,
/// and nobody waits for it. One call reads it on one thread and disposes of it.
/// </summary>
internal sealed class StateView : IStateStore, IDisposable
{
    private readonly StateSnapshot snapshot;
    private readonly ChainDatabase database;
    private readonly StateTables tables;
    private readonly Iterator? undo;
    private bool isDisposed;

    /// <param name="snapshot">Already held; the view releases it.</param>
    /// <param name="database">Of the snapshot.</param>
    /// <param name="tables">Of the snapshot.</param>
    /// <param name="block">The snapshot's head, or a block whose state its undo records reach back to.</param>
    public StateView(StateSnapshot snapshot, ChainDatabase database, StateTables tables, Block block)
    {
        this.snapshot = snapshot;
        this.database = database;
        this.tables = tables;
        Block = block;
        if (!IsLatest)
            undo = database.Db.NewIterator(database.Undo, snapshot.Options);
    }

    /// <summary>The block after which this is the state.</summary>
    public Block Block { get; }

    /// <summary>The newest block when the view was taken.</summary>
    public Block Head => snapshot.Head;

    /// <summary>True if no later block was final when the view was taken.</summary>
    public bool IsLatest => Block.Header.Number == Head.Header.Number;

    public AccountState? GetAccount(Address address)
    {
        var key = address.KeccakHash();
        Span<byte> bytes = stackalloc byte[FlatCodec.AccountKey];
        key.CopyTo(bytes);
        if (!WasReplaced(StateHistory.AccountTable, bytes, out var value))
            return tables.Account(key, snapshot.Options);
        return value.IsEmpty ? null : FlatCodec.Decode(value);
    }

    public UInt256 GetStorage(StorageKey key)
    {
        var (owner, slot) = (key.Contract.KeccakHash(), Keccak256.HashWord(key.Slot));
        Span<byte> bytes = stackalloc byte[FlatCodec.SlotKey];
        FlatCodec.WriteSlotKey(owner, slot, bytes);
        if (!WasReplaced(StateHistory.SlotTable, bytes, out var value))
            return tables.Slot(owner, slot, snapshot.Options);
        return value.IsEmpty ? default : UInt256.FromBigEndian(value);
    }

    public byte[]? GetTrieNode(ReadOnlySpan<byte> key)
    {
        if (!WasReplaced(StateHistory.NodeTable, key, out var value))
            return tables.Node(key, snapshot.Options);
        return value.IsEmpty ? null : value.ToArray();
    }

    /// <summary>Account and slots with the nodes that prove them against the block's state root.</summary>
    public AccountProof Prove(Address address, IReadOnlyList<Hash256> slots) => StateProof.Of(this, address, slots);

    /// <summary>All balances of the newest state added up; reads every account.</summary>
    public UInt256 SumOfBalances()
    {
        if (!IsLatest)
            throw new InvalidOperationException("Only the newest state lies in one table.");
        UInt256 sum = default;
        using var iterator = database.Db.NewIterator(database.Accounts, snapshot.Options);
        for (iterator.SeekToFirst(); iterator.IsAtEntry(); iterator.Next())
            sum += FlatCodec.Decode(iterator.GetValueSpan()).Balance;
        return sum;
    }

    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        undo?.Dispose();
        snapshot.Release();
    }

    private bool WasReplaced(byte table, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (undo is not null)
        {
            return StateHistory.TryFind(
                undo, table, key, Block.Header.Number, Head.Header.Number, out value);
        }

        value = default;
        return false;
    }
}
