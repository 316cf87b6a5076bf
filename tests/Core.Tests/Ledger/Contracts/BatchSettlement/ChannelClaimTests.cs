using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.BatchSettlement;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger.Contracts.BatchSettlement;

/// <summary>How vouchers become claims and claims become coins.</summary>
public sealed class ChannelClaimTests
{
    [Fact]
    public void A_claim_writes_down_what_the_voucher_is_worth_and_moves_no_coin()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 1_000);
        var receipt = desk.Do(
            ChannelDesk.Receiver, BatchSettlementAbi.Claim, ChannelDesk.Rows(desk.Row(channel, 300, 200)));
        var log = Assert.Single(receipt.Logs);
        Assert.Equal(
            [ChannelDesk.Id(channel), desk.Net.At(ChannelDesk.Receiver), (UInt256)200UL, (UInt256)200UL],
            BatchSettlementAbi.Claimed.TryDecode(log.Topics, log.Data.Span)!);
        Assert.Equal(((UInt256)1_000UL, (UInt256)200UL), desk.State(channel));
        Assert.Equal(((UInt256)200UL, UInt256.Zero), desk.Earned());
        Assert.Equal((UInt256)1_000UL, desk.Net.BalanceOf(ChannelDesk.Contract));
    }

    [Fact]
    public void A_voucher_that_is_shown_again_or_late_changes_nothing_and_is_not_even_checked()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 1_000);
        desk.Claim(channel, 500);
        foreach (var total in (ulong[])[500, 499, 0])
        {
            Assert.Empty(desk.Do(
                ChannelDesk.ReceiverAuthorizer, BatchSettlementAbi.Claim,
                ChannelDesk.Rows(ChannelDesk.Row(channel, 0, total, []))).Logs);
        }

        Assert.Equal(((UInt256)500UL, UInt256.Zero), desk.Earned());
    }

    [Fact]
    public void A_claim_exceeds_neither_its_voucher_nor_what_is_there()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 1_000);
        Assert.Equal("ClaimExceedsCeiling", Refusal(desk.Row(channel, 300, 301)));
        Assert.Equal("ClaimExceedsBalance", Refusal(desk.Row(channel, 2_000, 1_001)));
        Assert.Null(Refusal(desk.Row(channel, 2_000, 1_000)));
        Assert.Equal("ClaimExceedsBalance", Refusal(desk.Row(desk.Channel(9), 1, 1)));
        Assert.Equal("EmptyBatch", Refusal());
        Assert.Equal(
            "EmptyBatch",
            desk.Refusal(
                ChannelDesk.Relayer, BatchSettlementAbi.ClaimWithSignature, Array.Empty<object?>(), new byte[65]));

        string? Refusal(params object?[][] rows) =>
            desk.Refusal(ChannelDesk.Receiver, BatchSettlementAbi.Claim, ChannelDesk.Rows(rows));
    }

    [Fact]
    public void Only_the_receiver_and_its_authorizer_claim_and_every_row_is_asked()
    {
        var desk = new ChannelDesk();
        var (mine, other) = (desk.Channel(1), desk.Channel(2) with { Receiver = desk.Net.At(0) });
        desk.Open(mine, 100);
        desk.Open(other, 100);
        var rows = ChannelDesk.Rows(desk.Row(mine, 5, 5), desk.Row(other, 5, 5));
        Assert.Null(desk.Refusal(ChannelDesk.ReceiverAuthorizer, BatchSettlementAbi.Claim, rows));
        foreach (var key in (int[])[ChannelDesk.Receiver, ChannelDesk.Payer, ChannelDesk.Relayer])
            Assert.Equal("NotAuthorizedToClaim", desk.Refusal(key, BatchSettlementAbi.Claim, rows));
        Assert.Equal(((UInt256)100UL, UInt256.Zero), desk.State(mine));
    }

    [Fact]
    public void Vouchers_are_signed_by_the_payers_authorizer_or_without_one_by_the_payer()
    {
        var desk = new ChannelDesk();
        var (with, without) = (desk.Channel(1), desk.Channel(2, hasAuthorizer: false));
        desk.Open(with, 100);
        desk.Open(without, 100);
        Assert.Null(Refusal(desk.Row(with, 5, 5, ChannelDesk.PayerAuthorizer)));
        Assert.Equal("InvalidSignature", Refusal(desk.Row(with, 5, 5, ChannelDesk.Payer)));
        Assert.Null(Refusal(desk.Row(without, 5, 5, ChannelDesk.Payer)));
        Assert.Equal("InvalidSignature", Refusal(desk.Row(without, 5, 5, ChannelDesk.PayerAuthorizer)));
        var signature = (byte[])desk.Row(with, 5, 5)[1]!;
        Assert.Equal("InvalidSignature", Refusal(ChannelDesk.Row(with, 6, 5, signature)));

        string? Refusal(object?[] row) =>
            desk.Refusal(ChannelDesk.Receiver, BatchSettlementAbi.Claim, ChannelDesk.Rows(row));
    }

    [Fact]
    public void A_malformed_voucher_is_refused_by_the_error_of_the_library_and_without_authorizer_as_invalid()
    {
        var desk = new ChannelDesk();
        var (with, without) = (desk.Channel(1), desk.Channel(2, hasAuthorizer: false));
        desk.Open(with, 100);
        desk.Open(without, 100);
        var good = (byte[])desk.Row(with, 5, 5)[1]!;
        var high = (byte[])[.. good[..32], .. Enumerable.Repeat<byte>(0xff, 32), 27];
        var parity = (byte[])[.. good[..64], 29];
        var zero = new byte[65];
        Assert.Equal("ECDSAInvalidSignatureLength(uint256) 64", Reason(with, good[..64]));
        Assert.Equal("ECDSAInvalidSignatureLength(uint256) 0", Reason(with, []));
        Assert.Equal($"ECDSAInvalidSignatureS(bytes32) 0x{new string('f', 64)}", Reason(with, high));
        Assert.Equal("ECDSAInvalidSignature() ", Reason(with, parity));
        Assert.Equal("ECDSAInvalidSignature() ", Reason(with, zero));
        foreach (var signature in (byte[][])[good[..64], [], high, parity, zero])
            Assert.Equal("InvalidSignature() ", Reason(without, signature));

        string Reason(ChannelConfig channel, byte[] signature)
        {
            var row = ChannelDesk.Row(channel, 5, 5, signature);
            var data = desk.Net.Call(
                ChannelDesk.Receiver, ChannelDesk.Contract,
                BatchSettlementAbi.Claim.EncodeCall(ChannelDesk.Rows(row))).ReturnData.ToArray();
            var error = BatchSettlementAbi.Errors.Select(AbiFunction.Parse)
                .Single(e => data.AsSpan().StartsWith(e.Selector));
            return $"{error.Signature} {string.Concat(error.DecodeCall(data))}";
        }
    }

    [Fact]
    public void Anybody_brings_a_claim_that_the_common_authorizer_has_signed()
    {
        var desk = new ChannelDesk();
        var (a, b) = (desk.Channel(1), desk.Channel(2, hasAuthorizer: false));
        desk.Open(a, 100);
        desk.Open(b, 100);
        object?[] Arguments(byte[] signature) => [new object?[] { desk.Row(a, 50, 40), desk.Row(b, 9, 9) }, signature];
        var signature = desk.SignBatch(ChannelDesk.ReceiverAuthorizer, (a, 50, 40), (b, 9, 9));
        Assert.Equal("InvalidSignature", Refusal(Arguments(
            desk.SignBatch(ChannelDesk.Receiver, (a, 50, 40), (b, 9, 9)))));
        Assert.Equal("InvalidSignature", Refusal(Arguments(
            desk.SignBatch(ChannelDesk.ReceiverAuthorizer, (b, 9, 9), (a, 50, 40)))));
        Assert.Equal("InvalidSignature", Refusal(Arguments([])));
        Assert.Equal(2, desk.Do(
            ChannelDesk.Relayer, BatchSettlementAbi.ClaimWithSignature, Arguments(signature)).Logs.Count);
        Assert.Equal(((UInt256)49UL, UInt256.Zero), desk.Earned());
        // Again: it is still signed, and still worth nothing more.
        Assert.Empty(desk.Do(
            ChannelDesk.Relayer, BatchSettlementAbi.ClaimWithSignature, Arguments(signature)).Logs);

        var foreign = desk.Channel(3) with { ReceiverAuthorizer = desk.Net.At(0) };
        desk.Open(foreign, 100);
        object?[] mixed =
        [
            new object?[] { desk.Row(a, 60, 60), desk.Row(foreign, 9, 9) },
            desk.SignBatch(ChannelDesk.ReceiverAuthorizer, (a, 60, 60), (foreign, 9, 9)),
        ];
        Assert.Equal("NotReceiverAuthorizer", Refusal(mixed));

        string? Refusal(object?[] arguments) =>
            desk.Refusal(ChannelDesk.Relayer, BatchSettlementAbi.ClaimWithSignature, arguments);
    }

    [Fact]
    public void Settling_pays_what_is_due_once_and_then_nothing_in_silence()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 1_000);
        desk.Claim(channel, 600);
        var before = desk.Net.BalanceOf(channel.Receiver);
        var receipt = desk.Do(ChannelDesk.Relayer, BatchSettlementAbi.Settle, channel.Receiver, channel.Token);
        Assert.Equal(
            [TokenAbi.Transferred.Topic0, BatchSettlementAbi.Settled.Topic0], receipt.Logs.Select(l => l.Topics[0]));
        Assert.Equal(
            [channel.Receiver, channel.Token, desk.Net.At(ChannelDesk.Relayer), (UInt256)600UL],
            BatchSettlementAbi.Settled.TryDecode(receipt.Logs[1].Topics, receipt.Logs[1].Data.Span)!);
        Assert.Equal(before + 600UL, desk.Net.BalanceOf(channel.Receiver));
        Assert.Equal((UInt256)400UL, desk.Held());
        Assert.Empty(desk.Do(ChannelDesk.Relayer, BatchSettlementAbi.Settle, channel.Receiver, channel.Token).Logs);
        Assert.Empty(desk.Do(
            ChannelDesk.Relayer, BatchSettlementAbi.Settle, channel.Receiver, SystemContracts.AgentIdentity).Logs);
        // Claims never reduce the balance of a channel: it stays what was paid in.
        Assert.Equal(((UInt256)1_000UL, (UInt256)600UL), desk.State(channel));
    }

    [Fact]
    public void A_receiver_whose_claims_would_pass_128_bits_is_stopped_as_solidity_stops()
    {
        var desk = new ChannelDesk();
        var frame = desk.Net.Frame(ChannelDesk.Contract, desk.Net.At(ChannelDesk.Receiver));
        var channel = desk.Channel();
        var storage = new BatchStorage(frame);
        storage.SetChannel(ChannelDesk.Id(channel), new ChannelState(10, 0));
        storage.SetReceiver(channel.Receiver, channel.Token, new ReceiverState(BatchStorage.MaxAmount, 0));
        var claim = VoucherClaim.All(new CallArguments([desk.Row(channel, 1, 1)]));
        var refusal = Assert.Throws<RevertException>(() => new ChannelClaims(frame).Claim(claim));
        Assert.Equal("4e487b71" + new string('0', 62) + "11", Convert.ToHexStringLower(refusal.Reason));
    }
}
