using Aitbc.Primitives.Encoding;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Auditing;

/// <summary>Whether the signed lines are the ones that were sealed, all of them, in their order.</summary>
internal sealed class SealCheck
{
    private static readonly Comparer<SealMark> ByNumber =
        Comparer<SealMark>.Create((a, b) => a.Number.CompareTo(b.Number));

    private readonly LogSeal seals;
    private readonly List<SealMark> marks;

    private SealCheck(LogSeal seals, List<SealMark> marks)
    {
        this.seals = seals;
        this.marks = marks;
    }

    /// <summary>Number and seal of the newest signed line, to be written down; null in an empty log.</summary>
    public string? Head => marks.Count == 0 ? null : Name(marks[^1]);

    public static async Task<SealCheck> LoadAsync(
        WalletDbContext db, LogSeal seals, CancellationToken cancel) => new(
        seals,
        await db.Spends.AsNoTracking().Where(s => s.SealNumber != null).OrderBy(s => s.SealNumber)
            .Select(s => new SealMark(s.SealNumber!.Value, s.Seal!)).ToListAsync(cancel));

    /// <summary>Numbers that are missing between the first and the last.</summary>
    public IEnumerable<string> Gaps()
    {
        var next = 1L;
        foreach (var mark in marks)
        {
            if (mark.Number != next)
                yield return $"the signed lines {next} to {mark.Number - 1} are missing";
            next = mark.Number + 1;
        }
    }

    /// <summary>What is wrong with the seal of a line that holds a signature; null if nothing is.</summary>
    public string? FaultOf(SpendRow row)
    {
        if (row.Answer is null)
            return row.SealNumber is null ? null : "it was sealed with a signature, and holds none";
        if (row is not { SealNumber: { } number, Seal: { } seal })
            return "its signature is not sealed";
        var place = marks.BinarySearch(new SealMark(number, []), ByNumber);
        var before = place > 0 && marks[place - 1].Number == number - 1 ? marks[place - 1].Seal : null;
        if (before is null && number > 1)
            return null; // a gap, which is said once
        return seals.Of(row, before).AsSpan().SequenceEqual(seal)
            ? null
            : $"its seal {number} does not fit: it, or the line before it, is not what was signed";
    }

    /// <summary>True if a place that was written down before is still in the log.</summary>
    public bool Has(string head) => marks.Any(m => Name(m) == head);

    private static string Name(SealMark mark) =>
        FormattableString.Invariant($"{mark.Number}:{Hex.ToHex(mark.Seal)[2..]}");
}
