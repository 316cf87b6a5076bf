using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Channels;

/// <summary>Reads and moves channels on the chain.</summary>
internal sealed class ChannelChain(ChainClient chain, TransactionSender sender)
{
    private const string Config = "(address,address,address,address,address,uint40,bytes32)";
    private static readonly AbiFunction Claim = AbiFunction.Parse($"claim((({Config},uint128),bytes,uint128)[])");
    private static readonly AbiFunction Refund = AbiFunction.Parse($"refund({Config},uint128)");
    private static readonly AbiFunction Multicall = AbiFunction.Parse("multicall(bytes[])(bytes[])");

    private readonly ChannelRelay relay = new(chain);

    public Task<ChannelHolding> ViewAsync(Hash256 id, CancellationToken cancel) => relay.ReadAsync(id, cancel);

    /// <summary>
    /// Hands a signed deposit in. Throws <see cref="RpcException"/> or <see cref="TransactionRevertedException"/> if
    /// the chain refuses it.
    /// </summary>
    public Task<Hash256> DepositAsync(
        Address from, ChannelConfig config, PresentedDeposit deposit, CancellationToken cancel) =>
        SendAsync(from, ChannelRelay.Deposit(config, deposit), cancel);

    /// <summary>Claims all rows or none, and has what was claimed paid out to the receiver.</summary>
    public Task<Hash256> ClaimAsync(Address receiver, IReadOnlyList<ChannelClaimRow> rows, CancellationToken cancel) =>
        SendAsync(receiver, Multicall.EncodeCall([ClaimCalls(receiver, rows).ToArray()]), cancel);

    /// <summary>Claims what is owed, if anything is, and gives so much of the rest back.</summary>
    public Task<Hash256> RefundAsync(
        Address receiver, ChannelClaimRow? owed, ChannelConfig config, UInt256 amount, CancellationToken cancel)
    {
        var calls = owed is null ? [] : ClaimCalls(receiver, [owed]);
        calls.Add(Refund.EncodeCall(config.ToTuple(), amount));
        return SendAsync(receiver, Multicall.EncodeCall([calls.ToArray()]), cancel);
    }

    private static List<object?> ClaimCalls(Address receiver, IReadOnlyList<ChannelClaimRow> rows) =>
    [
        Claim.EncodeCall([rows.Select(r => (object?)new object?[]
        {
            new object?[] { r.Config.ToTuple(), r.Signed }, r.Signature, r.Total,
        }).ToArray()]),
        ChannelRelay.Payout(new ChannelPayout(receiver, SystemContractAddresses.Token)),
    ];

    private async Task<Hash256> SendAsync(Address from, byte[] data, CancellationToken cancel)
    {
        var sent = await sender.SendAsync(from, new CallRequest(SystemContractAddresses.BatchSettlement, data), cancel);
        return sent.Receipt.Succeeded ? sent.Hash : throw new TransactionRevertedException(sent.Receipt, null);
    }
}
