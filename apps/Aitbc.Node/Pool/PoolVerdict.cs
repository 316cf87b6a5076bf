using Aitbc.Ledger.Execution;

namespace Aitbc.Node.Pool;

/// <summary>Whether the pool took a transaction; the text is what stock clients look for.</summary>
/// <param name="Error">Null = taken.</param>
internal readonly record struct PoolVerdict(string? Error)
{
    public static readonly PoolVerdict Taken = new(null);
    public static readonly PoolVerdict AlreadyKnown = new("already known");
    public static readonly PoolVerdict Underpriced = new("replacement transaction underpriced");
    public static readonly PoolVerdict Full = new("txpool is full");
    public static readonly PoolVerdict AccountFull = new("account limit exceeded");

    public static PoolVerdict Of(TransactionVerdict verdict) => new(verdict.Describe());
}
