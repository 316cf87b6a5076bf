using System.Text.Json;
using Aitbc.Coordinator.Payments;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Coordinator.Facilitator;

/// <summary>What was found out about a payment.</summary>
/// <param name="Transfer">It, if it can be read.</param>
/// <param name="Fault">Why it is not good; null = nothing is wrong but what <paramref name="IsUsed"/> says.</param>
/// <param name="IsUsed">Whether its nonce is used up on the chain, perhaps by itself.</param>
internal sealed record TransferVerdict(PresentedTransfer? Transfer, string? Fault, bool IsUsed)
{
    public string? Payer => Transfer?.Authorization.From.ToString();
}

/// <summary>Verifies signed transfers in the order of specs/market/facilitator.md. Moves nothing.</summary>
internal sealed class TransferVerifying(MarketSelf self, TransferChain chain, TimeProvider time)
{
    public async Task<TransferVerdict> LookAsync(FacilitatorRequest request, CancellationToken cancel)
    {
        var network = $"eip155:{self.Known.ChainId}";
        if (request.X402Version != 2)
            return new TransferVerdict(null, PaymentCodes.Version, false);
        if (OfferOf(request.PaymentRequirements) is not { } offer)
            return new TransferVerdict(null, PaymentCodes.Requirements, false);
        if (offer.Scheme != PaymentOffer.Exact)
            return new TransferVerdict(null, PaymentCodes.Scheme, false);
        if (offer.Network != network)
            return new TransferVerdict(null, PaymentCodes.Network, false);
        if (PaymentReader.Read(request.PaymentPayload) is not { } payment)
            return new TransferVerdict(null, PaymentCodes.InvalidPayload, false);
        if (payment is not PresentedTransfer transfer || !Says(payment.Accepted, "scheme", PaymentOffer.Exact))
            return new TransferVerdict(null, PaymentCodes.ExactScheme, false);
        return await LookAsync(transfer, offer, network, cancel);
    }

    private async Task<TransferVerdict> LookAsync(
        PresentedTransfer transfer, PaymentOffer offer, string network, CancellationToken cancel)
    {
        var now = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        var fault = TermsFault(transfer, offer, network)
            ?? TransferChecks.Fault(
                transfer, self.Known.ChainId, offer.PayTo, offer.Amount, now, isSettled: false);
        // One that was settled in time stays settled: whoever asks again learns its transaction.
        if (fault is not (null or PaymentCodes.ExactValidBefore))
            return new TransferVerdict(transfer, fault, false);
        var a = transfer.Authorization;
        if (await chain.IsUsedAsync(a.From, a.Nonce, cancel))
            return new TransferVerdict(transfer, null, true);
        if (fault is null && await chain.BalanceAsync(a.From, cancel) < a.Value)
            fault = PaymentCodes.ExactBalance;
        return new TransferVerdict(transfer, fault, false);
    }

    private static string? TermsFault(PresentedTransfer transfer, PaymentOffer offer, string network) => offer switch
    {
        _ when string.IsNullOrEmpty(offer.Extra("name")) || string.IsNullOrEmpty(offer.Extra("version")) =>
            PaymentCodes.ExactDomain,
        _ when !Says(transfer.Accepted, "network", network) => PaymentCodes.ExactNetwork,
        _ when offer.Asset != SystemContractAddresses.Token => PaymentCodes.Requirements,
        _ when offer.Extra("name") != TokenMessages.Name => PaymentCodes.ExactTokenName,
        _ when offer.Extra("version") != TokenMessages.Version => PaymentCodes.ExactTokenVersion,
        _ => null,
    };

    internal static PaymentOffer? OfferOf(JsonElement requirements)
    {
        try
        {
            return X402Codec.ReadOffer(requirements);
        }
        catch (InvalidOperationException)
        {
            return null; // a text that is none: half a surrogate pair
        }
    }

    internal static bool Says(JsonElement element, string name, string wanted) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(wanted);
}
