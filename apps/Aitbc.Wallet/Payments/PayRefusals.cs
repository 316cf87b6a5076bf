using Aitbc.Primitives;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Payments;

/// <summary>Why a payment of x402 is not signed.</summary>
internal static class PayRefusals
{
    public static Refusal KeyMissing { get; } = new(
        "idempotency_key_required",
        400,
        "A payment needs an Idempotency-Key header of 1 to 64 printable ASCII characters: asked for again under the "
        + "same key it is the same payment.");

    public static Refusal BudgetMissing { get; } = new(
        "invalid_request",
        400,
        "The owner's token belongs to no budget, so the request names one.",
        Next: "Send budget, or use the budget's own token.");

    public static Refusal ChainUnknown { get; } = new(
        "chain_unavailable",
        503,
        "The wallet cannot ask its node which chain it pays on.",
        Retryable: true,
        Next: "Start the node, or set the wallet's node address.");

    public static Refusal Nothing(string why) => new(
        "no_payable_offer", 422, $"None of the server's offers can be paid: {why}");

    public static Refusal TooLarge(UInt256 asked, UInt256 most) => new(
        "deposit_too_large",
        403,
        $"The server wants a deposit of {asked} atto-AIT, and at most {most} may be paid in at once.",
        Next: "Send maxDeposit.");

    public static Refusal Busy { get; } = new(
        "channel_busy",
        409,
        "Another request is being paid through this channel.",
        Retryable: true,
        Next: "Ask again when its answer was told, with the same key.");

    /// <summary>For the desk alone: the chain is to be asked about a channel that has no row yet.</summary>
    public static Refusal LookFirst { get; } = new(
        "chain_unavailable", 503, "The channel has to be looked up on the chain first.", Retryable: true);

    public static Refusal NothingToRefund { get; } = new(
        "nothing_to_refund", 409, "No channel to this server holds anything that was not charged.");

    public static Refusal NotFound { get; } = new(
        "payment_not_found", 404, "There is no such payment for this token.");

    public static Refusal ChannelNotFound { get; } = new(
        "channel_not_found", 404, "There is no such channel for this token.");

    public static Refusal Full(int limit) => new(
        "wallet_full", 409, $"The wallet holds its limit of {limit} channels.");
}
