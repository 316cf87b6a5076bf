using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Sdk.X402;

/// <summary>What a server asks of a facilitator (specs/market/facilitator.md).</summary>
/// <param name="X402Version">2.</param>
/// <param name="PaymentPayload">The payment as its client sent it.</param>
/// <param name="PaymentRequirements">The offer that the server made.</param>
public sealed record FacilitatorRequest(int X402Version, JsonElement PaymentPayload, JsonElement PaymentRequirements);

/// <summary>Whether a payment would be good now.</summary>
/// <param name="IsValid">True if it could be settled now.</param>
/// <param name="InvalidReason">Why not: one of <see cref="PaymentCodes"/>.</param>
/// <param name="Payer">Who pays, it says; null if that cannot be read.</param>
/// <param name="Extra">What the chain says of the channel, if one is drawn on.</param>
public sealed record VerifyAnswer(
    bool IsValid, string? InvalidReason = null, string? Payer = null, ChannelStateAnswer? Extra = null);

/// <summary>What the chain says of a channel.</summary>
/// <param name="ChannelId">Its id.</param>
/// <param name="Balance">Deposits less what went back, in atto-AIT, decimal.</param>
/// <param name="TotalClaimed">What was claimed in total, in atto-AIT, decimal.</param>
/// <param name="WithdrawRequestedAt">Unix second at which a withdrawal was started; 0 = none.</param>
/// <param name="RefundNonce">The next number of a refund, decimal.</param>
public sealed record ChannelStateAnswer(
    Hash256 ChannelId, string Balance, string TotalClaimed, ulong WithdrawRequestedAt, string RefundNonce);

/// <summary>What a settlement changed beside the coins.</summary>
/// <param name="ChannelState">The channel afterwards.</param>
public sealed record SettleExtra(ChannelStateAnswer ChannelState);

/// <summary>What became of a payment.</summary>
/// <param name="Success">True if the coins have moved.</param>
/// <param name="Transaction">Hash of the transaction; empty if there is none.</param>
/// <param name="Network">The chain by CAIP-2.</param>
/// <param name="ErrorReason">Why not: one of <see cref="PaymentCodes"/>.</param>
/// <param name="Payer">Who pays, it says; null if that cannot be read.</param>
/// <param name="Amount">What has moved, in atto-AIT, decimal.</param>
/// <param name="Extra">What else has changed; null = nothing.</param>
public sealed record SettleAnswer(
    bool Success, string Transaction, string Network, string? ErrorReason = null, string? Payer = null,
    string? Amount = null, SettleExtra? Extra = null);

/// <summary>One kind of payment that a facilitator serves.</summary>
/// <param name="X402Version">2.</param>
/// <param name="Scheme">Such as <c>exact</c>.</param>
/// <param name="Network">The chain by CAIP-2.</param>
public sealed record SupportedKind(int X402Version, string Scheme, string Network);

/// <summary>What a facilitator serves.</summary>
/// <param name="Kinds">Empty if it serves nothing.</param>
/// <param name="Extensions">Names of extensions of x402.</param>
/// <param name="Signers">Accounts that send its transactions, by chain.</param>
public sealed record SupportedAnswer(
    IReadOnlyList<SupportedKind> Kinds,
    IReadOnlyList<string> Extensions,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Signers);
