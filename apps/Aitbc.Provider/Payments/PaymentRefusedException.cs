using Aitbc.Primitives;

namespace Aitbc.Provider.Payments;

/// <summary>A payment was not taken; answered with 402 and a fresh offer.</summary>
internal sealed class PaymentRefusedException(string code) : Exception(code)
{
    public string Code { get; } = code;

    /// <summary>What a client needs to sign for the right total of its channel; null = nothing of the kind.</summary>
    public ChannelCorrection? Correction { get; init; }

    /// <summary>Set if the chain refused the payment after the work had begun: nothing of it was given.</summary>
    public string? SettlementFailure { get; init; }
}

/// <summary>The true total of a channel, and the highest voucher as proof.</summary>
internal sealed record ChannelCorrection(
    Hash256 Channel, UInt256 Charged, UInt256 Signed, string Signature, UInt256 Balance, UInt256 Claimed);
