using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.BatchSettlement;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Ledger.Execution;
using Aitbc.Primitives;
using Xunit;

namespace Core.Tests.Ledger.Contracts.BatchSettlement;

/// <summary>How channels are opened and filled.</summary>
public sealed class ChannelDepositTests
{
    [Fact]
    public void A_deposit_pulls_what_the_payer_signed_and_tells_of_the_new_channel()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        var before = desk.Net.BalanceOf(channel.Payer);
        var first = desk.Do(ChannelDesk.Relayer, BatchSettlementAbi.Deposit, desk.Deposit(channel, 1_000));
        Assert.Equal(
            [
                TokenAbi.AuthorizationUsed.Topic0, TokenAbi.Transferred.Topic0, TokenAbi.Transferred.Topic0,
                BatchSettlementAbi.ChannelCreated.Topic0, BatchSettlementAbi.Deposited.Topic0,
            ],
            first.Logs.Select(l => l.Topics[0]));
        Assert.Equal(
            [ChannelDesk.Id(channel), channel.ToTuple()],
            BatchSettlementAbi.ChannelCreated.TryDecode(first.Logs[3].Topics, first.Logs[3].Data.Span)!);
        Assert.Equal(
            [ChannelDesk.Id(channel), desk.Net.At(ChannelDesk.Relayer), (UInt256)1_000UL, (UInt256)1_000UL],
            BatchSettlementAbi.Deposited.TryDecode(first.Logs[4].Topics, first.Logs[4].Data.Span)!);
        Assert.Equal(before - 1_000UL, desk.Net.BalanceOf(channel.Payer));
        Assert.Equal((UInt256)1_000UL, desk.Net.BalanceOf(ChannelDesk.Contract));

        var second = desk.Do(ChannelDesk.Relayer, BatchSettlementAbi.Deposit, desk.Deposit(channel, 5));
        Assert.DoesNotContain(second.Logs, l => l.Topics[0] == BatchSettlementAbi.ChannelCreated.Topic0);
        Assert.Equal(((UInt256)1_005UL, UInt256.Zero), desk.State(channel));
    }

    [Fact]
    public void A_channel_that_was_emptied_before_any_claim_is_created_again()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 10);
        var closing = desk.Do(
            ChannelDesk.Receiver, BatchSettlementAbi.Refund, channel.ToTuple(), (UInt256)10UL);
        Assert.Equal(
            [
                BatchSettlementAbi.Refunded.Topic0, BatchSettlementAbi.ChannelClosed.Topic0,
                TokenAbi.Transferred.Topic0,
            ],
            closing.Logs.Select(l => l.Topics[0]));
        var again = desk.Do(ChannelDesk.Relayer, BatchSettlementAbi.Deposit, desk.Deposit(channel, 10));
        Assert.Contains(again.Logs, l => l.Topics[0] == BatchSettlementAbi.ChannelCreated.Topic0);
    }

    [Fact]
    public void A_channel_needs_its_parties_a_token_and_a_delay_within_bounds()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        Assert.Equal("InvalidChannel", Refusal(channel with { Payer = default }));
        Assert.Equal("InvalidChannel", Refusal(channel with { Receiver = default }));
        Assert.Equal("InvalidChannel", Refusal(channel with { ReceiverAuthorizer = default }));
        Assert.Equal("InvalidChannel", Refusal(channel with { Token = default }));
        Assert.Null(Refusal(channel with { PayerAuthorizer = default }));
        Assert.Equal("WithdrawDelayOutOfRange", Refusal(channel with { WithdrawDelay = 899 }));
        Assert.Null(Refusal(channel with { WithdrawDelay = 2_592_000 }));
        Assert.Equal("WithdrawDelayOutOfRange", Refusal(channel with { WithdrawDelay = 2_592_001 }));
        Assert.Equal("", Refusal(channel with { WithdrawDelay = 1UL << 40 }, encodedDelay: 1UL << 40));
        Assert.Equal("ZeroDeposit", Refusal(channel, amount: 0));
        Assert.Equal("InvalidCollector", Refusal(channel, collector: Address.Zero));

        string? Refusal(
            ChannelConfig of, ulong amount = 7, Address? collector = null, ulong? encodedDelay = null)
        {
            var arguments = desk.Deposit(of with { WithdrawDelay = encodedDelay is null ? of.WithdrawDelay : 900 },
                amount, collector: collector);
            if (encodedDelay is null)
                return desk.Refusal(ChannelDesk.Relayer, BatchSettlementAbi.Deposit, arguments);
            var data = BatchSettlementAbi.Deposit.EncodeCall(arguments);
            Hash256.FromUInt256(encodedDelay.Value).CopyTo(data.AsSpan(4 + (5 * 32)));
            var result = desk.Net.Call(ChannelDesk.Relayer, ChannelDesk.Contract, data);
            Assert.False(result.Succeeded);
            return Convert.ToHexStringLower(result.ReturnData.Span);
        }
    }

    [Fact]
    public void Only_coins_that_came_in_count_as_a_deposit()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        // Its code does nothing: the call succeeds and no coin has moved.
        Assert.Equal("DepositCollectionFailed", Refusal(channel, Supply.Record));
        Assert.Equal("", Refusal(channel, desk.Net.At(1)));
        Assert.Equal("", Refusal(channel, SystemContracts.AitToken));
        Assert.Equal("", Refusal(channel, ChannelDesk.Contract));
        Assert.Equal("", Refusal(channel with { Token = SystemContracts.AgentIdentity }, ChannelDesk.Collector));
        Assert.Equal("", Refusal(channel with { Token = desk.Net.At(1) }, ChannelDesk.Collector));

        string? Refusal(ChannelConfig of, Address collector) => desk.Refusal(
            ChannelDesk.Relayer, BatchSettlementAbi.Deposit, desk.Deposit(of, 7, collector: collector));
    }

    [Fact]
    public void What_the_token_refuses_is_told_by_its_own_reason_and_nothing_is_kept()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        var arguments = desk.Deposit(channel, 7);
        desk.Do(ChannelDesk.Relayer, BatchSettlementAbi.Deposit, arguments);
        Assert.Equal("FiatTokenV2: authorization is used or canceled", Refusal(arguments));
        Assert.Equal("FiatTokenV2: invalid signature", Refusal(desk.Deposit(channel, 7, ChannelDesk.Receiver)));
        var elsewhere = desk.Deposit(channel, 7);
        Assert.Equal("FiatTokenV2: invalid signature", Refusal([desk.Channel(1).ToTuple(), .. elsewhere[1..]]));
        Assert.Equal("FiatTokenV2: invalid signature", Refusal([elsewhere[0], (UInt256)8UL, .. elsewhere[2..]]));
        Assert.Equal("", Refusal([.. elsewhere[..3], new byte[100]]));
        var receipt = desk.Net.Send(
            ChannelDesk.Relayer, ChannelDesk.Contract, BatchSettlementAbi.Deposit, [.. arguments]);
        Assert.False(receipt.Succeeded);
        Assert.Equal(((UInt256)7UL, UInt256.Zero), desk.State(channel));
        Assert.Equal((UInt256)7UL, desk.Held());

        string? Refusal(object?[] of) => desk.Refusal(ChannelDesk.Relayer, BatchSettlementAbi.Deposit, of);
    }

    [Fact]
    public void A_deposit_beyond_128_bits_is_refused_and_does_not_wrap()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 1);
        var arguments = desk.Deposit(channel, 1);
        arguments[1] = BatchStorage.MaxAmount;
        Assert.Equal("DepositOverflow", desk.Refusal(ChannelDesk.Relayer, BatchSettlementAbi.Deposit, arguments));
        arguments[1] = BatchStorage.MaxAmount - 1UL;
        Assert.Equal(
            "FiatTokenV2: invalid signature",
            desk.Refusal(ChannelDesk.Relayer, BatchSettlementAbi.Deposit, arguments));
    }

    [Fact]
    public void Nobody_but_the_channels_makes_the_collector_pull()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        var data = desk.Deposit(channel, 7)[3];
        Assert.Equal(
            "0x" + Convert.ToHexStringLower(DepositCollectorAbi.OnlySettlement.Selector),
            desk.Net.Refusal(
                ChannelDesk.Payer, ChannelDesk.Collector, DepositCollectorAbi.Collect, channel.Payer, channel.Token,
                (UInt256)7UL, ChannelDesk.Id(channel), data));
    }

    [Fact]
    public void Coins_that_are_sent_to_the_contract_belong_to_no_channel()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 10);
        Assert.True(desk.Net.Send(
            0, SystemContracts.AitToken, TokenAbi.Transfer, ChannelDesk.Contract, (UInt256)99UL).Succeeded);
        Assert.False(Assert.Single(desk.Net.Mine(
            desk.Net.Sign(0, ChannelDesk.Contract, 5)).Receipts).Succeeded);
        Assert.Equal((UInt256)10UL, desk.Held());
        Assert.Equal((UInt256)109UL, desk.Net.BalanceOf(ChannelDesk.Contract));
        Assert.Equal(
            "WithdrawAmountExceedsAvailable",
            desk.Refusal(
                ChannelDesk.Payer, BatchSettlementAbi.InitiateWithdraw, channel.ToTuple(), (UInt256)11UL));
    }
}
