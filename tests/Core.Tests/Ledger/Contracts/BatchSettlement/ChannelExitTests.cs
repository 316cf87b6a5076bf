using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.BatchSettlement;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Ledger.Execution;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger.Contracts.BatchSettlement;

/// <summary>How unclaimed coins go back to the payer, and several calls in one.</summary>
public sealed class ChannelExitTests
{
    [Fact]
    public void A_payer_has_unclaimed_coins_back_after_the_delay_and_not_a_second_before()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 100);
        var started = desk.Do(
            ChannelDesk.Payer, BatchSettlementAbi.InitiateWithdraw, channel.ToTuple(), (UInt256)100UL);
        var log = Assert.Single(started.Logs);
        Assert.Equal(
            [ChannelDesk.Id(channel), (UInt256)100UL, (UInt256)(desk.Net.Seconds + 900)],
            BatchSettlementAbi.WithdrawInitiated.TryDecode(log.Topics, log.Data.Span)!);
        desk.Net.Seconds += 899;
        Assert.Equal("WithdrawDelayNotElapsed", Finalize(ChannelDesk.Payer));
        desk.Net.Seconds += 1;
        Assert.Equal("NotAuthorizedToFinalizeWithdraw", Finalize(ChannelDesk.Receiver));
        var before = desk.Net.BalanceOf(channel.Payer);
        var ended = desk.Do(ChannelDesk.PayerAuthorizer, BatchSettlementAbi.FinalizeWithdraw, [channel.ToTuple()]);
        Assert.Equal(
            [
                BatchSettlementAbi.WithdrawFinalized.Topic0, BatchSettlementAbi.ChannelClosed.Topic0,
                TokenAbi.Transferred.Topic0,
            ],
            ended.Logs.Select(l => l.Topics[0]));
        Assert.Equal(before + 100UL, desk.Net.BalanceOf(channel.Payer));
        Assert.Equal("WithdrawalNotPending", Finalize(ChannelDesk.Payer));
        Assert.Equal(default, desk.Held());

        string? Finalize(int key) => desk.Refusal(key, BatchSettlementAbi.FinalizeWithdraw, [channel.ToTuple()]);
    }

    [Fact]
    public void A_withdrawal_is_started_by_the_payers_side_once_and_within_what_is_there()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 100);
        desk.Claim(channel, 40);
        Assert.Equal("InvalidChannel", Initiate(ChannelDesk.Receiver, 1));
        Assert.Equal("NothingToWithdraw", Initiate(ChannelDesk.Payer, 0));
        Assert.Equal("WithdrawAmountExceedsAvailable", Initiate(ChannelDesk.Payer, 61));
        Assert.Null(Initiate(ChannelDesk.PayerAuthorizer, 60));
        desk.Do(ChannelDesk.Payer, BatchSettlementAbi.InitiateWithdraw, channel.ToTuple(), (UInt256)60UL);
        Assert.Equal("WithdrawalAlreadyPending", Initiate(ChannelDesk.Payer, 1));

        string? Initiate(int key, ulong amount) => desk.Refusal(
            key, BatchSettlementAbi.InitiateWithdraw, channel.ToTuple(), (UInt256)amount);
    }

    [Fact]
    public void A_claim_during_the_delay_comes_first_and_the_withdrawal_gets_what_is_left()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 100);
        desk.Do(ChannelDesk.Payer, BatchSettlementAbi.InitiateWithdraw, channel.ToTuple(), (UInt256)100UL);
        desk.Claim(channel, 70);
        desk.Net.Seconds += 900;
        var ended = desk.Do(ChannelDesk.Payer, BatchSettlementAbi.FinalizeWithdraw, [channel.ToTuple()]);
        Assert.Equal(
            [ChannelDesk.Id(channel), channel.Payer, (UInt256)30UL],
            BatchSettlementAbi.WithdrawFinalized.TryDecode(ended.Logs[0].Topics, ended.Logs[0].Data.Span)!);
        Assert.Equal(((UInt256)70UL, (UInt256)70UL), desk.State(channel));
        // A voucher that was not claimed in time is worth nothing more.
        Assert.Equal(
            "ClaimExceedsBalance",
            desk.Refusal(ChannelDesk.Receiver, BatchSettlementAbi.Claim, ChannelDesk.Rows(desk.Row(channel, 71, 71))));
        // All is claimed by now: nothing moves, and the withdrawal is over all the same.
        desk.Open(channel, 5);
        desk.Do(ChannelDesk.Payer, BatchSettlementAbi.InitiateWithdraw, channel.ToTuple(), (UInt256)5UL);
        desk.Claim(channel, 75);
        desk.Net.Seconds += 900;
        Assert.Single(desk.Do(ChannelDesk.Payer, BatchSettlementAbi.FinalizeWithdraw, [channel.ToTuple()]).Logs);
        Assert.Equal(default, desk.Pending(channel));
    }

    [Fact]
    public void A_refund_is_capped_reduces_what_waits_to_be_withdrawn_and_counts_even_when_nothing_moves()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 100);
        desk.Do(ChannelDesk.Payer, BatchSettlementAbi.InitiateWithdraw, channel.ToTuple(), (UInt256)60UL);
        Assert.Equal("ZeroRefund", Refusal(ChannelDesk.Receiver, 0));
        Assert.Equal("NotAuthorizedToRefund", Refusal(ChannelDesk.Payer, 1));
        Refund(ChannelDesk.Receiver, 20);
        Assert.Equal(((UInt256)40UL, (UInt256)desk.Net.Seconds), desk.Pending(channel));
        desk.Claim(channel, 30);
        Refund(ChannelDesk.ReceiverAuthorizer, 1_000);
        Assert.Equal(((UInt256)30UL, (UInt256)30UL), desk.State(channel));
        Assert.Equal(default, desk.Pending(channel));
        Assert.Empty(Refund(ChannelDesk.Receiver, 1));
        Assert.Equal((UInt256)3UL, desk.Net.View(
            ChannelDesk.Contract, BatchSettlementAbi.RefundNonce, ChannelDesk.Id(channel))[0]);

        IReadOnlyList<Aitbc.Ledger.Blocks.Log> Refund(int key, ulong amount) =>
            desk.Do(key, BatchSettlementAbi.Refund, channel.ToTuple(), (UInt256)amount).Logs;
        string? Refusal(int key, ulong amount) =>
            desk.Refusal(key, BatchSettlementAbi.Refund, channel.ToTuple(), (UInt256)amount);
    }

    [Fact]
    public void A_signed_refund_is_good_once_and_any_refund_uses_up_its_number()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 100);
        Assert.Equal("InvalidRefundNonce", Refusal(1, desk.SignRefund(channel, 1, 10)));
        Assert.Equal("InvalidSignature", Refusal(0, desk.SignRefund(channel, 0, 11)));
        Assert.Equal("InvalidSignature", Refusal(0, desk.SignRefund(channel, 0, 10, ChannelDesk.Receiver)));
        var signature = desk.SignRefund(channel, 0, 10);
        var before = desk.Net.BalanceOf(channel.Payer);
        desk.Do(
            ChannelDesk.Relayer, BatchSettlementAbi.RefundWithSignature, channel.ToTuple(), (UInt256)10UL,
            UInt256.Zero, signature);
        Assert.Equal(before + 10UL, desk.Net.BalanceOf(channel.Payer));
        Assert.Equal("InvalidRefundNonce", Refusal(0, signature));
        var next = desk.SignRefund(channel, 1, 10);
        desk.Do(ChannelDesk.Receiver, BatchSettlementAbi.Refund, channel.ToTuple(), UInt256.One);
        Assert.Equal("InvalidRefundNonce", Refusal(1, next));
        Assert.Equal("ZeroRefund", desk.Refusal(
            ChannelDesk.Relayer, BatchSettlementAbi.RefundWithSignature, channel.ToTuple(), UInt256.Zero,
            (UInt256)2UL, desk.SignRefund(channel, 2, 0)));

        string? Refusal(ulong nonce, byte[] by) => desk.Refusal(
            ChannelDesk.Relayer, BatchSettlementAbi.RefundWithSignature, channel.ToTuple(), (UInt256)10UL,
            (UInt256)nonce, by);
    }

    [Fact]
    public void Several_calls_in_one_keep_their_caller_and_stand_or_fall_together()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 100);
        var claim = BatchSettlementAbi.Claim.EncodeCall(ChannelDesk.Rows(desk.Row(channel, 30, 30)));
        var settle = BatchSettlementAbi.Settle.EncodeCall(channel.Receiver, channel.Token);
        var view = BatchSettlementAbi.Channels.EncodeCall(ChannelDesk.Id(channel));
        var results = (object?[])desk.Net.View(
            ChannelDesk.Contract, BatchSettlementAbi.Multicall, [new object?[] { view, view }])[0]!;
        Assert.Equal(BatchSettlementAbi.Channels.EncodeResult((UInt256)100UL, UInt256.Zero), results[1]);
        Assert.Equal("NotAuthorizedToClaim", Refusal(ChannelDesk.Relayer, claim, settle));
        Assert.Equal("FailedCall", Refusal(ChannelDesk.Receiver, claim, [1, 2, 3, 4]));
        var beyond = BatchSettlementAbi.Claim.EncodeCall(ChannelDesk.Rows(desk.Row(channel, 101, 101)));
        Assert.False(desk.Net.Send(
            ChannelDesk.Receiver, ChannelDesk.Contract, BatchSettlementAbi.Multicall,
            [new object?[] { claim, settle, beyond }]).Succeeded);
        Assert.Equal(((UInt256)100UL, UInt256.Zero), desk.State(channel));
        var receipt = desk.Do(
            ChannelDesk.Receiver, BatchSettlementAbi.Multicall, [new object?[] { claim, settle }]);
        Assert.Equal(3, receipt.Logs.Count);
        Assert.Equal(((UInt256)30UL, (UInt256)30UL), desk.Earned());

        string? Refusal(int key, params byte[][] calls) =>
            desk.Refusal(key, BatchSettlementAbi.Multicall, [calls.ToArray<object?>()]);
    }

    [Fact]
    public void Calls_that_nest_too_deep_are_refused_and_never_overflow_the_stack()
    {
        var net = new Devnet();
        Assert.Equal([true, false], new[] { 63, 64 }.Select(depth =>
        {
            var data = BatchSettlementAbi.MinWithdrawDelay.EncodeCall();
            for (var i = 0; i < depth; i++)
                data = BatchSettlementAbi.Multicall.EncodeCall([new object?[] { data }]);
            return net.Call(0, ChannelDesk.Contract, data).Succeeded;
        }));
    }

    [Fact]
    public void Too_little_gas_inside_is_too_little_for_all()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        var data = BatchSettlementAbi.Multicall.EncodeCall(
            [new object?[] { BatchSettlementAbi.Deposit.EncodeCall(desk.Deposit(channel, 7)) }]);
        var enough = desk.Net.Call(ChannelDesk.Relayer, ChannelDesk.Contract, data).GasUsed;
        Assert.True(Call(enough).Succeeded);
        Assert.True(Call(enough - 1).RanOutOfGas);
        Assert.True(Call(enough / 2).RanOutOfGas);

        CallResult Call(ulong gas) => BlockExecutor.Call(
            desk.Net.Store, desk.Net.At(ChannelDesk.Relayer), ChannelDesk.Contract, default, data, gas, desk.Net.Next);
    }
}
