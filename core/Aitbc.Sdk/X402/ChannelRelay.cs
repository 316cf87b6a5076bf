using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Chain;

namespace Aitbc.Sdk.X402;

/// <summary>What a chain says of a channel.</summary>
/// <param name="Balance">Deposits less what went back, in atto-AIT; claims do not lower it.</param>
/// <param name="Claimed">What was claimed in total.</param>
/// <param name="WithdrawingSince">Unix second at which a withdrawal was started; 0 = none.</param>
/// <param name="RefundNonce">The next number of a refund.</param>
public sealed record ChannelHolding(UInt256 Balance, UInt256 Claimed, ulong WithdrawingSince, UInt256 RefundNonce);

/// <summary>
/// Calls of the payment channels that anybody may make for others (specs/contracts/batch-settlement.md), and what is to
/// be read before.
/// </summary>
/// <param name="chain">The node.</param>
public sealed class ChannelRelay(ChainClient chain)
{
    private const string Config = "(address,address,address,address,address,uint40,bytes32)";
    private static readonly AbiFunction RefundNonce = AbiFunction.Parse("refundNonce(bytes32)(uint256)");
    private static readonly AbiFunction Receivers = AbiFunction.Parse("receivers(address,address)(uint128,uint128)");
    private static readonly AbiFunction DepositCall = AbiFunction.Parse($"deposit({Config},uint128,address,bytes)");
    private static readonly AbiFunction PayoutCall = AbiFunction.Parse("settle(address,address)");
    private static readonly AbiFunction Multicall = AbiFunction.Parse("multicall(bytes[])(bytes[])");

    private static readonly AbiFunction ClaimCall =
        AbiFunction.Parse($"claimWithSignature((({Config},uint128),bytes,uint128)[],bytes)");

    private static readonly AbiFunction RefundCall =
        AbiFunction.Parse($"refundWithSignature({Config},uint128,uint256,bytes)");

    private static readonly AbiType[] CollectorData =
        [AbiType.Parse("uint256"), AbiType.Parse("uint256"), AbiType.Parse("uint256"), AbiType.Parse("bytes")];

    /// <summary>What the chain says of a channel; all zero if it knows none.</summary>
    public async Task<ChannelHolding> ReadAsync(Hash256 id, CancellationToken cancel)
    {
        var held = AskAsync(ChannelAbi.Channels, cancel, id);
        var leaving = AskAsync(ChannelAbi.PendingWithdrawals, cancel, id);
        var nonce = AskAsync(RefundNonce, cancel, id);
        await Task.WhenAll(held, leaving, nonce);
        var (channel, withdrawal) = (await held, await leaving);
        return new ChannelHolding(
            (UInt256)channel[0]!, (UInt256)channel[1]!, (ulong)(UInt256)withdrawal[1]!, (UInt256)(await nonce)[0]!);
    }

    /// <summary>What was claimed for a receiver and not paid out, in atto-AIT.</summary>
    public async Task<UInt256> DueAsync(Address receiver, Address token, CancellationToken cancel)
    {
        var sums = await AskAsync(Receivers, cancel, receiver, token);
        return (UInt256)sums[0]! - (UInt256)sums[1]!;
    }

    /// <summary>Throws <see cref="RpcException"/> if the chain would refuse the call now.</summary>
    public Task TryAsync(Address from, byte[] data, CancellationToken cancel) => chain.CallAsync(
        new CallRequest(SystemContractAddresses.BatchSettlement, data, From: from), cancel);

    /// <summary>The call that hands a signed deposit in.</summary>
    public static byte[] Deposit(ChannelConfig config, PresentedDeposit deposit)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(deposit);
        var data = AbiCodec.Encode(
            CollectorData,
            (UInt256)deposit.ValidAfter,
            (UInt256)deposit.ValidBefore,
            deposit.Salt.ToUInt256(),
            deposit.Signature);
        return DepositCall.EncodeCall(
            config.ToTuple(), deposit.Amount, SystemContractAddresses.DepositCollector, data);
    }

    /// <summary>The call that claims; it is signed.</summary>
    public static byte[] Claim(ChannelClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return ClaimCall.EncodeCall(
            claim.Rows.Select(r => (object?)new object?[]
            {
                new object?[] { r.Config.ToTuple(), r.Signed }, r.Signature, r.Total,
            }).ToArray(),
            claim.Signature);
    }

    /// <summary>The call that pays out.</summary>
    public static byte[] Payout(ChannelPayout payout)
    {
        ArgumentNullException.ThrowIfNull(payout);
        return PayoutCall.EncodeCall(payout.Receiver, payout.Token);
    }

    /// <summary>The call that claims, if there is anything to claim, and gives back; both are signed.</summary>
    public static byte[] Refund(ChannelRefund refund)
    {
        ArgumentNullException.ThrowIfNull(refund);
        var back = RefundCall.EncodeCall(refund.Config.ToTuple(), refund.Amount, refund.Nonce, refund.Signature);
        return refund.Claim.Rows.Count == 0
            ? back : Multicall.EncodeCall([new object?[] { Claim(refund.Claim), back }]);
    }

    private async Task<object?[]> AskAsync(
        AbiFunction function, CancellationToken cancel, params object?[] arguments) =>
        function.DecodeResult(await chain.CallAsync(
            new CallRequest(SystemContractAddresses.BatchSettlement, function.EncodeCall(arguments)), cancel));
}
