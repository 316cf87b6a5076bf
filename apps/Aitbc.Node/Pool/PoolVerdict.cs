using System.Globalization;
using Aitbc.Ledger.Execution;

namespace Aitbc.Node.Pool;

/// <summary>Whether the pool took a transaction; the text is what stock clients look for.</summary>
/// <param name="Error">Null = taken.</param>
internal readonly record struct PoolVerdict(string? Error)
{
    public static readonly PoolVerdict Taken = new(null);
    public static readonly PoolVerdict AlreadyKnown = new("already known");
    public static readonly PoolVerdict Underpriced = new("replacement transaction underpriced");

    public static PoolVerdict Of(TransactionVerdict verdict) => new(verdict.Describe());

    public static PoolVerdict Full(int bound) => new(Limited($"txpool is full: at most {bound} transactions wait"));

    public static PoolVerdict AccountFull(int bound) =>
        new(Limited($"account limit exceeded: at most {bound} transactions of an account wait"));

    public static PoolVerdict FullOfBytes(long bound) =>
        new(Limited($"txpool is full: at most {bound} bytes of transactions wait"));

    /// <summary>Transactions behind gaps fill the part of the pool that is for them.</summary>
    public static PoolVerdict GapsFull(int bound) =>
        new(Limited($"txpool is full: at most {bound} transactions wait behind missing nonces"));

    /// <summary>With those that wait already, the account would promise more than it has.</summary>
    public static PoolVerdict Overdrawn(string have, string want) =>
        new($"{TransactionVerdict.InsufficientFunds.Describe()}: have {have} want {want} with what waits already");

    private static string Limited(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
