using Aitbc.Coordinator.Book.Engine;
using Aitbc.Primitives;

namespace Services.Tests.Coordinator.Book;

/// <summary>The rules of specs/market/book.md as plainly as possible: one list, searched from end to end.</summary>
internal sealed class NaiveBook
{
    private readonly List<Entry> rests = [];
    private long now;
    private long arrivals;

    public List<string> Trades { get; } = [];

    public IEnumerable<string> Resting => rests
        .OrderBy(e => e.Arrival).Select(e => $"{e.Side} {e.Id} {e.Price} {e.Score} {e.Quantity} {e.Expires}");

    public void Apply(BookInput input)
    {
        now = Math.Max(now, input.AtMs);
        rests.RemoveAll(e => e.Expires <= now);
        var known = rests.Find(e => e.Id == input.Order);
        var sane = input.Quantity is >= 1 and <= ClassBook.MostQuantity && input.ExpiresAtMs > now;
        if (input.Kind == BookInputKind.Cancel && known is not null)
            rests.Remove(known);
        if (input.Kind == BookInputKind.Place && known is null && sane)
            Enter(EntryOf(input, input.Side, input.Owner));
        if (input.Kind == BookInputKind.Replace && known is not null && sane)
        {
            rests.Remove(known);
            var next = EntryOf(input, known.Side, known.Owner);
            if (known.Price == next.Price && known.Score == next.Score && next.Quantity <= known.Quantity)
                rests.Add(next with { Arrival = known.Arrival });
            else
                Enter(next);
        }
    }

    private static Entry EntryOf(BookInput input, BookSide side, Address owner) => new(
        input.Order, side, owner, input.Price, input.Score, input.Quantity, input.ExpiresAtMs, 0);

    private void Enter(Entry order)
    {
        while (order.Quantity > 0)
        {
            var best = rests.Where(e => e.Side != order.Side)
                .Where(e => order.Side == BookSide.Ask ? order.Price <= e.Price : order.Price >= e.Price)
                .OrderBy(e => e.Side == BookSide.Ask ? e.Price : UInt128.MaxValue - e.Price)
                .ThenByDescending(e => e.Score).ThenBy(e => e.Arrival).FirstOrDefault();
            if (best is null)
                break;
            if (best.Owner == order.Owner)
                return;
            var quantity = Math.Min(best.Quantity, order.Quantity);
            Trades.Add($"{order.Id} {best.Id} {best.Price} {quantity}");
            rests.Remove(best);
            if (best.Quantity > quantity)
                rests.Add(best with { Quantity = best.Quantity - quantity });
            order = order with { Quantity = order.Quantity - quantity };
        }

        if (order.Quantity > 0)
            rests.Add(order with { Arrival = ++arrivals });
    }

    private sealed record Entry(
        Hash256 Id, BookSide Side, Address Owner, UInt128 Price, int Score, long Quantity, long Expires, long Arrival);
}
