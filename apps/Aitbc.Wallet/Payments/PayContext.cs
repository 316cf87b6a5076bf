using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Reconciling;

namespace Aitbc.Wallet.Payments;

/// <summary>What one payment is planned with.</summary>
/// <param name="Budget">The budget that pays.</param>
/// <param name="Request">What is asked for.</param>
/// <param name="ChainId">EIP-155 id of the chain.</param>
/// <param name="NowSeconds">Unix time.</param>
/// <param name="MostSeconds">How long a signature is valid at most.</param>
/// <param name="Seen">What the chain shows of channels that the wallet does not know yet.</param>
internal sealed record PayContext(
    Budget Budget,
    PayRequest Request,
    UInt256 ChainId,
    long NowSeconds,
    long MostSeconds,
    IReadOnlyDictionary<Hash256, ChannelOnChain> Seen)
{
    /// <summary>Unix seconds at which a signature for the offer becomes void.</summary>
    public ulong ValidBefore(PaymentOffer offer) => (ulong)(NowSeconds + Lifetime(offer));

    /// <summary>Seconds for which a payment of the offer is under way at most.</summary>
    public long Lifetime(PaymentOffer offer) => Math.Min(offer.MaxTimeoutSeconds, MostSeconds);
}
