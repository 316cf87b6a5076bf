using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Pool;

/// <summary>
/// Waiting transactions, a queue of nonces an account. A transaction leaves only when it is final or can never be
/// included; one behind a gap waits.
/// </summary>
internal sealed class TransactionPool(IStateStore state, ulong chainId, NodeOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<Address, SortedDictionary<ulong, Waiting>> queues = [];
    private readonly Dictionary<Hash256, Waiting> byHash = [];

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

    public PoolVerdict Add(Transaction transaction, UInt256 baseFee)
    {
        var verdict = TransactionCheck.Stateless(transaction, chainId);
        if (verdict != TransactionVerdict.Valid)
            return PoolVerdict.Of(verdict);
        if (!transaction.TryRecoverSender(out var sender))
            return PoolVerdict.Of(TransactionVerdict.InvalidSender);
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
            while (queue.ContainsKey(next))
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
    public void Settle(IEnumerable<Address> touched)
    {
        lock (gate)
        {
            foreach (var account in touched)
            {
                if (!queues.TryGetValue(account, out var queue))
                    continue;
                var nonce = state.GetAccount(account)?.Nonce ?? 0;
                foreach (var old in queue.Keys.TakeWhile(n => n < nonce).ToList())
                    Remove(queue, old);
                if (queue.Count == 0)
                    queues.Remove(account);
            }
        }
    }

    /// <summary>Forgets a transaction that its block refused for good, so that it does not block its queue.</summary>
    public void Drop(Transaction transaction, Address sender)
    {
        lock (gate)
        {
            if (queues.TryGetValue(sender, out var queue) && byHash.ContainsKey(transaction.Hash))
                Remove(queue, transaction.Nonce);
        }
    }

    private static void Offer(
        PriorityQueue<Waiting, (UInt256 Tip, long Since)> heads,
        SortedDictionary<ulong, Waiting> queue,
        ulong nonce,
        UInt256 baseFee)
    {
        if (queue.TryGetValue(nonce, out var waiting) && waiting.Transaction.MaxFeePerGas >= baseFee)
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
        if (!queues.TryGetValue(sender, out var queue))
            queue = [];
        var waiting = new Waiting(transaction, sender, time.GetTimestamp());
        if (queue.TryGetValue(transaction.Nonce, out var earlier))
        {
            // A replacement raises both fees by a tenth at least.
            if (!Raises(earlier.Transaction.MaxFeePerGas, transaction.MaxFeePerGas)
                || !Raises(earlier.Transaction.MaxPriorityFeePerGas, transaction.MaxPriorityFeePerGas))
                return PoolVerdict.Underpriced;
            Remove(queue, transaction.Nonce);
        }
        else if (queue.Count >= options.PoolSizePerAccount)
        {
            return PoolVerdict.AccountFull;
        }
        else if (byHash.Count >= options.PoolSize)
        {
            return PoolVerdict.Full;
        }

        queues[sender] = queue;
        queue[transaction.Nonce] = waiting;
        byHash[transaction.Hash] = waiting;
        return PoolVerdict.Taken;
    }

    private static bool Raises(UInt256 from, UInt256 to) =>
        UInt256.TryMultiply(from, 11UL, out var least) && UInt256.TryMultiply(to, 10UL, out var offered)
        && offered >= least;

    private void Remove(SortedDictionary<ulong, Waiting> queue, ulong nonce)
    {
        if (queue.Remove(nonce, out var gone))
            byHash.Remove(gone.Transaction.Hash);
    }

    private sealed record Waiting(Transaction Transaction, Address Sender, long Since);

    private sealed class HighestTip : IComparer<(UInt256 Tip, long Since)>
    {
        public int Compare((UInt256 Tip, long Since) x, (UInt256 Tip, long Since) y)
        {
            var order = y.Tip.CompareTo(x.Tip);
            return order == 0 ? x.Since.CompareTo(y.Since) : order;
        }
    }
}
