using Aitbc.Provider.Payments.Channels;
using Aitbc.Provider.Payments.Transfers;
using Aitbc.Provider.Self;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments;

/// <summary>The one place where payments per call are taken.</summary>
internal sealed class PaymentDesk(PaymentOffers offers, TransferTill transfers, ChannelTill channels)
{
    /// <summary>Whether a payment says that it pays just this; what cannot be read does not.</summary>
    public bool IsFor(string header, PaidRequest request, ProviderIdentity me) =>
        PaymentReader.Read(header) is { } payment && offers.Matches(payment, request, me);

    /// <summary>
    /// Verifies the payment and has it written down (<see cref="Grant.SettleAsync"/> waits for that). Throws
    /// <see cref="PaymentRefusedException"/>, and what the chain's client throws when the node does not answer.
    /// </summary>
    /// <param name="header">The value of PAYMENT-SIGNATURE.</param>
    /// <param name="request">What is to be paid for.</param>
    /// <param name="me">This provider.</param>
    /// <param name="answer">Id of the answer that is made if the payment is new.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<Taken> TakeAsync(
        string header, PaidRequest request, ProviderIdentity me, string answer, CancellationToken cancel)
    {
        var payment = PaymentReader.Read(header)
            ?? throw new PaymentRefusedException(PaymentCodes.InvalidPayload);
        if (!offers.Matches(payment, request, me))
            throw new PaymentRefusedException(PaymentCodes.NoMatch);
        return payment switch
        {
            PresentedTransfer transfer => transfers.TakeAsync(transfer, request, me, answer, cancel),
            PresentedVoucher voucher => channels.TakeAsync(voucher, request, me, answer, cancel),
            _ => throw new InvalidOperationException("Every payment is a transfer or a voucher."),
        };
    }
}
