using System.Diagnostics;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Primitives;

namespace Aitbc.Bench.Market;

/// <summary>
/// Order events in a book of about ten thousand orders at rest: six of ten are new orders of both sides around one
/// price, two change an order, two cancel one. The inputs are made before the clock starts.
/// </summary>
internal static class BookLoad
{
    private const int Ids = 20_000;
    private const long Life = 60_000;

    public static int Run(Arguments arguments, double least)
    {
        var rates = new List<double>();
        for (var round = 0; round < arguments.Rounds; round++)
        {
            var inputs = Inputs(arguments.Count, round);
            var book = new ClassBook();
            long facts = 0;
            var from = Stopwatch.GetTimestamp();
            foreach (var input in inputs)
                facts += book.Apply(input).Count;
            rates.Add(inputs.Length / Stopwatch.GetElapsedTime(from).TotalSeconds);
            Console.WriteLine(
                $"round {round + 1}: {Figures.Text(rates[^1])} order events/s, {facts} facts, "
                + $"{book.Asks.Count + book.Bids.Count} orders at rest, {book.History.Trades.Count} trades kept, "
                + $"hash {book.Hash.ToString()[..10]}");
        }

        var median = Figures.Quantile(rates, 0.5);
        Console.WriteLine(
            $"book: median {Figures.Text(median)} order events/s over {rates.Count} rounds of {arguments.Count}");
        return median >= least ? 0 : 1;
    }

    private static BookInput[] Inputs(int count, int seed)
    {
        var random = new Random(seed);
        var owners = Enumerable.Range(1, 200).Select(i => Address.FromBytes([.. new byte[19], (byte)i])).ToArray();
        var ids = Enumerable.Range(1, Ids).Select(i => Keccak256.Hash(BitConverter.GetBytes(i))).ToArray();
        var inputs = new BookInput[count];
        for (var i = 0; i < count; i++)
        {
            var side = (BookSide)random.Next(1, 3);
            inputs[i] = new BookInput
            {
                Kind = KindOf(random.Next(10)),
                AtMs = i / 100,
                Order = ids[random.Next(Ids)],
                Side = side,
                Owner = owners[random.Next(owners.Length)],
                Price = (UInt128)(side == BookSide.Ask ? random.Next(9_990, 11_000) : random.Next(9_000, 10_010)),
                Quantity = random.Next(1, 20),
                Score = random.Next(900, 1001),
                ExpiresAtMs = (i / 100) + random.NextInt64(1, Life),
            };
        }

        return inputs;
    }

    private static BookInputKind KindOf(int number) => number switch
    {
        < 6 => BookInputKind.Place,
        < 8 => BookInputKind.Replace,
        _ => BookInputKind.Cancel,
    };
}
