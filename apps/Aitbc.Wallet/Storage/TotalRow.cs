namespace Aitbc.Wallet.Storage;

/// <summary>
/// A running total of a budget: of a period, a job or a minute's signatures. The signing log
/// replayed gives the same totals.
/// </summary>
internal sealed class TotalRow
{
    public required long BudgetId { get; init; }

    /// <summary>What is counted, for example <c>p:0</c>, <c>j:0x…</c>, <c>r:29000000</c>.</summary>
    public required string Bucket { get; init; }

    /// <summary>32 bytes big-endian.</summary>
    public required byte[] Sum { get; set; }
}
