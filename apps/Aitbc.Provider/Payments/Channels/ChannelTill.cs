using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Payments.Allowance;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Channels;

/// <summary>
/// Takes vouchers (specs/provider/payments.md, section 3). A voucher of a channel that is known costs one signature
/// check and one record; the chain is asked only about channels that are new here, and given deposits.
/// </summary>
internal sealed class ChannelTill(
    PaymentJournal journal, ChannelTabs tabs, ChannelChain chain, AnswerStore answers, PaymentOffers offers,
    FreeAllowance allowance, ProviderOptions options, TimeProvider time)
{
    private const int ShortestValiditySeconds = 6;

    public async Task<Taken> TakeAsync(
        PresentedVoucher payment, PaidRequest request, ProviderIdentity me, string answer, CancellationToken cancel)
    {
        if (payment.IsRefund)
            throw new PaymentRefusedException(PaymentCodes.ChannelPayloadType);
        Check(payment, me);
        var tab = tabs.Find(payment.ChannelId);
        if (tab is not null && Earlier(tab, payment, request) is { } earlier)
            return new Taken(null, earlier);
        if (!request.IsOffered && !(tab is not null && IsKnown(tab, payment, request)))
            throw new PaymentRefusedException(PaymentCodes.NoMatch);
        request.Admit();
        // What the watch sees meanwhile is newer than what was looked at here: only a look at the chain replaces it.
        ChannelHolding? seen = null;
        Hash256? deposited = null;
        if (payment.Deposit is { } deposit && !(tab is not null && IsSame(tab, payment, request)))
            (seen, deposited) = await DepositAsync(payment, deposit, request, tab, me, cancel);
        else if (tab?.View is null)
            seen = await chain.ViewAsync(payment.ChannelId, cancel);
        if ((seen ?? tab!.View!).Balance.IsZero)
            throw new PaymentRefusedException(PaymentCodes.ChannelNotFound);
        if (seen is not null)
            tab = tabs.Take(payment.ChannelId, seen);
        return Reserve(tab!, payment, request, me, answer, deposited);
    }

    public static bool IsSignedBy(
        Address signer, ProviderIdentity me, Hash256 channel, UInt256 max, byte[] signature) =>
        Signature.TryParse65(signature, out var parsed)
        && Secp256k1.TryRecover(ChannelMessages.Voucher(me.ChainId, channel, max), parsed, out var found)
        && found == signer;

    public static Address SignerOf(ChannelConfig config) =>
        config.PayerAuthorizer.IsZero ? config.Payer : config.PayerAuthorizer;

    /// <summary>Terms and signature: what can be said without asking anybody.</summary>
    public void Check(PresentedVoucher payment, ProviderIdentity me)
    {
        var config = payment.Config;
        if (config.Receiver != me.Address)
            throw new PaymentRefusedException(PaymentCodes.ChannelReceiver);
        if (config.ReceiverAuthorizer != me.Address)
            throw new PaymentRefusedException(PaymentCodes.ChannelReceiverAuthorizer);
        if (config.Token != SystemContractAddresses.Token)
            throw new PaymentRefusedException(PaymentCodes.ChannelToken);
        if (config.WithdrawDelay != offers.WithdrawDelay)
            throw new PaymentRefusedException(PaymentCodes.ChannelDelay);
        if (config.Payer.IsZero || config.IdOn(me.ChainId) != payment.ChannelId)
            throw new PaymentRefusedException(PaymentCodes.ChannelId);
        if (!IsSignedBy(SignerOf(config), me, payment.ChannelId, payment.Max, payment.Signature))
            throw new PaymentRefusedException(PaymentCodes.ChannelVoucher);
    }

    /// <summary>The answer that this payment was given before, if there is one; a busy channel is refused.</summary>
    private string? Earlier(ChannelTab tab, PresentedVoucher payment, PaidRequest request)
    {
        lock (tab.Gate)
        {
            if (IsSame(tab, payment, request) && (tab.IsBusy || answers.Find(tab.Record!.Use!.Answer) is not null))
                return tab.Record!.Use!.Answer;
            return tab.IsBusy ? throw new PaymentRefusedException(PaymentCodes.ChannelBusy) : null;
        }
    }

    private bool IsKnown(ChannelTab tab, PresentedVoucher payment, PaidRequest request)
    {
        lock (tab.Gate)
            return IsSame(tab, payment, request);
    }

    private bool IsSame(ChannelTab tab, PresentedVoucher payment, PaidRequest request) =>
        tab.Record?.Use is { } use && use.Request == request.Hash && use.Voucher == payment.Max
        && (use.Charge is null || use.AtMs + options.Payments.KeepAnswers.TotalMilliseconds
            > time.GetUtcNow().ToUnixTimeMilliseconds());

    private Taken Reserve(
        ChannelTab tab, PresentedVoucher payment, PaidRequest request, ProviderIdentity me, string answer,
        Hash256? deposited)
    {
        lock (tab.Gate)
        {
            if (Earlier(tab, payment, request) is { } earlier)
                return new Taken(null, earlier);
            var view = tab.View!;
            var before = IsSame(tab, payment, request) ? tab.Record!.Use : null;
            var owed = before?.Charge;
            // What is owed was charged before: the total of that time is what the voucher builds on.
            var charged = tab.Charged - (owed ?? UInt256.Zero);
            if (view.WithdrawingSince != 0)
                throw new PaymentRefusedException(PaymentCodes.ChannelClosing);
            var needed = charged + request.Slice;
            if (payment.Max < needed || payment.Max > needed + request.Slice)
                throw new PaymentRefusedException(PaymentCodes.ChannelTotal) { Correction = tab.Correction() };
            if (needed > view.Balance)
                throw new PaymentRefusedException(PaymentCodes.ChannelBalance) { Correction = tab.Correction() };
            var higher = tab.Record is null || payment.Max > tab.Record.Signed;
            tab.Record = new ChannelRecord(
                tab.Id,
                payment.Config,
                tab.Charged,
                higher ? payment.Max : tab.Record!.Signed,
                higher ? Hex.ToHex(payment.Signature) : tab.Record!.Signature,
                new ChannelUse(
                    request.Hash, payment.Max, answer, owed, time.GetUtcNow().ToUnixTimeMilliseconds(),
                    Free: before?.Free));
            tab.IsBusy = true;
            // Its engine may begin while the disk syncs; the grant lets nothing of it out before (settle).
            var written = journal.PutAsync(tab.Record);
            var grant = new ChannelGrant(
                journal, written, tab, me, payment, request, charged, owed, deposited, allowance, time);
            return new Taken(grant, null);
        }
    }

    private async Task<(ChannelHolding View, Hash256? Transaction)> DepositAsync(
        PresentedVoucher payment, PresentedDeposit deposit, PaidRequest request, ChannelTab? tab,
        ProviderIdentity me, CancellationToken cancel)
    {
        var now = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        if (deposit.ValidAfter > now || deposit.ValidBefore < now + ShortestValiditySeconds)
            throw new PaymentRefusedException(PaymentCodes.ChannelDepositTime);
        var authorization = new TokenAuthorization(
            payment.Config.Payer,
            SystemContractAddresses.DepositCollector,
            deposit.Amount,
            deposit.ValidAfter,
            deposit.ValidBefore,
            ChannelMessages.DepositNonce(payment.ChannelId, deposit.Salt));
        var digest = TokenMessages.Receive(TokenMessages.Domain(me.ChainId), authorization);
        if (!Signature.TryParse65(deposit.Signature, out var signature)
            || !Secp256k1.TryRecover(digest, signature, out var signer) || signer != payment.Config.Payer)
            throw new PaymentRefusedException(PaymentCodes.ChannelDepositSignature);
        var before = tab?.View ?? await chain.ViewAsync(payment.ChannelId, cancel);
        var charged = tab?.Charged ?? before.Claimed;
        var needed = charged + request.Slice;
        // Whoever would be refused afterwards shall not have a deposit handed in at this provider's cost.
        if (payment.Max < needed || payment.Max > needed + request.Slice)
            throw new PaymentRefusedException(PaymentCodes.ChannelTotal)
            {
                Correction = tab?.Correction() ?? new ChannelCorrection(
                    payment.ChannelId, charged, UInt256.Zero, "", before.Balance, before.Claimed),
            };
        if (before.WithdrawingSince != 0)
            throw new PaymentRefusedException(PaymentCodes.ChannelClosing);
        if (before.Balance + deposit.Amount < needed)
            throw new PaymentRefusedException(PaymentCodes.ChannelBalance);
        Hash256? transaction = null;
        try
        {
            transaction = await chain.DepositAsync(me.Address, payment.Config, deposit, cancel);
        }
        catch (Exception refused) when (refused is RpcException or TransactionRevertedException)
        {
            // It may have been handed in before: what the channel holds decides.
            var held = await chain.ViewAsync(payment.ChannelId, cancel);
            return held.Balance >= needed
                ? (held, null) : throw new PaymentRefusedException(PaymentCodes.ChannelDepositFailed);
        }

        return (await chain.ViewAsync(payment.ChannelId, cancel), transaction);
    }
}
