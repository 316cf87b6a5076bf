using Aitbc.Primitives.Crypto;

namespace Aitbc.Primitives.Transactions;

/// <summary>
/// A transaction of type 0, 1 or 2 (specs/transactions.md). Immutable; <see cref="Hash"/>, the encoding and the sender
/// are computed once and not carried over by a with-expression.
/// </summary>
public sealed record Transaction
{
    private byte[]? encoded;
    private int fieldsFrom;
    private int fieldsLength;
    private Hash256 hash;
    private Address sender;

    // Whoever computes one of these values computes the same: it is written before its flag and read after it.
    private volatile bool hasHash;
    private volatile bool hasSender;

    /// <summary>An unsigned legacy transaction of zeros, to be filled by initialisers.</summary>
    public Transaction()
    {
    }

    // Leaves the caches behind: they belong to the original's fields.
    private Transaction(Transaction original)
    {
        Type = original.Type;
        ChainId = original.ChainId;
        Nonce = original.Nonce;
        MaxPriorityFeePerGas = original.MaxPriorityFeePerGas;
        MaxFeePerGas = original.MaxFeePerGas;
        GasLimit = original.GasLimit;
        To = original.To;
        Value = original.Value;
        Data = original.Data;
        AccessList = original.AccessList;
        Signature = original.Signature;
    }

    /// <summary>The EIP-2718 type.</summary>
    public TransactionType Type { get; init; }

    /// <summary>The chain; null only in a legacy transaction before EIP-155, which is never accepted.</summary>
    public UInt256? ChainId { get; init; }

    /// <summary>Number of transactions the sender sent before.</summary>
    public ulong Nonce { get; init; }

    /// <summary>Highest tip per gas in atto-AIT; the gas price for types 0 and 1.</summary>
    public UInt256 MaxPriorityFeePerGas { get; init; }

    /// <summary>Highest total fee per gas in atto-AIT; the gas price for types 0 and 1.</summary>
    public UInt256 MaxFeePerGas { get; init; }

    /// <summary>Gas the sender pays for at most.</summary>
    public ulong GasLimit { get; init; }

    /// <summary>The called account; null = creation, which this chain refuses.</summary>
    public Address? To { get; init; }

    /// <summary>Coins that move along, in atto-AIT.</summary>
    public UInt256 Value { get; init; }

    /// <summary>Call data.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>EIP-2930 list; empty for legacy.</summary>
    public IReadOnlyList<AccessListEntry> AccessList { get; init; } = [];

    /// <summary>The sender's signature; null before signing.</summary>
    public Signature? Signature { get; init; }

    /// <summary>Keccak-256 of the signed encoding.</summary>
    /// <exception cref="InvalidOperationException">Not signed.</exception>
    public Hash256 Hash
    {
        get
        {
            if (!hasHash)
            {
                hash = Keccak256.Hash(Encode().Span);
                hasHash = true;
            }

            return hash;
        }
    }

    /// <summary>The hash the sender signs (EIP-155, EIP-2930, EIP-1559).</summary>
    public Hash256 SigningHash() => fieldsLength > 0
        ? TransactionCodec.SigningHash(this, encoded.AsSpan(fieldsFrom, fieldsLength))
        : Keccak256.Hash(TransactionCodec.EncodeUnsigned(this));

    /// <summary>The signed bytes as eth_sendRawTransaction takes them.</summary>
    /// <exception cref="InvalidOperationException">Not signed.</exception>
    public ReadOnlyMemory<byte> Encode() => encoded ??= TransactionCodec.EncodeSigned(this);

    /// <summary>The same transaction, signed.</summary>
    public Transaction Sign(PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return this with { Signature = key.Sign(SigningHash()) };
    }

    /// <summary>
    /// Recovers the sender; false without a signature, with a high s (EIP-2) or one that fits no key. Who was found is
    /// remembered.
    /// </summary>
    public bool TryRecoverSender(out Address sender)
    {
        if (hasSender)
        {
            sender = this.sender;
            return true;
        }

        sender = default;
        if (Signature is not { IsLowS: true } signature
            || !Secp256k1.TryRecover(SigningHash(), signature, out sender))
            return false;
        this.sender = sender;
        hasSender = true;
        return true;
    }

    /// <summary>Tip per gas at this base fee: min(maxPriority, maxFee - baseFee).</summary>
    /// <exception cref="OverflowException">The base fee exceeds <see cref="MaxFeePerGas"/>.</exception>
    public UInt256 EffectiveTip(UInt256 baseFee) => UInt256.Min(MaxPriorityFeePerGas, MaxFeePerGas - baseFee);

    /// <summary>Equality of the signed bytes, or of the unsigned ones if neither is signed.</summary>
    public bool Equals(Transaction? other) =>
        other is not null
        && Signature == other.Signature
        && TransactionCodec.EncodeUnsigned(this).AsSpan().SequenceEqual(TransactionCodec.EncodeUnsigned(other));

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Type, Nonce, To, Value, GasLimit);

    /// <summary>
    /// Keeps the bytes it was read from, and where in them the fields stand that are signed. Before anybody else has
    /// it.
    /// </summary>
    internal void Keep(byte[] bytes, int signedFrom, int signedLength)
    {
        encoded = bytes;
        fieldsFrom = signedFrom;
        fieldsLength = signedLength;
        hash = Keccak256.Hash(bytes);
        hasHash = true;
    }
}
