using Aitbc.Coordinator.Payments;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Coordinator.Facilitator;

/// <summary>What was found out about a payment by a channel.</summary>
/// <param name="Voucher">It, if it can be read.</param>
/// <param name="Fault">Why it is not good; null = nothing is wrong.</param>
/// <param name="Holding">What the chain says of the channel, as far as it was asked.</param>
internal sealed record ChannelVerdict(PresentedVoucher? Voucher, string? Fault, ChannelHolding? Holding = null)
{
    public string? Payer => Voucher?.Config.Payer.ToString();
}

/// <summary>
/// Verifies vouchers and deposits in the order of npm @x402/evm (specs/market/facilitator.md). Moves nothing.
/// </summary>
internal sealed class ChannelVerifying(
    MarketSelf self, ChannelRelay channels, TransferChain tokens, RelayerAccount relayer, TimeProvider time)
{
    /// <summary>What is wrong with the requirements of a server, whatever is paid by them; null = nothing.</summary>
    private string? TermsFault(FacilitatorRequest request, out PaymentOffer? offer)
    {
        offer = null;
        if (request.X402Version != 2)
            return PaymentCodes.Version;
        if (TransferVerifying.OfferOf(request.PaymentRequirements) is not { } found)
            return PaymentCodes.Requirements;
        offer = found;
        if (found.Network != $"eip155:{self.Known.ChainId}")
            return PaymentCodes.Network;
        return found.Asset == SystemContractAddresses.Token ? null : PaymentCodes.Requirements;
    }

    public async Task<ChannelVerdict> LookAsync(FacilitatorRequest request, CancellationToken cancel)
    {
        if (TermsFault(request, out var offer) is { } wrong)
            return new ChannelVerdict(null, wrong);
        var payment = PaymentReader.Read(request.PaymentPayload);
        if (payment is null)
            return new ChannelVerdict(null, PaymentCodes.InvalidPayload);
        if (!TransferVerifying.Says(payment.Accepted, "scheme", PaymentOffer.BatchSettlement))
            return new ChannelVerdict(null, PaymentCodes.ChannelScheme);
        if (!TransferVerifying.Says(payment.Accepted, "network", offer!.Network))
            return new ChannelVerdict(null, PaymentCodes.ChannelNetwork);
        if (payment is not PresentedVoucher voucher)
            return new ChannelVerdict(null, PaymentCodes.ChannelPayloadType);
        var fault = ConfigFault(voucher, offer) ?? DepositFault(voucher, offer) ?? SignatureFault(voucher);
        if (fault is not null)
            return new ChannelVerdict(voucher, fault);
        var holding = await channels.ReadAsync(voucher.ChannelId, cancel);
        return new ChannelVerdict(voucher, await HoldingFaultAsync(voucher, holding, cancel), holding);
    }

    /// <summary>The transfer that a deposit is on the chain.</summary>
    public static TokenAuthorization AuthorizationOf(PresentedVoucher voucher, PresentedDeposit deposit) => new(
        voucher.Config.Payer,
        SystemContractAddresses.DepositCollector,
        deposit.Amount,
        deposit.ValidAfter,
        deposit.ValidBefore,
        ChannelMessages.DepositNonce(voucher.ChannelId, deposit.Salt));

    private string? ConfigFault(PresentedVoucher voucher, PaymentOffer offer)
    {
        var config = voucher.Config;
        var delay = offer.ExtraElement("withdrawDelay");
        return config switch
        {
            _ when config.WithdrawDelay > ChannelConfig.MaxWithdrawDelay => PaymentCodes.ChannelDelayRange,
            _ when config.IdOn(self.Known.ChainId) != voucher.ChannelId => PaymentCodes.ChannelId,
            _ when config.Receiver != offer.PayTo => PaymentCodes.ChannelReceiver,
            _ when config.ReceiverAuthorizer.IsZero
                || !Address.TryParse(offer.Extra("receiverAuthorizer"), out var authorizer)
                || config.ReceiverAuthorizer != authorizer => PaymentCodes.ChannelReceiverAuthorizer,
            _ when config.Token != offer.Asset => PaymentCodes.ChannelToken,
            _ when delay is { } wanted && !(wanted.ValueKind == System.Text.Json.JsonValueKind.Number
                && wanted.TryGetUInt64(out var seconds) && seconds == config.WithdrawDelay) =>
                PaymentCodes.ChannelDelay,
            _ when config.WithdrawDelay < ChannelConfig.MinWithdrawDelay => PaymentCodes.ChannelDelayRange,
            _ => null,
        };
    }

    private string? DepositFault(PresentedVoucher voucher, PaymentOffer offer)
    {
        if (voucher.Deposit is not { } deposit)
            return null;
        var now = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        var digest = TokenMessages.Receive(
            TokenMessages.Domain(self.Known.ChainId), AuthorizationOf(voucher, deposit));
        return deposit switch
        {
            _ when voucher.IsRefund => PaymentCodes.ChannelPayloadType,
            _ when offer.Extra("name") != TokenMessages.Name || offer.Extra("version") != TokenMessages.Version =>
                PaymentCodes.ChannelDomain,
            _ when deposit.ValidBefore < now + TransferChecks.ShortestValiditySeconds =>
                PaymentCodes.ChannelDepositTime,
            _ when deposit.ValidAfter > now => PaymentCodes.ChannelDepositEarly,
            _ when !IsSigned(digest, deposit.Signature, voucher.Config.Payer) => PaymentCodes.ChannelDepositSignature,
            _ => null,
        };
    }

    private string? SignatureFault(PresentedVoucher voucher)
    {
        var config = voucher.Config;
        var signer = config.PayerAuthorizer.IsZero ? config.Payer : config.PayerAuthorizer;
        var digest = ChannelMessages.Voucher(self.Known.ChainId, voucher.ChannelId, voucher.Max);
        return IsSigned(digest, voucher.Signature, signer) ? null : PaymentCodes.ChannelVoucher;
    }

    private async Task<string?> HoldingFaultAsync(
        PresentedVoucher voucher, ChannelHolding holding, CancellationToken cancel)
    {
        var deposit = voucher.Deposit;
        if (deposit is null && holding.Balance.IsZero)
            return PaymentCodes.ChannelNotFound;
        if (deposit is not null && await tokens.BalanceAsync(voucher.Config.Payer, cancel) < deposit.Amount)
            return PaymentCodes.ChannelDepositBalance;
        if (voucher.Max > holding.Balance + (deposit?.Amount ?? UInt256.Zero))
            return PaymentCodes.ChannelBalance;
        if (voucher.IsRefund ? voucher.Max < holding.Claimed : voucher.Max <= holding.Claimed)
            return PaymentCodes.ChannelBelow;
        if (deposit is null)
            return null;
        try
        {
            var from = await relayer.AddressAsync(cancel);
            await channels.TryAsync(from, ChannelRelay.Deposit(voucher.Config, deposit), cancel);
            return null;
        }
        catch (RpcException)
        {
            return PaymentCodes.ChannelDepositTrial;
        }
    }

    private static bool IsSigned(Hash256 digest, byte[] signature, Address signer) =>
        Signature.TryParse65(signature, out var parsed)
        && Secp256k1.TryRecover(digest, parsed, out var found) && found == signer;
}
