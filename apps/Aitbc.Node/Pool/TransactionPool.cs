using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Pool;

/// <summary>
/// Waiting transactions, a queue of nonces an account. A transaction leaves only when it is final, replaced by its
/// sender, or can never be included; one behind a gap waits.
/// </summary>
internal sealed class TransactionPool(IStateStore state, ulong chainId, NodeOptions options, TimeProvider time)
{
    private const int MostDropped = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<Address, AccountQueue> queues = [];
    private readonly Dictionary<Hash256, Waiting> byHash = [];
    private readonly DroppedTransactions dropped = new(MostDropped);

    public int Count
    {
        get
        {
            lock (gate)
                return byHash.Count;
        }
    }

    public ulong OldestMs
    {
        get
        {
            lock (gate)
            {
                return byHash.Count == 0
                    ? 0
                    : (ulong)time.GetElapsedTime(byHash.Values.Min(w => w.Since)).TotalMilliseconds;
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
        lock (gate)
            return Add(transaction, sender);
    }

    /// <summary>The next nonce of an account if all that wait without a gap were included.</summary>
    public ulong PendingNonce(Address account)
    {
        lock (gate)
        {
            var next = state.GetAccount(account)?.Nonce ?? 0;
            if (!queues.TryGetValue(account, out var queue))
                return next;
            while (queue.Has(next))
                next++;
            return next;
        }
    }

    /// <summary>What can be included now, in order of tip between accounts and of nonce within one.</summary>
    public (List<Transaction> Transactions, List<Address> Senders) Ready(UInt256 baseFee, ulong gasLimit, int most)
    {
        lock (gate)
        {
            var heads = new PriorityQueue<Waiting, (UInt256 Tip, long Since)>(new HighestTip());
            foreach (var (account, queue) in queues)
                Offer(heads, queue, state.GetAccount(account)?.Nonce ?? 0, baseFee);
            var (transactions, senders) = (new List<Transaction>(), new List<Address>());
            while (transactions.Count < most && heads.TryDequeue(out var next, out _))
            {
                if (next.Transaction.GasLimit > gasLimit)
                    continue;
                gasLimit -= next.Transaction.GasLimit;
                transactions.Add(next.Transaction);
                senders.Add(next.Sender);
                Offer(heads, queues[next.Sender], next.Transaction.Nonce + 1, baseFee);
            }

            return (transactions, senders);
        }
    }

    /// <summary>After a block: forgets what is final and what can no longer be.</summary>
    public void Settle(IReadOnlyList<Transaction> included)
    {
        lock (gate)
        {
            var final = included.Select(t => t.Hash).ToHashSet();
            var touched = final.Select(byHash.GetValueOrDefault).OfType<Waiting>().Select(w => w.Sender).ToHashSet();
            foreach (var account in touched)
            {
                var queue = queues[account];
                foreach (var gone in queue.RemoveBelow(state.GetAccount(account)?.Nonce ?? 0))
                {
                    byHash.Remove(gone.Transaction.Hash);
                    if (!final.Contains(gone.Transaction.Hash))
                        dropped.Add(gone.Transaction.Hash, TransactionVerdict.NonceTooLow.Describe());
                }

                if (queue.Count == 0)
                    queues.Remove(account);
            }
        }
    }

    /// <summary>Forgets a transaction that its block refused for good, so that it does not block its queue.</summary>
    public void Drop(Transaction transaction, string reason)
    {
        lock (gate)
        {
            if (!byHash.Remove(transaction.Hash, out var gone))
                return;
            var queue = queues[gone.Sender];
            queue.Remove(transaction.Nonce, out _);
            if (queue.Count == 0)
                queues.Remove(gone.Sender);
            dropped.Add(transaction.Hash, reason);
        }
    }

    private static void Offer(
        PriorityQueue<Waiting, (UInt256 Tip, long Since)> heads, AccountQueue queue, ulong nonce, UInt256 baseFee)
    {
        if (queue.TryGet(nonce, out var waiting) && waiting.Transaction.MaxFeePerGas >= baseFee)
            heads.Enqueue(waiting, (waiting.Transaction.EffectiveTip(baseFee), waiting.Since));
    }

    private PoolVerdict Add(Transaction transaction, Address sender)
    {
        if (byHash.ContainsKey(transaction.Hash))
            return PoolVerdict.AlreadyKnown;
        var account = state.GetAccount(sender) ?? AccountState.Empty;
        if (transaction.Nonce < account.Nonce)
            return PoolVerdict.Of(TransactionVerdict.NonceTooLow);
        if (TransactionCheck.MaxCost(transaction) is not { } cost || cost > account.Balance)
            return PoolVerdict.Of(TransactionVerdict.InsufficientFunds);
        var queue = queues.GetValueOrDefault(sender) ?? new AccountQueue();
        queue.TryGet(transaction.Nonce, out var earlier);
        if (earlier is not null && !Outbids(earlier.Transaction, transaction))
            return PoolVerdict.Underpriced;
        if (earlier is null && queue.Count >= options.PoolSizePerAccount)
            return PoolVerdict.AccountFull(options.PoolSizePerAccount);
        if (earlier is null && byHash.Count >= options.PoolSize)
            return PoolVerdict.Full(options.PoolSize);
        var others = queue.Reserved - (earlier?.Cost ?? default);
        if (!UInt256.TryAdd(others, cost, out var promised) || promised > account.Balance)
            return PoolVerdict.Overdrawn(account.Balance.ToString(), promised.ToString());
        if (earlier is not null)
        {
            queue.Remove(transaction.Nonce, out _);
            byHash.Remove(earlier.Transaction.Hash);
            dropped.Add(earlier.Transaction.Hash, $"replaced by {transaction.Hash}");
        }

        var waiting = new Waiting(transaction, sender, cost, time.GetTimestamp());
        queue.Put(waiting);
        queues[sender] = queue;
        byHash[transaction.Hash] = waiting;
        return PoolVerdict.Taken;
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
        public int Compare((UInt256 Tip, long Since) x, (UInt256 Tip, long Since) y)
        {
            var order = y.Tip.CompareTo(x.Tip);
            return order == 0 ? x.Since.CompareTo(y.Since) : order;
        }
    }
}
