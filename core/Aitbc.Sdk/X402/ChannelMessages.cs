using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Chain;

namespace Aitbc.Sdk.X402;

/// <summary>
/// Digests that the payer of a channel signs (specs/contracts/batch-settlement.md, EIP-712, EIP-3009).
/// </summary>
public static class ChannelMessages
{
    private static readonly Eip712Type VoucherType =
        Eip712Type.Parse("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");

    // A process pays on one chain: its separator is computed once.
    private static Tuple<UInt256, Hash256>? last;

    private static readonly AbiType[] NonceTypes = [AbiType.Parse("bytes32"), AbiType.Parse("uint256")];

    /// <summary>The domain of the payment channels on a chain.</summary>
    /// <param name="chainId">EIP-155 id of the chain.</param>
    public static Eip712Domain Domain(UInt256 chainId) => new()
    {
        Name = "x402 Batch Settlement",
        Version = "1",
        ChainId = chainId,
        VerifyingContract = SystemContractAddresses.BatchSettlement,
    };

    /// <summary>What the payer's authorizer signs: the receiver may claim up to so much in total.</summary>
    /// <param name="chainId">EIP-155 id of the chain.</param>
    /// <param name="channel">The channel's id.</param>
    /// <param name="maxClaimable">In atto-AIT, over the channel's whole life, below 2^128.</param>
    /// <exception cref="AbiException">The amount does not fit.</exception>
    public static Hash256 Voucher(UInt256 chainId, Hash256 channel, UInt256 maxClaimable) =>
        Eip712.Digest(Separator(chainId), VoucherType.HashStruct(channel, maxClaimable));

    /// <summary>The nonce of the authorization that fills a channel: it is good for that channel only.</summary>
    /// <param name="channel">The channel's id.</param>
    /// <param name="salt">32 random bytes.</param>
    public static Hash256 DepositNonce(Hash256 channel, Hash256 salt) =>
        Keccak256.Hash(AbiCodec.Encode(NonceTypes, channel, salt.ToUInt256()));

    internal static Hash256 Separator(UInt256 chainId)
    {
        if (Volatile.Read(ref last) is { } known && known.Item1 == chainId)
            return known.Item2;
        var separator = Domain(chainId).Separator();
        Volatile.Write(ref last, Tuple.Create(chainId, separator));
        return separator;
    }
}
