using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>
/// What the contract holds for channels and receivers. AIT is the only ERC-20 of this chain, so all of it are coins.
/// </summary>
internal sealed class ChannelCustody(CallFrame frame)
{
    /// <summary>Lets the collector pull a deposit and believes the balance only.</summary>
    public void Collect(ChannelConfig channel, Hash256 id, UInt256 amount, Address collector, byte[] data)
    {
        // As Solidity refuses to call what has no code or no such function.
        if (channel.Token != SystemContracts.AitToken || SystemContracts.CodeOf(collector).IsEmpty)
            throw RevertException.Silent();
        var before = frame.BalanceOf(frame.Contract);
        frame.CallOrRefuse(
            collector, DepositCollectorAbi.Collect.EncodeCall(channel.Payer, channel.Token, amount, id, data));
        if (frame.BalanceOf(frame.Contract) != before + amount)
            throw BatchSettlementAbi.Error("DepositCollectionFailed");
        frame.Store(BatchStorage.HeldCoins, frame.Load(BatchStorage.HeldCoins) + amount);
    }

    /// <summary>Pays out of what is held.</summary>
    public void Pay(Address to, UInt256 amount)
    {
        frame.Store(BatchStorage.HeldCoins, frame.Load(BatchStorage.HeldCoins) - amount);
        AitTokenContract.Move(frame, frame.Contract, to, amount);
    }
}
