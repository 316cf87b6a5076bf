namespace Aitbc.Sdk.Chain;

/// <summary>A transaction was included and its execution reverted: only its fee was paid.</summary>
public sealed class TransactionRevertedException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="receipt">The receipt with status 0.</param>
    /// <param name="revert">The error the same call gives on the state after it, if it still fails.</param>
    public TransactionRevertedException(TransactionReceipt receipt, RevertReason? revert)
        : base($"Transaction {receipt?.TransactionHash} reverted: {revert?.ToString() ?? "the reason is not known"}.")
    {
        ArgumentNullException.ThrowIfNull(receipt);
        Receipt = receipt;
        Revert = revert;
    }

    /// <summary>The receipt with status 0.</summary>
    public TransactionReceipt Receipt { get; }

    /// <summary>The decoded contract error, if it could be found out.</summary>
    public RevertReason? Revert { get; }
}
