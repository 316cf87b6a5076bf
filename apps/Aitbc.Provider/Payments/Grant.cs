using Aitbc.Primitives;

namespace Aitbc.Provider.Payments;

/// <summary>A payment that was verified and is written down: the right to one answer.</summary>
internal abstract class Grant
{
    /// <summary>Who pays.</summary>
    public abstract Address Payer { get; }

    /// <summary>What tells this payment from all others of the payer.</summary>
    public abstract Hash256 Key { get; }

    /// <summary>What may be charged now, in atto-AIT.</summary>
    public abstract UInt256 Covered { get; }

    /// <summary>Whether less than the whole can be charged: for what was given of an answer that is cut.</summary>
    public abstract bool ChargesWhatIsGiven { get; }

    /// <summary>What is taken for an answer that counts so much, at most <see cref="Covered"/>.</summary>
    public virtual UInt256 Charged(UInt256 counted) => counted;

    /// <summary>
    /// Tokens of an answer that are given for nothing, of so many that were counted. Called once, before it is charged.
    /// </summary>
    public virtual ulong TakeFree(ulong counted) => 0;

    /// <summary>
    /// Called before anything is given away, and ends when the payment is on the disk. The value of PAYMENT-RESPONSE
    /// for an answer that is not counted yet.
    /// Throws <see cref="PaymentRefusedException"/> if the chain refuses the payment.
    /// </summary>
    public abstract Task<string> SettleAsync(CancellationToken cancel);

    /// <summary>The value of PAYMENT-RESPONSE once so much is charged, at most <see cref="Covered"/>.</summary>
    public abstract string Response(UInt256 charge);

    /// <summary>Writes down what is charged, at most <see cref="Covered"/>, and what was given for it.</summary>
    public abstract Task CloseAsync(UInt256 charge, TokenCount given);

    /// <summary>Nothing was given and nothing is charged: the payment can be used again.</summary>
    public abstract Task ReleaseAsync();

    /// <summary>Another voucher while the answer is made. Throws <see cref="VoucherRefusedException"/>.</summary>
    public virtual Task RaiseAsync(UInt256 max, byte[] signature) =>
        throw new VoucherRefusedException(VoucherRefusedException.Invalid, "This answer was not paid by vouchers.");
}

/// <summary>Tokens of an answer as they are billed.</summary>
internal readonly record struct TokenCount(ulong Prompt, ulong Output);

/// <summary>Another voucher of a stream was not taken.</summary>
internal sealed class VoucherRefusedException(string code, string sentence) : Exception(sentence)
{
    public const string Invalid = "voucher_invalid";
    public const string NotFunded = "voucher_not_funded";
    public const string Ended = "answer_ended";

    public string Code { get; } = code;
}

/// <summary>What became of a payment: a right to a new answer, or the answer that it was given before.</summary>
internal readonly record struct Taken(Grant? Grant, string? Earlier);
