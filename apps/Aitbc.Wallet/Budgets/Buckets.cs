using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Wallet.Budgets;

/// <summary>Names of the running totals of a budget (specs/wallet.md, Budgets).</summary>
internal static class Buckets
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    /// <summary>What was spent in the period that a moment lies in.</summary>
    public static string Period(BudgetPeriod period, long atMs) => Text($"p:{WindowStart(period, atMs)}");

    public static string Job(Hash256 job) => "j:" + job.ToHex();

    /// <summary>Signatures in the minute that a moment lies in.</summary>
    public static string Rate(long atMs) => Text($"r:{atMs / Minute}");

    /// <summary>True for the name of a minute's signatures.</summary>
    public static bool IsRate(string bucket) => bucket.StartsWith("r:", StringComparison.Ordinal);

    public static long WindowStart(BudgetPeriod period, long atMs) => period switch
    {
        BudgetPeriod.Hour => atMs - (atMs % Hour),
        BudgetPeriod.Day => atMs - (atMs % Day),
        _ => 0,
    };

    /// <summary>When the next period begins; null = never.</summary>
    public static long? WindowEnd(BudgetPeriod period, long atMs) => period switch
    {
        BudgetPeriod.Hour => WindowStart(period, atMs) + Hour,
        BudgetPeriod.Day => WindowStart(period, atMs) + Day,
        _ => null,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
