using Aitbc.Coordinator.Book.Engine;
using Aitbc.Primitives;
using CsCheck;
using Xunit;

namespace Services.Tests.Coordinator.Book;

/// <summary>The matching engine against a naive one over random lives, and its rules one by one.</summary>
public sealed class ClassBookTests
{
    // Few ids, prices and owners, so that orders meet often.
    private static readonly Gen<BookInput> GenInput =
        from kind in Gen.Frequency((6, Gen.Const(1)), (2, Gen.Const(2)), (1, Gen.Const(3)), (1, Gen.Const(4)))
        from at in Gen.Long[0, 2000]
        from order in Gen.Int[1, 40]
        from side in Gen.Int[1, 2]
        from owner in Gen.Int[1, 6]
        from price in Gen.Int[95, 105]
        from quantity in Gen.Int[0, 9]
        from score in Gen.Int[0, 3]
        from life in Gen.Long[0, 1500]
        select new BookInput
        {
            Kind = (BookInputKind)kind,
            AtMs = at,
            Order = Id(order),
            Side = (BookSide)side,
            Owner = Owner(owner),
            Price = (UInt128)price,
            Quantity = quantity,
            Score = score,
            ExpiresAtMs = at + life,
        };

    [Fact]
    public void Over_random_lives_it_trades_and_rests_as_the_naive_engine_does() =>
        GenInput.Array[0, 120].Sample(
            inputs =>
            {
                var (book, naive) = (new ClassBook(), new NaiveBook());
                var trades = new List<string>();
                foreach (var input in inputs)
                {
                    trades.AddRange(book.Apply(input).Where(f => f.Kind == BookFactKind.Traded).Select(Sentence));
                    naive.Apply(input);
                    Assert.Equal(naive.Resting, Resting(book));
                    Assert.False(IsCrossed(book));
                }

                Assert.Equal(naive.Trades, trades);
            },
            iter: 400);

    [Fact]
    public void Over_random_lives_no_slot_appears_or_vanishes() =>
        GenInput.Array[0, 120].Sample(
            inputs =>
            {
                var book = new ClassBook();
                var levels = new Dictionary<(BookSide Side, UInt128 Price), long>();
                long rests = 0;
                foreach (var input in inputs)
                {
                    var before = book.Find(input.Order)?.Quantity ?? 0;
                    foreach (var fact in book.Apply(input))
                    {
                        rests += Change(fact, before);
                        var other = fact.Side == BookSide.Ask ? BookSide.Bid : BookSide.Ask;
                        levels[(fact.Kind == BookFactKind.Traded ? other : fact.Side, fact.Price)] = fact.AtPrice;
                    }

                    Assert.Equal(book.Asks.Orders.Concat(book.Bids.Orders).Sum(o => o.Quantity), rests);
                    Assert.Equal(Levels(book), levels.Where(l => l.Value > 0).Select(l => (l.Key, l.Value)).Order());
                }
            },
            iter: 200);

    [Fact]
    public void The_same_inputs_give_the_same_hash_and_another_input_another()
    {
        GenInput.Array[1, 60].Sample(
            inputs => Assert.Equal(HashOf(inputs), HashOf(inputs)), iter: 50);
        var one = Place(1, BookSide.Ask, 100, 5);
        Assert.NotEqual(HashOf([one]), HashOf([one with { Quantity = 6 }]));
    }

    [Fact]
    public void Price_goes_before_score_and_score_before_time()
    {
        var book = new ClassBook();
        book.Apply(Place(1, BookSide.Ask, 101, 1, score: 9));
        book.Apply(Place(2, BookSide.Ask, 100, 1, score: 1));
        book.Apply(Place(3, BookSide.Ask, 100, 1, score: 2));
        book.Apply(Place(4, BookSide.Ask, 100, 1, score: 2));
        var facts = book.Apply(Place(5, BookSide.Bid, 101, 4, owner: 2));
        Assert.Equal([Id(3), Id(4), Id(2), Id(1)], facts.Select(f => f.Order));
    }

    [Fact]
    public void A_trade_has_the_price_of_the_order_that_rested_and_the_rest_of_a_larger_one_rests()
    {
        var book = new ClassBook();
        book.Apply(Place(1, BookSide.Bid, 110, 2));
        var facts = book.Apply(Place(2, BookSide.Ask, 100, 5, owner: 2));
        Assert.Equal((BookFactKind.Traded, (UInt128)110, 2L), (facts[0].Kind, facts[0].Price, facts[0].Quantity));
        Assert.Equal((BookFactKind.Placed, (UInt128)100, 3L), (facts[1].Kind, facts[1].Price, facts[1].Quantity));
    }

    [Fact]
    public void Nobody_trades_with_himself()
    {
        var book = new ClassBook();
        book.Apply(Place(1, BookSide.Ask, 100, 5));
        var fact = Assert.Single(book.Apply(Place(2, BookSide.Bid, 100, 3)));
        Assert.Equal((BookFactKind.Cancelled, BookReason.SelfTrade), (fact.Kind, fact.Reason));
        Assert.Null(book.History.Last);
    }

    [Fact]
    public void Less_of_an_order_keeps_its_place_and_more_of_it_goes_to_the_end()
    {
        var book = new ClassBook();
        book.Apply(Place(1, BookSide.Ask, 100, 5));
        book.Apply(Place(2, BookSide.Ask, 100, 5));
        book.Apply(Place(1, BookSide.Ask, 100, 4) with { Kind = BookInputKind.Replace });
        Assert.Equal(Id(1), book.Asks.Best!.Id);
        book.Apply(Place(1, BookSide.Ask, 100, 6) with { Kind = BookInputKind.Replace });
        Assert.Equal(Id(2), book.Asks.Best!.Id);
    }

    [Fact]
    public void Candles_begin_at_whole_minutes_hours_and_days_of_UTC()
    {
        var book = new ClassBook();
        var at = new DateTimeOffset(2026, 11, 24, 13, 37, 59, TimeSpan.Zero).ToUnixTimeMilliseconds();
        foreach (var (price, seconds) in new[] { (100, 0), (90, 1), (120, 2), (110, 70) })
        {
            book.Apply(Place(1, BookSide.Ask, price, 3) with { AtMs = at + (seconds * 1000) });
            book.Apply(Place(2, BookSide.Bid, price, 3, owner: 2) with { AtMs = at + (seconds * 1000) });
        }

        Assert.Equal([(100, 100), (120, 90), (110, 110)], HighLow(book, "1m"));
        Assert.Equal([(120, 90)], HighLow(book, "1d"));
        var day = Assert.Single(book.History.Candles("1d"));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), day.FromMs);
        Assert.Equal((100, 110, 12, 4), ((int)day.Open, (int)day.Close, (int)day.Volume, (int)day.Trades));
        Assert.Null(book.History.DayBefore(at + (25 * 3_600_000)));
    }

    internal static BookInput Place(int id, BookSide side, int price, long quantity, int score = 0, int owner = 1) =>
        new()
        {
            Kind = BookInputKind.Place,
            AtMs = 1,
            Order = Id(id),
            Side = side,
            Owner = Owner(owner),
            Price = (UInt128)price,
            Quantity = quantity,
            Score = score,
            ExpiresAtMs = long.MaxValue,
        };

    private static IEnumerable<(int High, int Low)> HighLow(ClassBook book, string interval) =>
        book.History.Candles(interval).Select(c => ((int)c.High, (int)c.Low));

    /// <summary>By how much a fact changes what rests.</summary>
    private static long Change(BookFact fact, long before) => fact.Kind switch
    {
        BookFactKind.Placed => fact.Quantity,
        BookFactKind.Replaced => fact.Quantity - before,
        BookFactKind.Traded or BookFactKind.Expired => -fact.Quantity,
        BookFactKind.Cancelled when fact.Reason != BookReason.SelfTrade => -fact.Quantity,
        _ => 0,
    };

    private static IEnumerable<((BookSide Side, UInt128 Price) At, long Quantity)> Levels(ClassBook book) =>
        book.Asks.Depth(100).Select(l => ((BookSide.Ask, l.Price), l.Quantity))
            .Concat(book.Bids.Depth(100).Select(l => ((BookSide.Bid, l.Price), l.Quantity))).Order();

    private static Hash256 HashOf(IEnumerable<BookInput> inputs)
    {
        var book = new ClassBook();
        foreach (var input in inputs)
            book.Apply(input);
        return book.Hash;
    }

    private static bool IsCrossed(ClassBook book) =>
        book.Asks.Best is { } ask && book.Bids.Best is { } bid && ask.Price <= bid.Price;

    private static string Sentence(BookFact trade) => trade.Side == BookSide.Ask
        ? $"{trade.Order} {trade.Bid} {trade.Price} {trade.Quantity}"
        : $"{trade.Bid} {trade.Order} {trade.Price} {trade.Quantity}";

    private static IEnumerable<string> Resting(ClassBook book) => book.Asks.Orders.Concat(book.Bids.Orders)
        .OrderBy(o => o.Arrival)
        .Select(o => $"{o.Side} {o.Id} {o.Price} {o.Score} {o.Quantity} {o.ExpiresAtMs}");

    private static Hash256 Id(int number) => Hash256.FromUInt256((ulong)number);

    private static Address Owner(int number) => Address.FromBytes([.. new byte[19], (byte)number]);
}
