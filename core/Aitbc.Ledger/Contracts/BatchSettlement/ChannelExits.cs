using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>
/// How unclaimed coins go back to the payer: by himself after a delay in which the receiver can still claim, or at once
/// by the receiver's side.
/// </summary>
internal sealed class ChannelExits(CallFrame frame)
{
    private readonly BatchStorage storage = new(frame);
    private readonly BatchMessages messages = new(frame);

    public void InitiateWithdraw(ChannelConfig channel, UInt256 amount)
    {
        if (!channel.IsPayerSide(frame.Caller))
            throw BatchSettlementAbi.Error("InvalidChannel");
        if (amount.IsZero)
            throw BatchSettlementAbi.Error("NothingToWithdraw");
        var id = messages.ChannelId(channel);
        if (storage.Withdrawal(id).IsPending)
            throw BatchSettlementAbi.Error("WithdrawalAlreadyPending");
        if (amount > storage.Channel(id).Available)
            throw BatchSettlementAbi.Error("WithdrawAmountExceedsAvailable");
        storage.SetWithdrawal(id, new PendingWithdrawal(amount, frame.Timestamp));
        frame.Emit(BatchSettlementAbi.WithdrawInitiated.Encode(
            id, amount, (UInt256)frame.Timestamp + channel.WithdrawDelay));
    }

    public void FinalizeWithdraw(ChannelConfig channel)
    {
        if (!channel.IsPayerSide(frame.Caller))
            throw BatchSettlementAbi.Error("NotAuthorizedToFinalizeWithdraw");
        var id = messages.ChannelId(channel);
        var pending = storage.Withdrawal(id);
        if (!pending.IsPending)
            throw BatchSettlementAbi.Error("WithdrawalNotPending");
        if (frame.Timestamp < (UInt256)pending.InitiatedAt + channel.WithdrawDelay)
            throw BatchSettlementAbi.Error("WithdrawDelayNotElapsed");
        var state = storage.Channel(id);
        var amount = UInt256.Min(pending.Amount, state.Available);
        storage.SetWithdrawal(id, default);
        frame.Emit(BatchSettlementAbi.WithdrawFinalized.Encode(id, frame.Caller, amount));
        TakeOut(channel, id, state, amount);
        if (!amount.IsZero)
            new ChannelCustody(frame).Pay(channel.Payer, amount);
    }

    /// <summary>Pays back as the receiver or its authorizer.</summary>
    public void Refund(ChannelConfig channel, UInt256 amount)
    {
        if (!channel.IsReceiverSide(frame.Caller))
            throw BatchSettlementAbi.Error("NotAuthorizedToRefund");
        PayBack(channel, messages.ChannelId(channel), amount);
    }

    /// <summary>Pays back as anybody, by the signature of the receiver's authorizer.</summary>
    public void RefundWithSignature(ChannelConfig channel, UInt256 amount, UInt256 nonce, byte[] signature)
    {
        var id = messages.ChannelId(channel);
        if (nonce != storage.RefundNonce(id))
            throw BatchSettlementAbi.Error("InvalidRefundNonce");
        var digest = messages.Refund(id, nonce, amount);
        if (!SignatureCheck.IsBy(frame, channel.ReceiverAuthorizer, digest, signature))
            throw BatchSettlementAbi.Error("InvalidSignature");
        PayBack(channel, id, amount);
    }

    private void PayBack(ChannelConfig channel, Hash256 id, UInt256 amount)
    {
        if (amount.IsZero)
            throw BatchSettlementAbi.Error("ZeroRefund");
        storage.CountRefund(id);
        var state = storage.Channel(id);
        var paid = UInt256.Min(amount, state.Available);
        if (paid.IsZero)
            return;
        var pending = storage.Withdrawal(id);
        if (pending.IsPending)
        {
            storage.SetWithdrawal(
                id, paid >= pending.Amount ? default : pending with { Amount = pending.Amount - paid });
        }

        frame.Emit(BatchSettlementAbi.Refunded.Encode(id, frame.Caller, paid));
        TakeOut(channel, id, state, paid);
        new ChannelCustody(frame).Pay(channel.Payer, paid);
    }

    private void TakeOut(ChannelConfig channel, Hash256 id, ChannelState state, UInt256 amount)
    {
        state = state with { Balance = state.Balance - amount };
        storage.SetChannel(id, state);
        if (state.IsEmpty)
            frame.Emit(BatchSettlementAbi.ChannelClosed.Encode(id, channel.ToTuple()));
    }
}
