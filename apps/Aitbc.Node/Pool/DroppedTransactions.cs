using Aitbc.Primitives;

namespace Aitbc.Node.Pool;

/// <summary>Why the latest transactions that the pool gave up were given up. The oldest are forgotten.</summary>
internal sealed class DroppedTransactions(int most)
{
    private readonly Queue<Hash256> order = new();
    private readonly Dictionary<Hash256, string> reasons = [];

    public string? Reason(Hash256 transaction) => reasons.GetValueOrDefault(transaction);

    public void Add(Hash256 transaction, string reason)
    {
        if (!reasons.TryAdd(transaction, reason))
        {
            reasons[transaction] = reason;
            return;
        }

        order.Enqueue(transaction);
        if (order.Count > most)
            reasons.Remove(order.Dequeue());
    }
}
