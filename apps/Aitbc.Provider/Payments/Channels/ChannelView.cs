using Aitbc.Primitives;

namespace Aitbc.Provider.Payments.Channels;

/// <summary>A channel as the chain had it at some block; amounts in atto-AIT.</summary>
/// <param name="Balance">What was paid in and not given back, claims included.</param>
/// <param name="Claimed">What was claimed.</param>
/// <param name="WithdrawingSince">Second in which a withdrawal began; 0 = none is under way.</param>
/// <param name="RefundNonce">How often it was refunded.</param>
internal sealed record ChannelView(UInt256 Balance, UInt256 Claimed, ulong WithdrawingSince, UInt256 RefundNonce);
