using Aitbc.Primitives.Transactions;

namespace Aitbc.Sdk.Chain;

/// <summary>Bounds and hooks of a <see cref="TransactionSender"/>.</summary>
public sealed record TransactionSenderOptions
{
    /// <summary>Longest wait until a transaction is final; then its outcome is unknown. Default 30 s.</summary>
    public TimeSpan ReceiptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause before the same bytes are given to the node again. Default 1 s.</summary>
    public TimeSpan ResendInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gas added to the node's estimate, in percent of it. Default 20.</summary>
    public ulong GasMarginPercent { get; init; } = 20;

    /// <summary>How often a nonce that another transaction took is replaced before giving up. Default 8.</summary>
    public int MaxNonceConflicts { get; init; } = 8;

    /// <summary>
    /// Called with each signed transaction before its first sending, so that a caller can record it durably and give
    /// its bytes to <see cref="TransactionSender.ResumeAsync"/> after a crash.
    /// </summary>
    public Func<Transaction, CancellationToken, Task>? BeforeSend { get; init; }
}
