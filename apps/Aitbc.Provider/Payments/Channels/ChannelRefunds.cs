using Aitbc.Primitives;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Channels;

/// <summary>
/// Gives back what a payer has left in a channel, after claiming what is owed, in one transaction. The payer asks for
/// it with a voucher for just the total so far; nothing is bought.
/// </summary>
internal sealed class ChannelRefunds(ChannelTill till, ChannelTabs tabs, ChannelChain chain)
{
    /// <summary>The value of PAYMENT-RESPONSE. Throws <see cref="PaymentRefusedException"/>.</summary>
    public async Task<string> RefundAsync(PresentedVoucher payment, ProviderIdentity me, CancellationToken cancel)
    {
        till.Check(payment, me);
        var view = tabs.Find(payment.ChannelId)?.View ?? await chain.ViewAsync(payment.ChannelId, cancel);
        if (view.Balance.IsZero)
            throw new PaymentRefusedException(PaymentCodes.ChannelNotFound);
        var tab = tabs.Take(payment.ChannelId, view);
        var (charged, amount) = Reserve(tab, payment);
        try
        {
            var transaction = await chain.RefundAsync(
                me.Address, ChannelClaims.RowOf(tab), payment.Config, amount, cancel);
            tabs.Take(tab.Id, view = await chain.ViewAsync(tab.Id, cancel));
            return PaymentResponses.Refunded(me, payment.Config.Payer, transaction, tab.Id, view, charged, amount);
        }
        catch (Exception refused) when (refused is RpcException or TransactionRevertedException)
        {
            throw new PaymentRefusedException(PaymentCodes.ChannelRefundFailed);
        }
        finally
        {
            lock (tab.Gate)
                tab.IsBusy = false;
        }
    }

    private static (UInt256 Charged, UInt256 Amount) Reserve(ChannelTab tab, PresentedVoucher payment)
    {
        lock (tab.Gate)
        {
            if (tab.IsBusy)
                throw new PaymentRefusedException(PaymentCodes.ChannelBusy);
            var charged = tab.Charged;
            if (payment.Max != charged)
                throw new PaymentRefusedException(PaymentCodes.ChannelTotal) { Correction = tab.Correction() };
            if (tab.View!.Balance <= charged)
                throw new PaymentRefusedException(PaymentCodes.ChannelNothingLeft);
            var left = tab.View.Balance - charged;
            if (payment.RefundAmount is { } wanted && (wanted.IsZero || wanted > left))
                throw new PaymentRefusedException(PaymentCodes.ChannelRefundAmount);
            tab.IsBusy = true;
            return (charged, payment.RefundAmount ?? left);
        }
    }
}
