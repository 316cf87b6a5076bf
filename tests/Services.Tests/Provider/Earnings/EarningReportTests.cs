using Aitbc.Primitives;
using Aitbc.Provider.Earnings;
using Aitbc.Testing;
using Services.Tests.Provider.Delivery;
using Xunit;

namespace Services.Tests.Provider.Earnings;

/// <summary>Books that are longer than a page.</summary>
public sealed class EarningReportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-earnings-").FullName;
    private readonly ShiftedTime time = new();

    [Fact]
    public void Pages_of_clients_are_exact_whatever_the_order_of_the_lines()
    {
        const int Clients = 57;
        const int Lines = 3000;
        using var book = new EarningBook(folder, TimeSpan.FromDays(30), time);
        var luck = new Xoshiro(11);
        var expected = new SortedDictionary<string, UInt256>(StringComparer.Ordinal);
        for (var i = 0; i < Lines; i++)
        {
            var line = Line(i, luck.Below(Clients), daysAgo: 2 - (i * 3 / Lines), (ulong)luck.Below(1000));
            book.Add(line);
            var key = line.Client.ToString();
            expected[key] = expected.GetValueOrDefault(key) + line.Charged;
        }

        var today = EarningLine.DayOf(time.GetUtcNow());
        var rows = new List<(string, UInt256)>();
        var after = "";
        EarningPage page;
        do
        {
            page = EarningReport.Read(
                book, new EarningQuestion(today.AddDays(-2), today, EarningGroup.Client, after, 10), default);
            Assert.InRange(page.Rows.Count, 1, 10);
            Assert.Equal(Lines, page.Total.Answers);
            rows.AddRange(page.Rows.Select(r => (r.Key, r.Sum.Charged)));
            after = page.Rows[^1].Key;
        }
        while (page.HasMore);

        Assert.Equal(expected.Select(e => (e.Key, e.Value)), rows);
        Assert.Equal(expected.Values.Aggregate((a, b) => a + b), page.Total.Charged);
        Assert.Equal(3, EarningReport.Read(
            book, new EarningQuestion(today.AddDays(-2), today, EarningGroup.Day, "", 10), default).Rows.Count);
    }

    [Fact]
    public void A_line_that_is_there_is_not_written_again_and_days_beyond_the_retention_go()
    {
        var old = Line(0, 1, daysAgo: 29, 5);
        using (var book = new EarningBook(folder, TimeSpan.FromDays(30), time))
        {
            book.Add(old);
            book.Add(Line(1, 1, daysAgo: 0, 7));
            book.Restore([Line(1, 1, daysAgo: 0, 7), Line(2, 1, daysAgo: 0, 11), Line(2, 1, daysAgo: 0, 11)]);
            Assert.Equal((UInt256)18, book.Today());
        }

        time.Advance(TimeSpan.FromDays(3));
        using var later = new EarningBook(folder, TimeSpan.FromDays(30), time);
        Assert.Equal(UInt256.Zero, later.Today());
        later.Restore([old, Line(3, 1, daysAgo: 0, 1)]);
        Assert.Empty(later.Lines(old.Day));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder, "earnings")).Length);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private EarningLine Line(int number, int client, int daysAgo, ulong charged) => new(
        Keccak256.Hash(BitConverter.GetBytes(number)),
        (time.GetUtcNow() - TimeSpan.FromDays(daysAgo)).ToUnixTimeMilliseconds(),
        EarningWays.Channel,
        "tiny",
        Address.FromBytes([.. new byte[19], (byte)client]),
        1, 2, 3, charged);
}
