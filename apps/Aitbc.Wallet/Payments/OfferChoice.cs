using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Payments;

/// <summary>The offers of a server that can be paid here: on this chain, in AIT, within the caller's limit.</summary>
/// <param name="Offers">In the server's order, but the ordinary flow before others, as stock clients prefer.</param>
internal sealed record OfferChoice(IReadOnlyList<PaymentOffer> Offers)
{
    // Amounts of channels are uint128, and nothing else needs more.
    private static readonly UInt256 Most = new(ulong.MaxValue, ulong.MaxValue, 0, 0);

    public static Verdict<OfferChoice> Of(
        PaymentRequired required, PayRequest request, UInt256 chainId, WalletOptions options)
    {
        var payable = new List<PaymentOffer>();
        var faults = new List<string>();
        foreach (var offer in required.Offers)
        {
            if (Fault(offer, request, chainId, options) is { } fault)
                faults.Add(fault);
            else
                payable.Add(offer);
        }

        if (payable.Count == 0)
        {
            return PayRefusals.Nothing(faults.Count == 0
                ? "none is of a form that x402 names."
                : string.Join(' ', faults.Distinct().Take(4)));
        }

        return new OfferChoice([.. payable.OrderBy(IsUnusual)]);
    }

    private static string? Fault(PaymentOffer offer, PayRequest request, UInt256 chainId, WalletOptions options)
    {
        if (offer.Scheme is not (PaymentOffer.Exact or PaymentOffer.BatchSettlement)
            || (request.Refund && offer.Scheme != PaymentOffer.BatchSettlement))
            return "Its scheme is not one that can be used here.";
        if (offer.Network != $"eip155:{chainId}")
            return "It is on another chain.";
        if (offer.Asset != SystemContractAddresses.Token
            || offer.Extra("name") != TokenMessages.Name || offer.Extra("version") != TokenMessages.Version)
            return "It asks for another token than AIT.";
        if (offer.Extra("assetTransferMethod") is not (null or "eip3009"))
            return "It asks for another way of transfer than EIP-3009.";
        if (offer.PayTo.IsZero || offer.Amount.IsZero || offer.Amount > Most)
            return "It names no payee or no payable amount.";
        if (!request.Refund && offer.Amount > request.MaxAmount)
            return $"It costs {offer.Amount} atto-AIT, and {request.MaxAmount} is the most that it may.";
        return offer.Scheme == PaymentOffer.BatchSettlement ? ChannelFault(offer, options) : null;
    }

    private static string? ChannelFault(PaymentOffer offer, WalletOptions options)
    {
        if (!Address.TryParse(offer.Extra("receiverAuthorizer"), out var authorizer) || authorizer.IsZero)
            return "It names no authorizer of the receiver.";
        return Delay(offer) is { } delay and >= ChannelConfig.MinWithdrawDelay
            && delay <= (ulong)options.MaxChannelDelay.TotalSeconds
            ? null
            : $"Its channel cannot be left within {(ulong)options.MaxChannelDelay.TotalSeconds} seconds.";
    }

    /// <summary>The delay of withdrawals that a channel of this offer has; null if it is none.</summary>
    public static ulong? Delay(PaymentOffer offer) => offer.ExtraElement("withdrawDelay") switch
    {
        null => ChannelConfig.MinWithdrawDelay,
        { ValueKind: JsonValueKind.Number } value when value.TryGetUInt64(out var seconds) => seconds,
        _ => null,
    };

    private static bool IsUnusual(PaymentOffer offer) => offer.Extra("paymentFlow") is not (null or "authorization");
}
