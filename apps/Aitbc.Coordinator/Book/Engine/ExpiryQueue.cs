namespace Aitbc.Coordinator.Book.Engine;

/// <summary>
/// Orders by their end, then arrival. Those that left the book are passed over, and cleared out in time.
/// </summary>
internal sealed class ExpiryQueue
{
    private const int SmallestClearing = 1024;

    private PriorityQueue<BookOrder, (long, long)> queue = new();

    /// <summary>The end of the order that expires first; null = none rests.</summary>
    public long? NextMs => Next()?.ExpiresAtMs;

    public void Add(BookOrder order, int resting)
    {
        queue.Enqueue(order, (order.ExpiresAtMs, order.Arrival));
        if (queue.Count < SmallestClearing || queue.Count < 4 * resting)
            return;
        queue = new PriorityQueue<BookOrder, (long, long)>(
            queue.UnorderedItems.Where(i => !i.Element.Left));
    }

    /// <summary>An order whose time has come; null = none.</summary>
    public BookOrder? Due(long nowMs) => Next() is { } order && order.ExpiresAtMs <= nowMs ? order : null;

    private BookOrder? Next()
    {
        while (queue.TryPeek(out var order, out _))
        {
            if (!order.Left)
                return order;
            queue.Dequeue();
        }

        return null;
    }
}
