using Aitbc.Primitives;

namespace Aitbc.Coordinator.Book.Engine;

/// <summary>One side of a book: the queue, and what rests at each price.</summary>
internal sealed class BookHalf(BookSide side)
{
    private readonly SortedSet<BookOrder> queue = new(new QueueOrder(side));
    private readonly Dictionary<UInt128, long> levels = [];

    public BookOrder? Best => queue.Min;

    public int Count => queue.Count;

    public IEnumerable<BookOrder> Orders => queue;

    public void Add(BookOrder order)
    {
        queue.Add(order);
        Change(order.Price, order.Quantity);
    }

    public void Remove(BookOrder order)
    {
        queue.Remove(order);
        Change(order.Price, -order.Quantity);
    }

    /// <summary>Takes from an order; it leaves the queue when nothing is left.</summary>
    public void Take(BookOrder order, long quantity)
    {
        Change(order.Price, -quantity);
        order.Quantity -= quantity;
        if (order.Quantity == 0)
            queue.Remove(order);
    }

    public long At(UInt128 price) => levels.GetValueOrDefault(price);

    /// <summary>The best prices and what rests at each.</summary>
    public IReadOnlyList<BookLevel> Depth(int most)
    {
        var depth = new List<BookLevel>();
        foreach (var order in queue)
        {
            if (depth.Count > 0 && depth[^1].Price == order.Price)
                depth[^1] = depth[^1] with { Orders = depth[^1].Orders + 1 };
            else if (depth.Count == most)
                break;
            else
                depth.Add(new BookLevel(order.Price, At(order.Price), 1));
        }

        return depth;
    }

    private void Change(UInt128 price, long by)
    {
        var rests = At(price) + by;
        if (rests == 0)
            levels.Remove(price);
        else
            levels[price] = rests;
    }
}

/// <summary>What rests at one price.</summary>
internal readonly record struct BookLevel(UInt128 Price, long Quantity, int Orders);
