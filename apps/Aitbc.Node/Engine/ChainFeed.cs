using Aitbc.Ledger.Execution;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Engine;

/// <summary>Who hears of new blocks and transactions. Called on the writer's thread: must return at once.</summary>
internal interface IChainListener
{
    void OnBlock(BlockResult block);

    void OnPending(Transaction transaction, Address sender);
}

/// <summary>Tells listeners what became final and what came in. Listeners keep their own bounded queues.</summary>
internal sealed class ChainFeed
{
    private readonly Lock gate = new();
    private IChainListener[] listeners = [];

    public void Add(IChainListener listener)
    {
        lock (gate)
            listeners = [.. listeners, listener];
    }

    public void Remove(IChainListener listener)
    {
        lock (gate)
            listeners = [.. listeners.Where(l => l != listener)];
    }

    public void Publish(BlockResult block)
    {
        foreach (var listener in Volatile.Read(ref listeners))
            listener.OnBlock(block);
    }

    public void Publish(Transaction transaction, Address sender)
    {
        foreach (var listener in Volatile.Read(ref listeners))
            listener.OnPending(transaction, sender);
    }
}
