namespace Aitbc.Primitives.Transactions;

/// <summary>The EIP-2718 type of a transaction. Blob (3) and set-code (4) transactions are not accepted.</summary>
public enum TransactionType
{
    /// <summary>Without a type byte, replay-protected by EIP-155.</summary>
    Legacy = 0,

    /// <summary>EIP-2930.</summary>
    AccessList = 1,

    /// <summary>EIP-1559.</summary>
    DynamicFee = 2,
}
