using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>Opens channels and fills them up: anybody may bring a deposit that its payer has signed.</summary>
internal sealed class ChannelDeposits(CallFrame frame)
{
    private readonly BatchStorage storage = new(frame);

    public void Deposit(ChannelConfig channel, UInt256 amount, Address collector, byte[] data)
    {
        if (channel.Payer.IsZero || channel.Receiver.IsZero || channel.ReceiverAuthorizer.IsZero
            || channel.Token.IsZero)
            throw BatchSettlementAbi.Error("InvalidChannel");
        if (channel.WithdrawDelay is < ChannelConfig.MinWithdrawDelay or > ChannelConfig.MaxWithdrawDelay)
            throw BatchSettlementAbi.Error("WithdrawDelayOutOfRange");
        if (amount.IsZero)
            throw BatchSettlementAbi.Error("ZeroDeposit");
        if (collector.IsZero)
            throw BatchSettlementAbi.Error("InvalidCollector");
        var id = new BatchMessages(frame).ChannelId(channel);
        var state = storage.Channel(id);
        if (amount > BatchStorage.MaxAmount - state.Balance)
            throw BatchSettlementAbi.Error("DepositOverflow");
        state = state with { Balance = state.Balance + amount };
        storage.SetChannel(id, state);
        new ChannelCustody(frame).Collect(channel, id, amount, collector, data);
        // Again and again for a channel that was emptied before anything was claimed.
        if (state.Balance == amount && state.TotalClaimed.IsZero)
            frame.Emit(BatchSettlementAbi.ChannelCreated.Encode(id, channel.ToTuple()));
        frame.Emit(BatchSettlementAbi.Deposited.Encode(id, frame.Caller, amount, state.Balance));
    }
}
