using System.Collections.Concurrent;
using Aitbc.Coordinator.Payments;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Facilitator;

/// <summary>
/// Hands deposits, claims, payouts and refunds of channels in for receivers that have no node. Each is signed by who
/// may have it done, so that who asks does not matter, and the chain is the memory.
/// </summary>
internal sealed class ChannelSettling(
    ChannelVerifying verifying, ChannelRelay channels, TransferChain tokens, TransactionSender sender,
    RelayerAccount relayer, SettleGate gate, MarketSelf self, IHostApplicationLifetime lifetime,
    ILogger<ChannelSettling> log)
{
    /// <summary>Calls under way; more are refused at once.</summary>
    public const int MostUnderWay = 64;

    private readonly ConcurrentDictionary<Hash256, Lazy<Task<SettleAnswer>>> _underWay = new();

    public async Task<SettleAnswer> SettleAsync(FacilitatorRequest request, CancellationToken cancel)
    {
        var order = request.X402Version == 2 ? ChannelOrder.Read(request.PaymentPayload) : null;
        // Nothing is bought by an order: of its requirements only the chain matters.
        if (order is not null && !TransferVerifying.Says(request.PaymentRequirements, "network", Network))
            return Refused(PaymentCodes.Network);
        return order switch
        {
            ChannelClaim claim => await ClaimAsync(claim, cancel),
            ChannelPayout payout => await PayoutAsync(payout, cancel),
            ChannelRefund refund => await RefundAsync(refund, cancel),
            _ => await DepositAsync(await verifying.LookAsync(request, cancel), cancel),
        };
    }

    private async Task<SettleAnswer> DepositAsync(ChannelVerdict verdict, CancellationToken cancel)
    {
        var payer = verdict.Payer;
        if (verdict.Voucher is not { Deposit: { } deposit, IsRefund: false } voucher)
            return Refused(verdict.Voucher is null ? verdict.Fault! : PaymentCodes.ChannelPayloadType, payer);
        var authorization = ChannelVerifying.AuthorizationOf(voucher, deposit);
        async Task<SettleAnswer?> EarlierAsync(CancellationToken stop) =>
            await tokens.FindAsync(authorization, stop) is { } earlier
                ? await DepositedAsync(voucher, earlier, stop) : null;
        // Handed in before, perhaps by this very request: a reply that was lost is given again.
        if (verdict.Fault is { } fault)
            return IsOfTheChain(fault) && await EarlierAsync(cancel) is { } done ? done : Refused(fault, payer);
        return await HandInAsync(
            ChannelRelay.Deposit(voucher.Config, deposit),
            async (hash, stop) => await DepositedAsync(voucher, hash, stop),
            PaymentCodes.ChannelDepositFailed,
            payer,
            EarlierAsync,
            cancel);
    }

    /// <summary>Terms and signatures are good then; the chain may say no because it has said yes.</summary>
    private static bool IsOfTheChain(string fault) => fault is PaymentCodes.ChannelDepositTrial
        or PaymentCodes.ChannelDepositBalance or PaymentCodes.ChannelBelow;

    private async Task<SettleAnswer> DepositedAsync(PresentedVoucher voucher, Hash256 hash, CancellationToken cancel) =>
        Done(hash, voucher.Config.Payer.ToString(), voucher.Deposit!.Amount) with
        {
            Extra = new SettleExtra(StateOf(voucher.ChannelId, await channels.ReadAsync(voucher.ChannelId, cancel))),
        };

    private async Task<SettleAnswer> ClaimAsync(ChannelClaim claim, CancellationToken cancel)
    {
        if (claim.Rows.Count == 0)
            return Refused(PaymentCodes.ChannelPayloadType);
        if (claim.Signature is null)
            return Refused(PaymentCodes.ChannelUnsigned);
        if (claim.Rows.Any(r => !IsPossible(r.Config)))
            return Refused(PaymentCodes.ChannelDelayRange);
        var call = ChannelRelay.Claim(claim);
        if (!await WouldBeTakenAsync(call, cancel))
            return Refused(PaymentCodes.ChannelClaimTrial);
        // The chain lets old claims pass without a change; nobody shall pay fees for them.
        if (!await ClaimsAnythingAsync(claim, cancel))
            return new SettleAnswer(true, "", Network);
        return await HandInAsync(
            call,
            (hash, _) => Task.FromResult(new SettleAnswer(true, hash.ToHex(), Network)),
            PaymentCodes.ChannelClaimFailed,
            null,
            null,
            cancel);
    }

    private async Task<bool> ClaimsAnythingAsync(ChannelClaim claim, CancellationToken cancel)
    {
        foreach (var row in claim.Rows)
        {
            if (row.Total > (await channels.ReadAsync(row.Config.IdOn(self.Known.ChainId), cancel)).Claimed)
                return true;
        }

        return false;
    }

    private async Task<SettleAnswer> PayoutAsync(ChannelPayout payout, CancellationToken cancel)
    {
        if (payout.Token != SystemContractAddresses.Token)
            return Refused(PaymentCodes.ChannelToken);
        var due = await channels.DueAsync(payout.Receiver, payout.Token, cancel);
        if (due.IsZero)
            return Refused(PaymentCodes.ChannelNothingDue);
        return await HandInAsync(
            ChannelRelay.Payout(payout),
            (hash, _) => Task.FromResult(Done(hash, null, due)),
            PaymentCodes.ChannelPayoutFailed,
            null,
            null,
            cancel);
    }

    private async Task<SettleAnswer> RefundAsync(ChannelRefund refund, CancellationToken cancel)
    {
        var payer = refund.Config.Payer.ToString();
        if (refund.Signature is null || (refund.Claim.Rows.Count > 0 && refund.Claim.Signature is null))
            return Refused(PaymentCodes.ChannelUnsigned, payer);
        if (!IsPossible(refund.Config) || refund.Claim.Rows.Any(r => !IsPossible(r.Config)))
            return Refused(PaymentCodes.ChannelDelayRange, payer);
        var id = refund.Config.IdOn(self.Known.ChainId);
        var before = await channels.ReadAsync(id, cancel);
        var claimed = refund.Claim.Rows.Where(r => r.Config.IdOn(self.Known.ChainId) == id)
            .Aggregate(before.Claimed, (most, r) => r.Total > most ? r.Total : most);
        if (refund.Amount.IsZero || claimed >= before.Balance)
            return Refused(PaymentCodes.ChannelNothingLeft, payer);
        var call = ChannelRelay.Refund(refund);
        if (!await WouldBeTakenAsync(call, cancel))
            return Refused(PaymentCodes.ChannelRefundTrial, payer);
        return await HandInAsync(
            call,
            async (hash, stop) =>
            {
                var after = await channels.ReadAsync(id, stop);
                var back = before.Balance > after.Balance ? before.Balance - after.Balance : UInt256.Zero;
                return Done(hash, payer, back) with { Extra = new SettleExtra(StateOf(id, after)) };
            },
            PaymentCodes.ChannelRefundFailed,
            payer,
            null,
            cancel);
    }

    /// <summary>Who leaves does not end it, and who asks meanwhile for the same waits for the same.</summary>
    private async Task<SettleAnswer> HandInAsync(
        byte[] call, Func<Hash256, CancellationToken, Task<SettleAnswer>> answer, string failed, string? payer,
        Func<CancellationToken, Task<SettleAnswer?>>? earlier, CancellationToken cancel)
    {
        if (_underWay.Count >= MostUnderWay || !gate.HasRoom())
            return Refused(PaymentCodes.Unexpected, payer);
        var handing = _underWay.GetOrAdd(Keccak256.Hash(call), key => new Lazy<Task<SettleAnswer>>(
            () => Task.Run(() => SendAsync(call, answer, failed, payer, earlier, key))));
        return await handing.Value.WaitAsync(cancel);
    }

    private async Task<SettleAnswer> SendAsync(
        byte[] call, Func<Hash256, CancellationToken, Task<SettleAnswer>> answer, string failed, string? payer,
        Func<CancellationToken, Task<SettleAnswer?>>? earlier, Hash256 key)
    {
        var stopping = lifetime.ApplicationStopping;
        try
        {
            var from = await relayer.AddressAsync(stopping);
            var sent = await sender.SendAsync(
                from, new CallRequest(SystemContractAddresses.BatchSettlement, call), stopping);
            gate.Spent(sent.Receipt.EffectiveGasPrice * sent.Receipt.GasUsed);
            return sent.Receipt.Succeeded ? await answer(sent.Hash, stopping) : Refused(failed, payer);
        }
        catch (Exception refused) when (refused is RpcException or TransactionRevertedException)
        {
            if (refused is TransactionRevertedException { Receipt: { } receipt })
                gate.Spent(receipt.EffectiveGasPrice * receipt.GasUsed);
            log.LogInformation("A call of the channels was not settled: {Reason}", refused.Message);
            // Anybody may hand a signed deposit in: then it is there all the same.
            return earlier is null ? Refused(failed, payer) : await earlier(stopping) ?? Refused(failed, payer);
        }
        catch (TransactionOutcomeUnknownException)
        {
            return Refused(PaymentCodes.Pending, payer);
        }
        finally
        {
            _underWay.TryRemove(key, out _);
        }
    }

    private async Task<bool> WouldBeTakenAsync(byte[] call, CancellationToken cancel)
    {
        try
        {
            await channels.TryAsync(await relayer.AddressAsync(cancel), call, cancel);
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    // uint40 on the chain: what is more has no encoding.
    private static bool IsPossible(ChannelConfig config) => config.WithdrawDelay <= ChannelConfig.MaxWithdrawDelay;

    public static ChannelStateAnswer StateOf(Hash256 id, ChannelHolding holding) => new(
        id, holding.Balance.ToString(), holding.Claimed.ToString(), holding.WithdrawingSince,
        holding.RefundNonce.ToString());

    private SettleAnswer Done(Hash256 hash, string? payer, UInt256 amount) =>
        new(true, hash.ToHex(), Network, Payer: payer, Amount: amount.ToString());

    private SettleAnswer Refused(string reason, string? payer = null) => new(false, "", Network, reason, payer);

    private string Network => $"eip155:{self.Known.ChainId}";
}
