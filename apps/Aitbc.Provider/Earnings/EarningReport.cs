using System.Globalization;
using Aitbc.Primitives;

namespace Aitbc.Provider.Earnings;

/// <summary>What a row stands for.</summary>
internal enum EarningGroup
{
    Day,
    Model,
    Client,
}

/// <summary>What is asked: days in UTC, both included.</summary>
/// <param name="Since">The first day.</param>
/// <param name="Until">The last one.</param>
/// <param name="By">What a row stands for.</param>
/// <param name="After">Only rows whose key comes behind this one; empty = from the first.</param>
/// <param name="Most">Rows at most.</param>
internal sealed record EarningQuestion(DateOnly Since, DateOnly Until, EarningGroup By, string After, int Most);

/// <summary>A sum of lines.</summary>
internal sealed class EarningSum
{
    public long Answers { get; private set; }

    public UInt256 PromptTokens { get; private set; }

    public UInt256 OutputTokens { get; private set; }

    public UInt256 Charged { get; private set; }

    public void Add(EarningLine line)
    {
        Answers += line.Answers;
        PromptTokens += line.PromptTokens;
        OutputTokens += line.OutputTokens;
        Charged += line.Charged;
    }
}

/// <summary>Rows in the order of their keys, the sum of all lines, and what could not be read.</summary>
/// <param name="Rows">Of this page.</param>
/// <param name="Total">Of all rows, on this page or not.</param>
/// <param name="Damaged">Lines that were torn or damaged and stand in no sum.</param>
/// <param name="HasMore">Whether there are rows behind the last one.</param>
internal sealed record EarningPage(
    IReadOnlyList<(string Key, EarningSum Sum)> Rows, EarningSum Total, long Damaged, bool HasMore);

/// <summary>
/// Reads the book from the disk and adds up. However many rows there are, no more than a page of them is in memory.
/// </summary>
internal static class EarningReport
{
    public static EarningPage Read(EarningBook book, EarningQuestion question, CancellationToken cancel)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        var sums = new Dictionary<string, EarningSum>(StringComparer.Ordinal);
        var total = new EarningSum();
        var damaged = 0L;
        for (var day = question.Since; day <= question.Until; day = day.AddDays(1))
        {
            foreach (var line in book.Lines(day))
            {
                cancel.ThrowIfCancellationRequested();
                if (line is null)
                {
                    damaged++;
                    continue;
                }

                total.Add(line);
                Keep(KeyOf(line, question.By), line);
            }
        }

        var more = keys.Count > question.Most;
        return new EarningPage([.. keys.Take(question.Most).Select(k => (k, sums[k]))], total, damaged, more);

        // One key more than the page has says whether another page follows. A key that was left out is greater than all
        // that are kept from then on, so that it never comes back with a part of its sum.
        void Keep(string key, EarningLine line)
        {
            if (string.CompareOrdinal(key, question.After) <= 0)
                return;
            if (!sums.TryGetValue(key, out var sum))
            {
                if (keys.Count > question.Most)
                {
                    var last = keys.Max!;
                    if (string.CompareOrdinal(key, last) > 0)
                        return;
                    keys.Remove(last);
                    sums.Remove(last);
                }

                keys.Add(key);
                sums[key] = sum = new EarningSum();
            }

            sum.Add(line);
        }
    }

    private static string KeyOf(EarningLine line, EarningGroup by) => by switch
    {
        EarningGroup.Day => line.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        EarningGroup.Model => line.Model,
        _ => line.Client.ToString(),
    };
}
