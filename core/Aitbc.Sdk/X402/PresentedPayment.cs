using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Sdk.X402;

/// <summary>A payment as a client shows it: well-formed, and nothing more is known of it.</summary>
/// <param name="Accepted">The offer that it says it pays.</param>
public abstract record PresentedPayment(JsonElement Accepted);

/// <summary>A signed transfer (EIP-3009).</summary>
/// <param name="Accepted">The offer that it says it pays.</param>
/// <param name="Authorization">What is signed, it says.</param>
/// <param name="Signature">65 bytes.</param>
public sealed record PresentedTransfer(
    JsonElement Accepted, TokenAuthorization Authorization, byte[] Signature) : PresentedPayment(Accepted);

/// <summary>A voucher of a channel, with a deposit if the channel is to be filled first.</summary>
/// <param name="Accepted">The offer that it says it pays.</param>
/// <param name="Config">Parties and terms of the channel, it says.</param>
/// <param name="ChannelId">The channel's id, it says.</param>
/// <param name="Max">What may be claimed in total, in atto-AIT; below 2^128.</param>
/// <param name="Signature">65 bytes.</param>
/// <param name="Deposit">Null = none.</param>
public sealed record PresentedVoucher(
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
/// <param name="Amount">In atto-AIT; below 2^128.</param>
/// <param name="ValidAfter">Unix seconds.</param>
/// <param name="ValidBefore">Unix seconds.</param>
/// <param name="Salt">32 bytes that make the nonce.</param>
/// <param name="Signature">65 bytes.</param>
public sealed record PresentedDeposit(
    UInt256 Amount, ulong ValidAfter, ulong ValidBefore, Hash256 Salt, byte[] Signature);
