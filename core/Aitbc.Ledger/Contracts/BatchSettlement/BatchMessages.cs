using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>The typed messages of EIP-712 that name a channel and that its parties sign.</summary>
internal sealed class BatchMessages(CallFrame frame)
{
    public static readonly ContractDomain Domain = new("x402 Batch Settlement", "1");

    public static readonly Hash256 ChannelType = Keccak256.Hash(
        "ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,"u8
        + "address token,uint40 withdrawDelay,bytes32 salt)"u8);

    public static readonly Hash256 VoucherType =
        Keccak256.Hash("Voucher(bytes32 channelId,uint128 maxClaimableAmount)"u8);

    public static readonly Hash256 RefundType =
        Keccak256.Hash("Refund(bytes32 channelId,uint256 nonce,uint128 amount)"u8);

    public static readonly Hash256 ClaimEntryType =
        Keccak256.Hash("ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)"u8);

    public static readonly Hash256 ClaimBatchType = Keccak256.Hash(
        "ClaimBatch(ClaimEntry[] claims)"u8
        + "ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)"u8);

    /// <summary>The id of a channel: the digest of its members, so it differs on every chain.</summary>
    public Hash256 ChannelId(ChannelConfig channel) => Domain.Digest(frame, ContractDomain.HashStruct(
        frame,
        ChannelType,
        SolidityLayout.ToWord(channel.Payer),
        SolidityLayout.ToWord(channel.PayerAuthorizer),
        SolidityLayout.ToWord(channel.Receiver),
        SolidityLayout.ToWord(channel.ReceiverAuthorizer),
        SolidityLayout.ToWord(channel.Token),
        channel.WithdrawDelay,
        channel.Salt.ToUInt256()));

    /// <summary>What the payer's side signs: the receiver may claim up to so much in total.</summary>
    public Hash256 Voucher(Hash256 channelId, UInt256 maxClaimable) => Domain.Digest(
        frame, ContractDomain.HashStruct(frame, VoucherType, channelId.ToUInt256(), maxClaimable));

    /// <summary>What the receiver's authorizer signs to pay back.</summary>
    public Hash256 Refund(Hash256 channelId, UInt256 nonce, UInt256 amount) => Domain.Digest(
        frame, ContractDomain.HashStruct(frame, RefundType, channelId.ToUInt256(), nonce, amount));

    /// <summary>What the receiver's authorizer signs to claim, with the ids of the rows in their order.</summary>
    public Hash256 ClaimBatch(IReadOnlyList<VoucherClaim> rows, IReadOnlyList<Hash256> ids)
    {
        var entries = new byte[rows.Count * Hash256.Length];
        for (var i = 0; i < rows.Count; i++)
        {
            ContractDomain
                .HashStruct(
                    frame, ClaimEntryType, ids[i].ToUInt256(), rows[i].MaxClaimable, rows[i].TotalClaimed)
                .CopyTo(entries.AsSpan(i * Hash256.Length));
        }

        return Domain.Digest(
            frame, ContractDomain.HashStruct(frame, ClaimBatchType, frame.Hash(entries).ToUInt256()));
    }
}
