using System.Text.Json;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.BatchSettlement;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.TypedData;
using Xunit;

namespace Core.Tests.Ledger.Contracts.BatchSettlement;

/// <summary>
/// The parties of payment channels on a network in memory. Messages are signed as a stock client signs them, not by
/// the contract's own hashing.
/// </summary>
internal sealed class ChannelDesk
{
    public const int Payer = 0;
    public const int PayerAuthorizer = 1;
    public const int Receiver = 2;
    public const int ReceiverAuthorizer = 3;
    public const int Relayer = 4;

    public static readonly Address Contract = SystemContracts.BatchSettlement;
    public static readonly Address Collector = SystemContracts.DepositCollector;

    private static readonly Eip712Domain Domain = new()
    {
        Name = "x402 Batch Settlement",
        Version = "1",
        ChainId = Devnet.ChainId,
        VerifyingContract = Contract,
    };

    private static readonly Eip712Type ChannelType = Eip712Type.Parse(
        "ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,"
        + "address token,uint40 withdrawDelay,bytes32 salt)");

    private static readonly Eip712Type VoucherType =
        Eip712Type.Parse("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");

    private static readonly Eip712Type RefundType =
        Eip712Type.Parse("Refund(bytes32 channelId,uint256 nonce,uint128 amount)");

    private static readonly AbiType CollectorData = AbiType.Parse("(uint256,uint256,uint256,bytes)");
    private int salt;

    public Devnet Net { get; } = new(keys: 5);

    /// <summary>A channel of the usual parties.</summary>
    public ChannelConfig Channel(ulong number = 0, bool hasAuthorizer = true) => new(
        Net.At(Payer),
        hasAuthorizer ? Net.At(PayerAuthorizer) : default,
        Net.At(Receiver),
        Net.At(ReceiverAuthorizer),
        SystemContracts.AitToken,
        ChannelConfig.MinWithdrawDelay,
        Hash256.FromUInt256(number));

    public static Hash256 Id(ChannelConfig channel) =>
        Eip712.Digest(Domain, ChannelType.HashStruct(channel.ToTuple()));

    /// <summary>The arguments of a deposit that the payer has signed.</summary>
    public object?[] Deposit(ChannelConfig channel, ulong amount, int signer = Payer, Address? collector = null)
    {
        var number = (UInt256)(ulong)++salt;
        var nonce = Keccak256.Hash([.. Id(channel).ToArray(), .. Hash256.FromUInt256(number).ToArray()]);
        var before = (UInt256)(Net.Seconds + 60);
        var signature = Token.TokenMessages.Receive(
            Net.Keys[signer], channel.Payer, Collector, (UInt256)amount, UInt256.Zero, before, nonce);
        return
        [
            channel.ToTuple(), (UInt256)amount, collector ?? Collector,
            AbiCodec.Encode(CollectorData, UInt256.Zero, before, number, signature.ToBytes65()),
        ];
    }

    /// <summary>A row of a claim with the voucher that lets it through.</summary>
    public object?[] Row(ChannelConfig channel, ulong ceiling, ulong total, int? signer = null) =>
        Row(channel, ceiling, total, Net.Keys[signer ?? (channel.PayerAuthorizer.IsZero ? Payer : PayerAuthorizer)]
            .Sign(VoucherDigest(channel, ceiling)).ToBytes65());

    public static object?[] Row(ChannelConfig channel, ulong ceiling, ulong total, byte[] signature) =>
        [new object?[] { channel.ToTuple(), (UInt256)ceiling }, signature, (UInt256)total];

    public static Hash256 VoucherDigest(ChannelConfig channel, ulong ceiling) =>
        Eip712.Digest(Domain, VoucherType.HashStruct(Id(channel), (UInt256)ceiling));

    public static Hash256 RefundDigest(ChannelConfig channel, ulong nonce, ulong amount) =>
        Eip712.Digest(Domain, RefundType.HashStruct(Id(channel), (UInt256)nonce, (UInt256)amount));

    public byte[] SignRefund(ChannelConfig channel, ulong nonce, ulong amount, int signer = ReceiverAuthorizer) =>
        Net.Keys[signer].Sign(RefundDigest(channel, nonce, amount)).ToBytes65();

    /// <summary>The digest of a claim as a wallet takes it: nested typed data in JSON.</summary>
    public static Hash256 BatchDigest(params (ChannelConfig Channel, ulong Ceiling, ulong Total)[] rows) =>
        Eip712.HashTypedData(JsonSerializer.Serialize(new
        {
            types = new
            {
                ClaimBatch = new[] { new { name = "claims", type = "ClaimEntry[]" } },
                ClaimEntry = new[]
                {
                    new { name = "channelId", type = "bytes32" },
                    new { name = "maxClaimableAmount", type = "uint128" },
                    new { name = "totalClaimed", type = "uint128" },
                },
            },
            primaryType = "ClaimBatch",
            domain = new
            {
                name = Domain.Name,
                version = Domain.Version,
                chainId = Devnet.ChainId,
                verifyingContract = Contract.ToString(),
            },
            message = new
            {
                claims = rows.Select(r => new
                {
                    channelId = Id(r.Channel).ToHex(),
                    maxClaimableAmount = r.Ceiling.ToString(null, null),
                    totalClaimed = r.Total.ToString(null, null),
                }),
            },
        }));

    public byte[] SignBatch(int signer, params (ChannelConfig Channel, ulong Ceiling, ulong Total)[] rows) =>
        Net.Keys[signer].Sign(BatchDigest(rows)).ToBytes65();

    /// <summary>A call in a block of its own that must succeed.</summary>
    public Receipt Do(int key, AbiFunction function, params object?[] arguments)
    {
        var refusal = Refusal(key, function, arguments);
        Assert.True(refusal is null, $"{function.Name} as key {key} was refused: {refusal}");
        var receipt = Net.Send(key, Contract, function, arguments);
        Assert.True(receipt.Succeeded);
        return receipt;
    }

    public void Open(ChannelConfig channel, ulong amount) =>
        Do(Relayer, BatchSettlementAbi.Deposit, Deposit(channel, amount));

    public void Claim(ChannelConfig channel, ulong total) =>
        Do(Receiver, BatchSettlementAbi.Claim, Rows(Row(channel, total, total)));

    /// <summary>The only argument of a claim.</summary>
    public static object?[] Rows(params object?[][] rows) => [rows.ToArray<object?>()];

    /// <summary>
    /// Why a call would be refused: the name of the error, the text, or nothing; null if it would not be.
    /// </summary>
    public string? Refusal(int key, AbiFunction function, params object?[] arguments)
    {
        var refusal = Net.Refusal(key, Contract, function, arguments);
        return refusal is { Length: 10 } && refusal.StartsWith("0x", StringComparison.Ordinal)
            ? BatchSettlementAbi.Errors.Select(AbiFunction.Parse)
                .Single(e => Convert.ToHexStringLower(e.Selector) == refusal[2..]).Name
            : refusal;
    }

    /// <summary>Balance and total claimed.</summary>
    public (UInt256 Balance, UInt256 Claimed) State(ChannelConfig channel) =>
        Pair(Net.View(Contract, BatchSettlementAbi.Channels, Id(channel)));

    /// <summary>Amount and second.</summary>
    public (UInt256 Amount, UInt256 InitiatedAt) Pending(ChannelConfig channel) =>
        Pair(Net.View(Contract, BatchSettlementAbi.PendingWithdrawals, Id(channel)));

    /// <summary>Claimed and settled.</summary>
    public (UInt256 Claimed, UInt256 Settled) Earned() => Pair(Net.View(
        Contract, BatchSettlementAbi.Receivers, Net.At(Receiver), SystemContracts.AitToken));

    public UInt256 Held() => Net.Store.GetStorage(new(Contract, BatchStorage.HeldCoins));

    private static (UInt256, UInt256) Pair(object?[] values) => ((UInt256)values[0]!, (UInt256)values[1]!);
}
