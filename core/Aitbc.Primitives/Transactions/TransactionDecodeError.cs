namespace Aitbc.Primitives.Transactions;

/// <summary>Why bytes are not an acceptable signed transaction.</summary>
public enum TransactionDecodeError
{
    /// <summary>They are one.</summary>
    None = 0,

    /// <summary>No bytes.</summary>
    Empty,

    /// <summary>More than <see cref="TransactionCodec.MaxLength"/> bytes.</summary>
    TooLarge,

    /// <summary>A type other than 0, 1 and 2.</summary>
    TypeNotSupported,

    /// <summary>Not the canonical RLP of the type's fields.</summary>
    Malformed,

    /// <summary>A legacy signature without a chain id (before EIP-155): it could be replayed on any chain.</summary>
    ReplayUnprotected,

    /// <summary>r, s or the parity is out of range, or s is high (EIP-2).</summary>
    InvalidSignature,
}
