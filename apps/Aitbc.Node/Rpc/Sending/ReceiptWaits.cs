using Aitbc.Ledger.Execution;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Sending;

/// <summary>Those who wait for a transaction to be final. They are woken off the writer's thread.</summary>
internal sealed class ReceiptWaits : IChainListener, IDisposable
{
    private readonly ChainFeed feed;
    private readonly NodeOptions options;
    private readonly Lock gate = new();
    private readonly Dictionary<Hash256, TaskCompletionSource<(ulong Height, int Index)>> waits = [];

    public ReceiptWaits(ChainFeed feed, NodeOptions options)
    {
        this.feed = feed;
        this.options = options;
        feed.Add(this);
    }

    public Task<(ulong Height, int Index)> Add(Hash256 transaction)
    {
        lock (gate)
        {
            // The second of two who send the same at once is told so by the pool.
            if (waits.TryGetValue(transaction, out _))
                throw RpcError.Rejected("already known");
            if (waits.Count >= options.MaxSyncWaits)
            {
                throw RpcError.NotReady(
                    $"the node is busy: at most {options.MaxSyncWaits} wait for receipts", transaction.ToHex());
            }

            var wait = new TaskCompletionSource<(ulong, int)>(TaskCreationOptions.RunContinuationsAsynchronously);
            waits[transaction] = wait;
            return wait.Task;
        }
    }

    public void Remove(Hash256 transaction)
    {
        lock (gate)
            waits.Remove(transaction);
    }

    public void OnBlock(BlockResult block)
    {
        lock (gate)
        {
            for (var i = 0; i < block.Block.Transactions.Count && waits.Count > 0; i++)
            {
                if (waits.Remove(block.Block.Transactions[i].Hash, out var wait))
                    wait.SetResult((block.Block.Header.Number, i));
            }
        }
    }

    public void OnPending(Transaction transaction, Address sender)
    {
        // Only what is final is waited for.
    }

    public void Dispose() => feed.Remove(this);
}
