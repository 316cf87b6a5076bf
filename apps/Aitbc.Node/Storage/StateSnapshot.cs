using Aitbc.Ledger.Blocks;
using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>
/// The database as it was when a block had become final. Held by the store until the next block, and by whoever reads
/// from it: the last one frees it.
/// </summary>
internal sealed class StateSnapshot
{
    private readonly ChainStore store;
    private readonly Snapshot snapshot;
    private int holders = 1;

    public StateSnapshot(ChainStore store, ChainDatabase database, Block head)
    {
        this.store = store;
        Head = head;
        snapshot = database.Db.CreateSnapshot();
        Options = new ReadOptions().SetSnapshot(snapshot);
    }

    /// <summary>The newest block in it.</summary>
    public Block Head { get; }

    public ReadOptions Options { get; }

    /// <summary>False if it was freed already: there is a newer one.</summary>
    public bool TryHold()
    {
        var seen = Volatile.Read(ref holders);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref holders, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref holders) != 0)
            return;
        snapshot.Dispose();
        store.Let();
    }
}
