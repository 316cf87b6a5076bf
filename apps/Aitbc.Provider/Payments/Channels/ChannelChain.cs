using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Channels;

/// <summary>Reads and moves channels on the chain.</summary>
internal sealed class ChannelChain(ChainClient chain, TransactionSender sender)
{
    private const string Config = "(address,address,address,address,address,uint40,bytes32)";
    private static readonly AbiFunction RefundNonce = AbiFunction.Parse("refundNonce(bytes32)(uint256)");
    private static readonly AbiFunction Deposit = AbiFunction.Parse($"deposit({Config},uint128,address,bytes)");
    private static readonly AbiFunction Claim = AbiFunction.Parse($"claim((({Config},uint128),bytes,uint128)[])");
    private static readonly AbiFunction Refund = AbiFunction.Parse($"refund({Config},uint128)");
    private static readonly AbiFunction Settle = AbiFunction.Parse("settle(address,address)");
    private static readonly AbiFunction Multicall = AbiFunction.Parse("multicall(bytes[])(bytes[])");

    private static readonly AbiType[] CollectorData =
        [AbiType.Parse("uint256"), AbiType.Parse("uint256"), AbiType.Parse("uint256"), AbiType.Parse("bytes")];

    public async Task<ChannelView> ViewAsync(Hash256 id, CancellationToken cancel)
    {
        var held = ReadAsync(ChannelAbi.Channels, id, cancel);
        var leaving = ReadAsync(ChannelAbi.PendingWithdrawals, id, cancel);
        var nonce = ReadAsync(RefundNonce, id, cancel);
        await Task.WhenAll(held, leaving, nonce);
        var (channel, withdrawal) = (await held, await leaving);
        return new ChannelView(
            (UInt256)channel[0]!, (UInt256)channel[1]!, (ulong)(UInt256)withdrawal[1]!, (UInt256)(await nonce)[0]!);
    }

    /// <summary>
    /// Hands a signed deposit in. Throws <see cref="RpcException"/> or <see cref="TransactionRevertedException"/> if
    /// the chain refuses it.
    /// </summary>
    public async Task<Hash256> DepositAsync(
        Address from, ChannelConfig config, PresentedDeposit deposit, CancellationToken cancel)
    {
        var data = AbiCodec.Encode(
            CollectorData,
            (UInt256)deposit.ValidAfter,
            (UInt256)deposit.ValidBefore,
            deposit.Salt.ToUInt256(),
            deposit.Signature);
        return await SendAsync(
            from,
            Deposit.EncodeCall(config.ToTuple(), deposit.Amount, SystemContractAddresses.DepositCollector, data),
            cancel);
    }

    /// <summary>Claims all rows or none, and has what was claimed paid out to the receiver.</summary>
    public Task<Hash256> ClaimAsync(Address receiver, IReadOnlyList<ClaimRow> rows, CancellationToken cancel) =>
        SendAsync(receiver, Multicall.EncodeCall([ClaimCalls(receiver, rows).ToArray()]), cancel);

    /// <summary>Claims what is owed, if anything is, and gives so much of the rest back.</summary>
    public Task<Hash256> RefundAsync(
        Address receiver, ClaimRow? owed, ChannelConfig config, UInt256 amount, CancellationToken cancel)
    {
        var calls = owed is null ? [] : ClaimCalls(receiver, [owed]);
        calls.Add(Refund.EncodeCall(config.ToTuple(), amount));
        return SendAsync(receiver, Multicall.EncodeCall([calls.ToArray()]), cancel);
    }

    private static List<object?> ClaimCalls(Address receiver, IReadOnlyList<ClaimRow> rows) =>
    [
        Claim.EncodeCall([rows.Select(r => (object?)new object?[]
        {
            new object?[] { r.Config.ToTuple(), r.Signed }, r.Signature, r.Total,
        }).ToArray()]),
        Settle.EncodeCall(receiver, SystemContractAddresses.Token),
    ];

    private async Task<Hash256> SendAsync(Address from, byte[] data, CancellationToken cancel)
    {
        var sent = await sender.SendAsync(from, new CallRequest(SystemContractAddresses.BatchSettlement, data), cancel);
        return sent.Receipt.Succeeded ? sent.Hash : throw new TransactionRevertedException(sent.Receipt, null);
    }

    private async Task<object?[]> ReadAsync(AbiFunction function, Hash256 id, CancellationToken cancel) =>
        function.DecodeResult(await chain.CallAsync(
            new CallRequest(SystemContractAddresses.BatchSettlement, function.EncodeCall(id)), cancel));
}

/// <summary>One channel's part of a claim.</summary>
/// <param name="Config">Its parties and terms.</param>
/// <param name="Signed">The highest voucher.</param>
/// <param name="Signature">Its signature.</param>
/// <param name="Total">What is claimed in total; at most the voucher.</param>
internal sealed record ClaimRow(ChannelConfig Config, UInt256 Signed, byte[] Signature, UInt256 Total);
