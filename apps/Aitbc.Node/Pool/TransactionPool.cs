using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Pool;

/// <summary>
/// Waiting transactions, a queue of nonces an account. A transaction leaves only when it is final, replaced by its
/// sender, or can never be included; one behind a gap waits. The lock is held for table look-ups only: signatures are
/// recovered and the database is read outside of it.
/// </summary>
internal sealed class TransactionPool(IStateStore state, ulong chainId, NodeOptions options, TimeProvider time)
{
    private const int MostDropped = 10_000;

    // What waits behind gaps may take this part of the pool, so that it cannot keep out what a block could take.
    private const int PartBehindGaps = 4;

    private readonly Lock gate = new();
    private readonly Dictionary<Address, AccountQueue> queues = [];
    private readonly Dictionary<Hash256, Waiting> byHash = [];
    private readonly Arrivals arrivals = new();
    private readonly DroppedTransactions dropped = new(MostDropped);
    private readonly List<Waiting> gone = [];
    private long bytes;
    private int behindGaps;
    private ulong settled;
    private ulong admitted;

    public int Count
    {
        get
        {
            lock (gate)
                return byHash.Count;
        }
    }

    /// <summary>How many could be in the next block by their nonce, and how many wait behind a gap.</summary>
    public (int Pending, int Queued) Counts
    {
        get
        {
            lock (gate)
                return (byHash.Count - behindGaps, behindGaps);
        }
    }

    /// <summary>
    /// Transactions taken since the start: who sees the same number twice knows that nothing came in.
    /// </summary>
    public ulong Admitted => Volatile.Read(ref admitted);

    public ulong OldestMs
    {
        get
        {
            lock (gate)
            {
                return arrivals.Oldest is { } oldest
                    ? (ulong)time.GetElapsedTime(oldest.Since).TotalMilliseconds
                    : 0;
            }
        }
    }

    public Transaction? Find(Hash256 hash, out Address sender)
    {
        lock (gate)
        {
            var found = byHash.GetValueOrDefault(hash);
            sender = found?.Sender ?? default;
            return found?.Transaction;
        }
    }

    /// <summary>What waits, the oldest first; with whether a block could take it by its nonce.</summary>
    public List<(Waiting Waiting, bool IsPending)> Content(int most)
    {
        lock (gate)
        {
            var content = new List<(Waiting, bool)>(Math.Min(most, byHash.Count));
            for (var next = arrivals.Oldest; next is not null && content.Count < most; next = next.Later)
                content.Add((next, next.Transaction.Nonce < queues[next.Sender].Gap));
            return content;
        }
    }

    /// <summary>What waits of one account, in no order; with whether a block could take it by its nonce.</summary>
    public List<(Waiting Waiting, bool IsPending)> ContentOf(Address account)
    {
        lock (gate)
        {
            return queues.TryGetValue(account, out var queue)
                ? [.. queue.All.Select(waiting => (waiting, waiting.Transaction.Nonce < queue.Gap))]
                : [];
        }
    }

    /// <summary>Why a transaction was given up; null if it was not, or too long ago.</summary>
    public string? DropReason(Hash256 hash)
    {
        lock (gate)
            return dropped.Reason(hash);
    }

    /// <summary>Takes a transaction whose sender was recovered from it.</summary>
    public PoolVerdict Add(Transaction transaction, Address sender, UInt256 baseFee, ulong blockGasLimit)
    {
        var verdict = TransactionCheck.Stateless(transaction, chainId);
        if (verdict != TransactionVerdict.Valid)
            return PoolVerdict.Of(verdict);
        if (transaction.GasLimit > blockGasLimit)
            return PoolVerdict.Of(TransactionVerdict.ExceedsBlockGasLimit);
        if (transaction.MaxFeePerGas < baseFee)
            return PoolVerdict.Of(TransactionVerdict.FeeCapBelowBaseFee);
        while (true)
        {
            ulong seen;
            lock (gate)
            {
                if (queues.TryGetValue(sender, out var queue))
                    return Add(transaction, sender, queue);
                seen = settled;
            }

            var account = state.GetAccount(sender) ?? AccountState.Empty;
            lock (gate)
            {
                // A block in between may have changed the account that was read.
                if (queues.ContainsKey(sender) || seen != settled)
                    continue;
                return Add(transaction, sender, new AccountQueue(account));
            }
        }
    }

    /// <summary>The next nonce of an account if all that wait without a gap were included.</summary>
    public ulong PendingNonce(Address account)
    {
        lock (gate)
        {
            if (queues.TryGetValue(account, out var queue))
                return queue.Gap;
        }

        return state.GetAccount(account)?.Nonce ?? 0;
    }

    /// <summary>What can be included now, in order of tip between accounts and of nonce within one.</summary>
    public List<Transaction> Ready(UInt256 baseFee, ulong gasLimit, int most)
    {
        lock (gate)
        {
            var heads = new PriorityQueue<Waiting, (UInt256 Tip, long Since)>(HighestTip.Instance);
            foreach (var queue in queues.Values)
            {
                if (Offer(queue, queue.Next, baseFee, out var head, out var rank))
                    heads.Enqueue(head, rank);
            }

            var transactions = new List<Transaction>(Math.Min(most, byHash.Count - behindGaps));
            while (transactions.Count < most && heads.TryPeek(out var next, out _))
            {
                var fits = next.Transaction.GasLimit <= gasLimit;
                if (fits)
                {
                    gasLimit -= next.Transaction.GasLimit;
                    transactions.Add(next.Transaction);
                }

                if (fits && Offer(
                    queues[next.Sender], next.Transaction.Nonce + 1, baseFee, out var follower, out var rank))
                    heads.DequeueEnqueue(follower, rank);
                else
                    heads.Dequeue();
            }

            return transactions;
        }
    }

    /// <summary>After a block: forgets what is final and what can no longer be, and learns the accounts.</summary>
    public void Settle(BlockResult block)
    {
        lock (gate)
        {
            settled++;
            foreach (var transaction in block.Block.Transactions)
            {
                if (!byHash.TryGetValue(transaction.Hash, out var final))
                    continue;
                final.IsFinal = true;
                Forget(final);
            }

            foreach (var change in block.StateDiff.Accounts)
            {
                if (queues.TryGetValue(change.Address, out var queue))
                    Settle(change.Address, queue, change.After ?? AccountState.Empty);
            }
        }
    }

    /// <summary>Forgets a transaction that its block refused for good, so that it does not block its queue.</summary>
    public void Drop(Transaction transaction, string reason)
    {
        lock (gate)
        {
            if (!byHash.TryGetValue(transaction.Hash, out var refused))
                return;
            Forget(refused);
            var queue = queues[refused.Sender];
            behindGaps -= queue.BehindGap;
            queue.Remove(refused);
            behindGaps += queue.BehindGap;
            if (queue.Count == 0)
                queues.Remove(refused.Sender);
            dropped.Add(transaction.Hash, reason);
        }
    }

    private static bool Offer(
        AccountQueue queue, ulong nonce, UInt256 baseFee, out Waiting head, out (UInt256 Tip, long Since) rank)
    {
        rank = default;
        if (!queue.TryGet(nonce, out head!) || head.Transaction.MaxFeePerGas < baseFee)
            return false;
        rank = (head.Transaction.EffectiveTip(baseFee), head.Since);
        return true;
    }

    private PoolVerdict Add(Transaction transaction, Address sender, AccountQueue queue)
    {
        if (byHash.ContainsKey(transaction.Hash))
            return PoolVerdict.AlreadyKnown;
        if (transaction.Nonce < queue.Next)
            return PoolVerdict.Of(TransactionVerdict.NonceTooLow);
        if (TransactionCheck.MaxCost(transaction) is not { } cost || cost > queue.Balance)
            return PoolVerdict.Of(TransactionVerdict.InsufficientFunds);
        queue.TryGet(transaction.Nonce, out var earlier);
        if (earlier is not null && !Outbids(earlier.Transaction, transaction))
            return PoolVerdict.Underpriced;
        var waiting = new Waiting(transaction, sender, cost, time.GetTimestamp());
        if (Bound(queue, waiting, earlier) is { Error: not null } full)
            return full;
        var others = queue.Reserved - (earlier?.Cost ?? default);
        if (!UInt256.TryAdd(others, cost, out var promised) || promised > queue.Balance)
            return PoolVerdict.Overdrawn(queue.Balance.ToString(), promised.ToString());
        behindGaps -= queue.BehindGap;
        if (earlier is not null)
        {
            queue.Replace(earlier, waiting);
            Forget(earlier);
            dropped.Add(earlier.Transaction.Hash, $"replaced by {transaction.Hash}");
        }
        else
        {
            queue.Put(waiting);
            queues[sender] = queue;
        }

        behindGaps += queue.BehindGap;
        byHash.Add(transaction.Hash, waiting);
        arrivals.Add(waiting);
        bytes += waiting.Size;
        Volatile.Write(ref admitted, admitted + 1);
        return PoolVerdict.Taken;
    }

    private PoolVerdict Bound(AccountQueue queue, Waiting waiting, Waiting? earlier)
    {
        if (bytes + waiting.Size - (earlier?.Size ?? 0) > options.PoolBytes)
            return PoolVerdict.FullOfBytes(options.PoolBytes);
        if (earlier is not null)
            return PoolVerdict.Taken;
        if (queue.Count >= options.PoolSizePerAccount)
            return PoolVerdict.AccountFull(options.PoolSizePerAccount);
        if (byHash.Count >= options.PoolSize)
            return PoolVerdict.Full(options.PoolSize);
        var mostBehindGaps = Math.Max(1, options.PoolSize / PartBehindGaps);
        return waiting.Transaction.Nonce != queue.Gap && behindGaps >= mostBehindGaps
            ? PoolVerdict.GapsFull(mostBehindGaps)
            : PoolVerdict.Taken;
    }

    private void Settle(Address address, AccountQueue queue, AccountState account)
    {
        behindGaps -= queue.BehindGap;
        queue.Settle(account, gone);
        behindGaps += queue.BehindGap;
        foreach (var old in gone)
        {
            if (old.IsFinal)
                continue;
            Forget(old);
            dropped.Add(old.Transaction.Hash, TransactionVerdict.NonceTooLow.Describe());
        }

        gone.Clear();
        if (queue.Count == 0)
            queues.Remove(address);
    }

    private void Forget(Waiting waiting)
    {
        byHash.Remove(waiting.Transaction.Hash);
        arrivals.Remove(waiting);
        bytes -= waiting.Size;
    }

    // A replacement raises both fees by a tenth at least.
    private static bool Outbids(Transaction earlier, Transaction later) =>
        Raises(earlier.MaxFeePerGas, later.MaxFeePerGas)
        && Raises(earlier.MaxPriorityFeePerGas, later.MaxPriorityFeePerGas);

    private static bool Raises(UInt256 from, UInt256 to) =>
        UInt256.TryMultiply(from, 11UL, out var least) && UInt256.TryMultiply(to, 10UL, out var offered)
        && offered >= least;

    private sealed class HighestTip : IComparer<(UInt256 Tip, long Since)>
    {
        public static readonly HighestTip Instance = new();

        public int Compare((UInt256 Tip, long Since) x, (UInt256 Tip, long Since) y)
        {
            var order = y.Tip.CompareTo(x.Tip);
            return order == 0 ? x.Since.CompareTo(y.Since) : order;
        }
    }
}
