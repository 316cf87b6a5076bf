using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Budgets;

namespace Aitbc.Wallet.Payments;

/// <summary>A payment that was thought through and not counted yet.</summary>
/// <param name="Offer">The offer that it pays.</param>
/// <param name="Spend">What it takes.</param>
/// <param name="Payload">Writes the scheme's payload; the account's key is there if it is needed.</param>
internal sealed record PlannedPayment(PaymentOffer Offer, Spend Spend, Action<Utf8JsonWriter, PrivateKey?> Payload)
{
    /// <summary>True if coins of the account move; a voucher needs its authorizer's key alone.</summary>
    public bool NeedsAccount => Spend.AuthorizationNonce is not null;

    /// <summary>What the server asks for this request.</summary>
    public required UInt256 Price { get; init; }
}
