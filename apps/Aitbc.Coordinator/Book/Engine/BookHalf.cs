namespace Aitbc.Coordinator.Book.Engine;

/// <summary>One side of a book: the prices in order, and at each price the queue by score and time.</summary>
internal sealed class BookHalf(BookSide side)
{
    private readonly SortedSet<UInt128> prices = new(
        side == BookSide.Ask
            ? Comparer<UInt128>.Default
            : Comparer<UInt128>.Create(static (x, y) => y.CompareTo(x)));

    private readonly Dictionary<UInt128, Level> levels = [];
    private Level? best;

    /// <summary>Who trades first.</summary>
    public BookOrder? Best => (best ??= prices.Count == 0 ? null : levels[prices.Min])?.Queue[0];

    public int Count { get; private set; }

    /// <summary>In the order in which they would trade.</summary>
    public IEnumerable<BookOrder> Orders => prices.SelectMany(p => levels[p].Queue);

    public void Add(BookOrder order)
    {
        if (!levels.TryGetValue(order.Price, out var level))
        {
            levels[order.Price] = level = new Level();
            prices.Add(order.Price);
            best = null;
        }

        level.Queue.Insert(~level.Queue.BinarySearch(order, QueueOrder.Instance), order);
        level.Quantity += order.Quantity;
        Count++;
    }

    public void Remove(BookOrder order)
    {
        var level = levels[order.Price];
        level.Queue.RemoveAt(level.Queue.BinarySearch(order, QueueOrder.Instance));
        level.Quantity -= order.Quantity;
        Count--;
        if (level.Queue.Count > 0)
            return;
        levels.Remove(order.Price);
        prices.Remove(order.Price);
        best = null;
    }

    /// <summary>Takes from an order; it leaves the queue when nothing is left.</summary>
    public void Take(BookOrder order, long quantity)
    {
        if (order.Quantity == quantity)
        {
            Remove(order);
        }
        else
        {
            levels[order.Price].Quantity -= quantity;
        }

        order.Quantity -= quantity;
    }

    public long At(UInt128 price) => levels.TryGetValue(price, out var level) ? level.Quantity : 0;

    /// <summary>The best prices and what rests at each.</summary>
    public IReadOnlyList<BookLevel> Depth(int most) =>
        [.. prices.Take(most).Select(p => new BookLevel(p, levels[p].Quantity, levels[p].Queue.Count))];

    private sealed class Level
    {
        public List<BookOrder> Queue { get; } = [];

        public long Quantity { get; set; }
    }

    /// <summary>Higher score, then earlier arrival.</summary>
    private sealed class QueueOrder : IComparer<BookOrder>
    {
        public static readonly QueueOrder Instance = new();

        public int Compare(BookOrder? x, BookOrder? y)
        {
            var byScore = y!.Score.CompareTo(x!.Score);
            return byScore != 0 ? byScore : x.Arrival.CompareTo(y.Arrival);
        }
    }
}

/// <summary>What rests at one price.</summary>
internal readonly record struct BookLevel(UInt128 Price, long Quantity, int Orders);
