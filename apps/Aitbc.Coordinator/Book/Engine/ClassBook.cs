using Aitbc.Primitives;

namespace Aitbc.Coordinator.Book.Engine;

/// <summary>
/// The matching engine of one resource class (specs/market/book.md): price, then score, then time. It asks nobody,
/// knows no clock, and is used by one caller at a time; equal inputs give equal facts and an equal hash.
/// </summary>
internal sealed class ClassBook
{
    /// <summary>Most slots of one order.</summary>
    public const long MostQuantity = 1_000_000;

    private readonly BookHalf asks = new(BookSide.Ask);
    private readonly BookHalf bids = new(BookSide.Bid);
    private readonly Dictionary<Hash256, BookOrder> orders = [];
    private readonly ExpiryQueue expiries = new();
    private readonly List<BookFact> facts = [];
    private long arrivals;

    public Hash256 Hash { get; private set; }

    /// <summary>Number of the last fact; 0 = none yet.</summary>
    public long Sequence { get; private set; }

    /// <summary>Time of the last input.</summary>
    public long NowMs { get; private set; }

    public TradeHistory History { get; } = new();

    public BookHalf Asks => asks;

    public BookHalf Bids => bids;

    /// <summary>When the next order expires; null = none will.</summary>
    public long? NextExpiryMs => expiries.NextMs;

    public BookOrder? Find(Hash256 order) => orders.GetValueOrDefault(order);

    /// <summary>What became of the input. The list is the caller's.</summary>
    public IReadOnlyList<BookFact> Apply(BookInput input)
    {
        facts.Clear();
        NowMs = Math.Max(NowMs, input.AtMs);
        Expire();
        switch (input.Kind)
        {
            case BookInputKind.Place:
                Place(input);
                break;
            case BookInputKind.Replace:
                Replace(input);
                break;
            case BookInputKind.Cancel:
                Cancel(input);
                break;
        }

        return [.. facts];
    }

    private void Expire()
    {
        while (expiries.Due(NowMs) is { } order)
            GiveUp(order, BookFactKind.Expired, BookReason.None);
    }

    private void Place(BookInput input)
    {
        if (orders.ContainsKey(input.Order))
            Refuse(input, BookReason.KnownOrder);
        else if (Flaw(input) is var flaw && flaw != BookReason.None)
            Refuse(input, flaw);
        else
            Enter(input, input.Side, input.Owner);
    }

    private void Replace(BookInput input)
    {
        if (Find(input.Order) is not { } known)
        {
            Refuse(input, BookReason.UnknownOrder);
            return;
        }

        input = input with { Side = known.Side, Owner = known.Owner };
        if (Flaw(input) is var flaw && flaw != BookReason.None)
        {
            Refuse(input, flaw);
            return;
        }

        if (known.Price == input.Price && known.Score == input.Score && input.Quantity <= known.Quantity)
        {
            Leave(known);
            Rest(input, known.Arrival, input.Quantity, BookFactKind.Replaced); // less of the same keeps its place
            return;
        }

        GiveUp(known, BookFactKind.Cancelled, BookReason.Replaced);
        Enter(input, known.Side, known.Owner);
    }

    private void Cancel(BookInput input)
    {
        if (Find(input.Order) is { } order)
            GiveUp(order, BookFactKind.Cancelled, BookReason.None);
        else
            Refuse(input, BookReason.UnknownOrder);
    }

    private BookReason Flaw(BookInput input) => input switch
    {
        { Side: not (BookSide.Ask or BookSide.Bid) } => BookReason.BadSide,
        { Quantity: < 1 or > MostQuantity } => BookReason.BadQuantity,
        _ => input.ExpiresAtMs <= NowMs ? BookReason.AlreadyExpired : BookReason.None,
    };

    /// <summary>Trades with whoever stands first on the other side while prices meet; the rest rests.</summary>
    private void Enter(BookInput input, BookSide side, Address owner)
    {
        var other = Half(side == BookSide.Ask ? BookSide.Bid : BookSide.Ask);
        var left = input.Quantity;
        while (left > 0 && other.Best is { } best && Meets(side, input.Price, best.Price))
        {
            if (best.Owner == owner)
            {
                Tell(BookFactKind.Cancelled, side, input.Order, input.Price, left, BookReason.SelfTrade);
                return;
            }

            left -= Trade(input.Order, side, best, left);
        }

        if (left > 0)
            Rest(input, ++arrivals, left, BookFactKind.Placed);
    }

    private long Trade(Hash256 taker, BookSide side, BookOrder resting, long wanted)
    {
        var quantity = Math.Min(wanted, resting.Quantity);
        var half = Half(resting.Side);
        half.Take(resting, quantity);
        if (resting.Quantity == 0)
        {
            orders.Remove(resting.Id);
            resting.Left = true;
        }

        Add(new BookFact
        {
            Sequence = ++Sequence,
            AtMs = NowMs,
            Kind = BookFactKind.Traded,
            Side = side,
            Order = side == BookSide.Ask ? taker : resting.Id,
            Bid = side == BookSide.Bid ? taker : resting.Id,
            Price = resting.Price,
            Quantity = quantity,
            AtPrice = half.At(resting.Price),
        });
        History.Add(NowMs, resting.Price, quantity, Sequence, side);
        return quantity;
    }

    private void Rest(BookInput input, long arrival, long quantity, BookFactKind kind)
    {
        var order = new BookOrder
        {
            Id = input.Order,
            Side = input.Side,
            Owner = input.Owner,
            Price = input.Price,
            Score = input.Score,
            Arrival = arrival,
            ExpiresAtMs = input.ExpiresAtMs,
            Quantity = quantity,
        };
        Half(order.Side).Add(order);
        orders[order.Id] = order;
        expiries.Add(order, orders.Count);
        Tell(kind, order.Side, order.Id, order.Price, quantity, BookReason.None);
    }

    private void GiveUp(BookOrder order, BookFactKind kind, BookReason reason)
    {
        Leave(order);
        Tell(kind, order.Side, order.Id, order.Price, order.Quantity, reason);
    }

    private void Leave(BookOrder order)
    {
        Half(order.Side).Remove(order);
        orders.Remove(order.Id);
        order.Left = true;
    }

    private void Refuse(BookInput input, BookReason reason) =>
        Tell(BookFactKind.Refused, input.Side, input.Order, input.Price, input.Quantity, reason);

    private void Tell(
        BookFactKind kind, BookSide side, Hash256 order, UInt128 price, long quantity, BookReason reason) =>
        Add(new BookFact
        {
            Sequence = ++Sequence,
            AtMs = NowMs,
            Kind = kind,
            Reason = reason,
            Side = side,
            Order = order,
            Price = price,
            Quantity = quantity,
            AtPrice = side is BookSide.Ask or BookSide.Bid ? Half(side).At(price) : 0,
        });

    private void Add(BookFact fact)
    {
        Hash = fact.Extend(Hash);
        facts.Add(fact);
    }

    private BookHalf Half(BookSide side) => side == BookSide.Ask ? asks : bids;

    private static bool Meets(BookSide side, UInt128 mine, UInt128 resting) =>
        side == BookSide.Ask ? mine <= resting : mine >= resting;
}
