using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments;

/// <summary>A payment as a client shows it: well-formed, and nothing more is known of it.</summary>
/// <param name="Accepted">The offer that it says it pays.</param>
internal abstract record PresentedPayment(JsonElement Accepted);

/// <summary>A signed transfer.</summary>
internal sealed record PresentedTransfer(
    JsonElement Accepted, TokenAuthorization Authorization, byte[] Signature) : PresentedPayment(Accepted);

/// <summary>A voucher of a channel, with a deposit if the channel is to be filled first.</summary>
internal sealed record PresentedVoucher(
    JsonElement Accepted,
    ChannelConfig Config,
    Hash256 ChannelId,
    UInt256 Max,
    byte[] Signature,
    PresentedDeposit? Deposit) : PresentedPayment(Accepted)
{
    /// <summary>Nothing is bought: what is left in the channel shall go back.</summary>
    public bool IsRefund { get; init; }

    /// <summary>How much of it; null = all.</summary>
    public UInt256? RefundAmount { get; init; }
}

/// <summary>A signed transfer to the collector of deposits.</summary>
internal sealed record PresentedDeposit(
    UInt256 Amount, ulong ValidAfter, ulong ValidBefore, Hash256 Salt, byte[] Signature);
