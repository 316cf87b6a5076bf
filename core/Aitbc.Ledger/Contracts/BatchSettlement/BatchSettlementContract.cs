using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>
/// x402BatchSettlement (specs/contracts/batch-settlement.md): channels that a payer fills once and a receiver is paid
/// from by signed vouchers, many of them in one claim.
/// </summary>
internal sealed class BatchSettlementContract : ISystemContract
{
    public static readonly FunctionTable Table = CreateTable();

    public Address Address => SystemContracts.BatchSettlement;

    public Hash256? HeldSlot => BatchStorage.HeldCoins;

    public byte[] Execute(CallFrame frame) => Table.Execute(frame);

    private static FunctionTable CreateTable()
    {
        var table = new FunctionTable();
        AddMovements(table);
        AddState(table);
        AddMessages(table);
        return table.Add(BatchSettlementAbi.Multicall, (f, a) => [Multicall(f, a.Items(0))]);
    }

    private static void AddMovements(FunctionTable table) => table
        .Add(
            BatchSettlementAbi.Deposit,
            (f, a) => new ChannelDeposits(f).Deposit(Channel(a), a.Number(1), a.Address(2), a.Bytes(3)))
        .Add(BatchSettlementAbi.Claim, (f, a) => new ChannelClaims(f).Claim(VoucherClaim.All(a.Items(0))))
        .Add(
            BatchSettlementAbi.ClaimWithSignature,
            (f, a) => new ChannelClaims(f).ClaimWithSignature(VoucherClaim.All(a.Items(0)), a.Bytes(1)))
        .Add(BatchSettlementAbi.Settle, (f, a) => new ChannelClaims(f).Settle(a.Address(0), a.Address(1)))
        .Add(
            BatchSettlementAbi.InitiateWithdraw,
            (f, a) => new ChannelExits(f).InitiateWithdraw(Channel(a), a.Number(1)))
        .Add(BatchSettlementAbi.FinalizeWithdraw, (f, a) => new ChannelExits(f).FinalizeWithdraw(Channel(a)))
        .Add(BatchSettlementAbi.Refund, (f, a) => new ChannelExits(f).Refund(Channel(a), a.Number(1)))
        .Add(
            BatchSettlementAbi.RefundWithSignature,
            (f, a) => new ChannelExits(f).RefundWithSignature(Channel(a), a.Number(1), a.Number(2), a.Bytes(3)));

    private static void AddState(FunctionTable table) => table
        .Add(BatchSettlementAbi.Channels, (f, a) =>
        {
            var channel = new BatchStorage(f).Channel(a.Word(0));
            return [channel.Balance, channel.TotalClaimed];
        })
        .Add(BatchSettlementAbi.PendingWithdrawals, (f, a) =>
        {
            var pending = new BatchStorage(f).Withdrawal(a.Word(0));
            return [pending.Amount, (UInt256)pending.InitiatedAt];
        })
        .Add(BatchSettlementAbi.Receivers, (f, a) =>
        {
            var receiver = new BatchStorage(f).Receiver(a.Address(0), a.Address(1));
            return [receiver.TotalClaimed, receiver.TotalSettled];
        })
        .Add(BatchSettlementAbi.RefundNonce, (f, a) => [new BatchStorage(f).RefundNonce(a.Word(0))])
        .Add(BatchSettlementAbi.MinWithdrawDelay, (_, _) => [(UInt256)ChannelConfig.MinWithdrawDelay])
        .Add(BatchSettlementAbi.MaxWithdrawDelay, (_, _) => [(UInt256)ChannelConfig.MaxWithdrawDelay]);

    private static void AddMessages(FunctionTable table) => table
        .Add(BatchSettlementAbi.GetChannelId, (f, a) => [new BatchMessages(f).ChannelId(Channel(a))])
        .Add(BatchSettlementAbi.GetVoucherDigest, (f, a) => [new BatchMessages(f).Voucher(a.Word(0), a.Number(1))])
        .Add(
            BatchSettlementAbi.GetRefundDigest,
            (f, a) => [new BatchMessages(f).Refund(a.Word(0), a.Number(1), a.Number(2))])
        .Add(
            BatchSettlementAbi.GetClaimBatchDigest,
            (f, a) => [new ChannelClaims(f).BatchDigest(VoucherClaim.All(a.Items(0)))])
        .Add(BatchSettlementAbi.ChannelConfigTypeHash, (_, _) => [BatchMessages.ChannelType])
        .Add(BatchSettlementAbi.VoucherTypeHash, (_, _) => [BatchMessages.VoucherType])
        .Add(BatchSettlementAbi.RefundTypeHash, (_, _) => [BatchMessages.RefundType])
        .Add(BatchSettlementAbi.ClaimEntryTypeHash, (_, _) => [BatchMessages.ClaimEntryType])
        .Add(BatchSettlementAbi.ClaimBatchTypeHash, (_, _) => [BatchMessages.ClaimBatchType])
        .Add(BatchSettlementAbi.Eip712Domain, (f, _) => BatchMessages.Domain.Describe(f));

    private static ChannelConfig Channel(CallArguments arguments) => ChannelConfig.Of(arguments.Tuple(0));

    private static object?[] Multicall(CallFrame frame, CallArguments calls)
    {
        var results = new object?[calls.Count];
        for (var i = 0; i < results.Length; i++)
            results[i] = Again(frame, calls.Bytes(i));
        return results;
    }

    // The same caller calls once more; what refuses there refuses here, and no reason becomes the library's.
    private static byte[] Again(CallFrame frame, byte[] data)
    {
        frame.Charge(GasSchedule.SelfCall);
        if (frame.Depth + 1 >= MessageContext.MaxDepth)
            throw BatchSettlementAbi.Error("FailedCall");
        var inner = new CallFrame(frame.Message)
        {
            Contract = frame.Contract,
            Caller = frame.Caller,
            Value = default,
            Data = data,
            GasLeft = frame.GasLeft,
            Depth = frame.Depth + 1,
        };
        try
        {
            return Table.Execute(inner);
        }
        catch (RevertException revert) when (revert.Reason.Length == 0)
        {
            throw BatchSettlementAbi.Error("FailedCall");
        }
        finally
        {
            frame.GasLeft = inner.GasLeft;
        }
    }
}
