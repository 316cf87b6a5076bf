using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.BatchSettlement;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger.Contracts.BatchSettlement;

/// <summary>The channels against the values of x402BatchSettlement and of npm @x402/evm 2.27.0.</summary>
public sealed class BatchConformanceTests
{
    private const string C = "(address,address,address,address,address,uint40,bytes32)";
    private const string Vc = $"(({C},uint128),bytes,uint128)";

    [Fact]
    public void They_stand_at_the_addresses_that_stock_clients_hard_code()
    {
        Assert.Equal(
            Address.Parse("0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003"), new BatchSettlementContract().Address);
        Assert.Equal(
            Address.Parse("0x4020806089470a89826cB9fB1f4059150b550004"), new DepositCollectorContract().Address);
        Assert.False(SystemContracts.CodeOf(ChannelDesk.Contract).IsEmpty);
        Assert.False(SystemContracts.CodeOf(ChannelDesk.Collector).IsEmpty);
    }

    [Fact]
    public void Every_function_has_its_published_selector()
    {
        Golden.AssertFunctions(
            BatchSettlementContract.Table.Functions,
            $"""
            140f1e75 deposit({C},uint128,address,bytes)
            29237b0c claim({Vc}[])
            e43ce1f2 claimWithSignature({Vc}[],bytes)
            9db32a8f settle(address,address)
            cf5cf3dc initiateWithdraw({C},uint128)
            e88377b1 finalizeWithdraw({C})
            dce4bfae refund({C},uint128)
            b77433e9 refundWithSignature({C},uint128,uint256,bytes)
            ac9650d8 multicall(bytes[])
            5e5e0b87 getChannelId({C})
            7a7ebd7b channels(bytes32)
            b7f06ebe pendingWithdrawals(bytes32)
            21ff6389 receivers(address,address)
            f0dc792e refundNonce(bytes32)
            862bb199 getVoucherDigest(bytes32,uint128)
            e25cf189 getRefundDigest(bytes32,uint256,uint128)
            488ccc3b getClaimBatchDigest({Vc}[])
            94739e87 VOUCHER_TYPEHASH()
            1e69ef40 REFUND_TYPEHASH()
            ba94ec0d CLAIM_ENTRY_TYPEHASH()
            53ab0fae CLAIM_BATCH_TYPEHASH()
            8e4a68ac CHANNEL_CONFIG_TYPEHASH()
            ae159439 MIN_WITHDRAW_DELAY()
            1fc3277d MAX_WITHDRAW_DELAY()
            84b0196e eip712Domain()
            """);
        Golden.AssertFunctions(
            [.. DepositCollectorContract.Table.Functions, DepositCollectorAbi.OnlySettlement],
            """
            e416d8d3 collect(address,address,uint256,bytes32,bytes)
            4dec6d95 x402BatchSettlement()
            9794beb9 OnlyX402BatchSettlement()
            """);
    }

    [Fact]
    public void Every_event_has_its_published_topic() => Golden.AssertEvents(
        [
            BatchSettlementAbi.ChannelCreated, BatchSettlementAbi.ChannelClosed, BatchSettlementAbi.Deposited,
            BatchSettlementAbi.Claimed, BatchSettlementAbi.Settled, BatchSettlementAbi.Refunded,
            BatchSettlementAbi.WithdrawInitiated, BatchSettlementAbi.WithdrawFinalized,
        ],
        $"""
        0x69d8248d5566bdb2ebc4d218970710d8378a2ff9b709a999e052b71970f808fa ChannelCreated(bytes32,{C})
        0x8d5942f197f362dfd44dfdc1b0b7a9721c9151b67f55817c83349271d3c08d37 ChannelClosed(bytes32,{C})
        0x6c2a09353b5e75e70d0b9778b80a413809bb235d46c211811c474b3346791d89 Deposited(bytes32,address,uint128,uint128)
        0x36bd546bb573e8921fdbfd934bbed62d872796b01792cd240cce27f79dd3eddd Claimed(bytes32,address,uint128,uint128)
        0x7337b4386b690fdb8ba66905b92b9d45d33bc6626ee2620c905fb150ec0cc47d Settled(address,address,address,uint128)
        0xa84286cf8ebc7903a663c77c8d99aa92b600d4c2fcca872a5d4a663db4eb394b Refunded(bytes32,address,uint128)
        0xe4280d0d903c7f258f62b07c62f262377cbaa23f7791d78126e6446e0f0e3c23 WithdrawInitiated(bytes32,uint128,uint40)
        0x546ce1e2242cd930c196bd08b894443562d709b4fffe4f028a75a6d233efc6e3 WithdrawFinalized(bytes32,address,uint128)
        """);

    [Fact]
    public void Every_error_has_its_published_selector() => Golden.AssertFunctions(
        BatchSettlementAbi.Errors.Select(AbiFunction.Parse),
        """
        ea3a9a39 InvalidChannel()
        56316e87 ZeroDeposit()
        1132981b DepositOverflow()
        8baa579f InvalidSignature()
        f5e2237d NotReceiverAuthorizer()
        defb7069 NotAuthorizedToClaim()
        7864f008 NotAuthorizedToRefund()
        f1789775 ClaimExceedsCeiling()
        7d8242b6 ClaimExceedsBalance()
        a2aed0f0 WithdrawalAlreadyPending()
        3a0a1ca6 WithdrawalNotPending()
        15f969d5 NotAuthorizedToFinalizeWithdraw()
        f3965827 WithdrawDelayNotElapsed()
        d0d04f60 NothingToWithdraw()
        6d3d5764 WithdrawAmountExceedsAvailable()
        4574fab6 WithdrawDelayOutOfRange()
        c2e5347d EmptyBatch()
        eb43592c DepositCollectionFailed()
        18b1afd4 InvalidCollector()
        164f1afe InvalidRefundNonce()
        d758525c ZeroRefund()
        f645eedf ECDSAInvalidSignature()
        fce698f7 ECDSAInvalidSignatureLength(uint256)
        d78bce0c ECDSAInvalidSignatureS(bytes32)
        d6bda275 FailedCall()
        4e487b71 Panic(uint256)
        """);

    [Fact]
    public void Every_message_has_its_published_type_hash()
    {
        (AbiFunction Getter, string Published)[] types =
        [
            (
                BatchSettlementAbi.ChannelConfigTypeHash,
                "0x1c9a06ceab9b0ebbd3301dc56c9111bb6d9af421356dc9ccb3b7084c755db308"),
            (
                BatchSettlementAbi.VoucherTypeHash,
                "0x1e1bd6ff84c3e0d9029a292b212e039c0ca97ec497c55191a4a5874294609a69"),
            (
                BatchSettlementAbi.RefundTypeHash,
                "0xbe23ad087435072cd69b49cc5b92de10ee610fce7ae0ab428307972d764bb216"),
            (
                BatchSettlementAbi.ClaimEntryTypeHash,
                "0x30b9a0367528fca13c3e8ec6134c3113f1887ebe7a1ad61de0955aac288b0cf5"),
            (
                BatchSettlementAbi.ClaimBatchTypeHash,
                "0x42bd57c010b870c2e96203c66341f28a6a19b4d56a74533a8eb5f706b9fd6d57"),
        ];
        var net = new Devnet();
        foreach (var (getter, published) in types)
            Assert.Equal(Hash256.Parse(published), net.View(ChannelDesk.Contract, getter)[0]);
        Assert.Equal((UInt256)900UL, net.View(ChannelDesk.Contract, BatchSettlementAbi.MinWithdrawDelay)[0]);
        Assert.Equal((UInt256)2_592_000UL, net.View(ChannelDesk.Contract, BatchSettlementAbi.MaxWithdrawDelay)[0]);
        Assert.Equal(
            ChannelDesk.Contract, net.View(ChannelDesk.Collector, DepositCollectorAbi.Settlement)[0]);
    }

    [Fact]
    public void The_channel_of_a_stock_client_has_the_id_that_it_computed()
    {
        // Captured from npm @x402/evm 2.27.0 on chain 7777.
        var payer = Address.Parse("0xFCAd0B19bB29D4674531d6f115237E16AfCE377c");
        var channel = new ChannelConfig(
            payer,
            payer,
            Address.Parse("0x000000000000000000000000000000000000dEaD"),
            Address.Parse("0x000000000000000000000000000000000000bEEF"),
            SystemContracts.AitToken,
            900,
            Hash256.Zero);
        var id = new Devnet().View(ChannelDesk.Contract, BatchSettlementAbi.GetChannelId, [channel.ToTuple()])[0];
        Assert.Equal("0xbeaa82357db405f246791e2460844875aef8881be29abb6e533d0979f5e746a7", ((Hash256)id!).ToHex());
    }

    [Fact]
    public void Every_digest_is_the_one_that_a_wallet_signs()
    {
        var desk = new ChannelDesk();
        var (a, b) = (desk.Channel(1), desk.Channel(2, hasAuthorizer: false));
        var id = ChannelDesk.Id(a);
        Assert.Equal(ChannelDesk.VoucherDigest(a, 70), Read(BatchSettlementAbi.GetVoucherDigest, id, (UInt256)70UL));
        Assert.Equal(
            ChannelDesk.RefundDigest(a, 3, 50),
            Read(BatchSettlementAbi.GetRefundDigest, id, (UInt256)3UL, (UInt256)50UL));
        Assert.Equal(
            ChannelDesk.BatchDigest((a, 70, 60), (b, 9, 8)),
            Read(
                BatchSettlementAbi.GetClaimBatchDigest,
                ChannelDesk.Rows(ChannelDesk.Row(a, 70, 60, []), ChannelDesk.Row(b, 9, 8, []))));
        Assert.Equal(ChannelDesk.BatchDigest(), Read(BatchSettlementAbi.GetClaimBatchDigest, ChannelDesk.Rows()));
        Assert.Equal(
            [
                new byte[] { 0x0f }, "x402 Batch Settlement", "1", (UInt256)Devnet.ChainId, ChannelDesk.Contract,
                Hash256.Zero, Array.Empty<object?>(),
            ],
            desk.Net.View(ChannelDesk.Contract, BatchSettlementAbi.Eip712Domain));

        object? Read(AbiFunction view, params object?[] arguments) =>
            desk.Net.View(ChannelDesk.Contract, view, arguments)[0];
    }

    [Fact]
    public void State_lies_where_solidity_would_keep_it()
    {
        var desk = new ChannelDesk();
        var channel = desk.Channel();
        desk.Open(channel, 1_000);
        desk.Claim(channel, 300);
        desk.Do(ChannelDesk.Relayer, BatchSettlementAbi.Settle, channel.Receiver, channel.Token);
        desk.Claim(channel, 400);
        desk.Do(ChannelDesk.Receiver, BatchSettlementAbi.Refund, channel.ToTuple(), (UInt256)100UL);
        desk.Do(ChannelDesk.Payer, BatchSettlementAbi.InitiateWithdraw, channel.ToTuple(), (UInt256)50UL);
        var id = ChannelDesk.Id(channel).ToArray();

        Assert.Equal(Packed(900, 400), Slot(Nested(id, Number(2))));
        Assert.Equal(UInt256.One, Slot(Nested(id, Number(3))));
        Assert.Equal(Packed(50, desk.Net.Seconds), Slot(Nested(id, Number(4))));
        var receivers = Nested(Padded(channel.Receiver), Number(5));
        Assert.Equal(Packed(400, 300), Slot(Nested(Padded(channel.Token), receivers)));
        Assert.Equal((UInt256)600UL, Slot(Nested(Padded(channel.Token), Number(6))));
        Assert.Equal((UInt256)600UL, desk.Net.BalanceOf(ChannelDesk.Contract));

        UInt256 Slot(byte[] slot) => desk.Net.Store.GetStorage(new(ChannelDesk.Contract, Hash256.FromBytes(slot)));
        static UInt256 Packed(ulong low, ulong high) => new(low, 0, high, 0);
        static byte[] Nested(byte[] key, byte[] slot) => Keccak256.Hash([.. key, .. slot]).ToArray();
        static byte[] Padded(Address address) => [.. new byte[12], .. address.ToArray()];
        static byte[] Number(byte number) => [.. new byte[31], number];
    }
}
