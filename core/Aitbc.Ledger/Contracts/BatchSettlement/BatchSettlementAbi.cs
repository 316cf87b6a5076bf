using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>Functions, events and errors of the payment channels (specs/contracts/batch-settlement.md).</summary>
internal static class BatchSettlementAbi
{
    /// <summary>payer, payerAuthorizer, receiver, receiverAuthorizer, token, withdrawDelay, salt.</summary>
    public const string Channel = "(address,address,address,address,address,uint40,bytes32)";

    /// <summary>A voucher with its signature and the total that is claimed by it.</summary>
    public const string VoucherClaim = $"(({Channel},uint128),bytes,uint128)";

    public static readonly AbiFunction Deposit = AbiFunction.Parse($"deposit({Channel},uint128,address,bytes)");
    public static readonly AbiFunction Claim = AbiFunction.Parse($"claim({VoucherClaim}[])");

    public static readonly AbiFunction ClaimWithSignature =
        AbiFunction.Parse($"claimWithSignature({VoucherClaim}[],bytes)");

    public static readonly AbiFunction Settle = AbiFunction.Parse("settle(address,address)");
    public static readonly AbiFunction InitiateWithdraw = AbiFunction.Parse($"initiateWithdraw({Channel},uint128)");
    public static readonly AbiFunction FinalizeWithdraw = AbiFunction.Parse($"finalizeWithdraw({Channel})");
    public static readonly AbiFunction Refund = AbiFunction.Parse($"refund({Channel},uint128)");

    public static readonly AbiFunction RefundWithSignature =
        AbiFunction.Parse($"refundWithSignature({Channel},uint128,uint256,bytes)");

    public static readonly AbiFunction Multicall = AbiFunction.Parse("multicall(bytes[])(bytes[])");
    public static readonly AbiFunction GetChannelId = AbiFunction.Parse($"getChannelId({Channel})(bytes32)");
    public static readonly AbiFunction Channels = AbiFunction.Parse("channels(bytes32)(uint128,uint128)");

    public static readonly AbiFunction PendingWithdrawals =
        AbiFunction.Parse("pendingWithdrawals(bytes32)(uint128,uint40)");

    public static readonly AbiFunction Receivers = AbiFunction.Parse("receivers(address,address)(uint128,uint128)");
    public static readonly AbiFunction RefundNonce = AbiFunction.Parse("refundNonce(bytes32)(uint256)");

    public static readonly AbiFunction GetVoucherDigest =
        AbiFunction.Parse("getVoucherDigest(bytes32,uint128)(bytes32)");

    public static readonly AbiFunction GetRefundDigest =
        AbiFunction.Parse("getRefundDigest(bytes32,uint256,uint128)(bytes32)");

    public static readonly AbiFunction GetClaimBatchDigest =
        AbiFunction.Parse($"getClaimBatchDigest({VoucherClaim}[])(bytes32)");

    public static readonly AbiFunction ChannelConfigTypeHash =
        AbiFunction.Parse("CHANNEL_CONFIG_TYPEHASH()(bytes32)");

    public static readonly AbiFunction VoucherTypeHash = AbiFunction.Parse("VOUCHER_TYPEHASH()(bytes32)");
    public static readonly AbiFunction RefundTypeHash = AbiFunction.Parse("REFUND_TYPEHASH()(bytes32)");
    public static readonly AbiFunction ClaimEntryTypeHash = AbiFunction.Parse("CLAIM_ENTRY_TYPEHASH()(bytes32)");
    public static readonly AbiFunction ClaimBatchTypeHash = AbiFunction.Parse("CLAIM_BATCH_TYPEHASH()(bytes32)");
    public static readonly AbiFunction MinWithdrawDelay = AbiFunction.Parse("MIN_WITHDRAW_DELAY()(uint40)");
    public static readonly AbiFunction MaxWithdrawDelay = AbiFunction.Parse("MAX_WITHDRAW_DELAY()(uint40)");

    public static readonly AbiFunction Eip712Domain =
        AbiFunction.Parse("eip712Domain()(bytes1,string,string,uint256,address,bytes32,uint256[])");

    public static readonly AbiEvent ChannelCreated =
        AbiEvent.Parse($"ChannelCreated(bytes32 indexed channelId,{Channel} config)");

    public static readonly AbiEvent ChannelClosed =
        AbiEvent.Parse($"ChannelClosed(bytes32 indexed channelId,{Channel} config)");

    public static readonly AbiEvent Deposited = AbiEvent.Parse(
        "Deposited(bytes32 indexed channelId,address indexed sender,uint128 amount,uint128 newBalance)");

    public static readonly AbiEvent Claimed = AbiEvent.Parse(
        "Claimed(bytes32 indexed channelId,address indexed sender,uint128 claimAmount,uint128 newTotalClaimed)");

    public static readonly AbiEvent Settled = AbiEvent.Parse(
        "Settled(address indexed receiver,address indexed token,address indexed sender,uint128 amount)");

    public static readonly AbiEvent Refunded =
        AbiEvent.Parse("Refunded(bytes32 indexed channelId,address indexed sender,uint128 amount)");

    public static readonly AbiEvent WithdrawInitiated =
        AbiEvent.Parse("WithdrawInitiated(bytes32 indexed channelId,uint128 amount,uint40 finalizeAfter)");

    public static readonly AbiEvent WithdrawFinalized =
        AbiEvent.Parse("WithdrawFinalized(bytes32 indexed channelId,address indexed sender,uint128 amount)");

    /// <summary>Errors by signature: the contract's own, then those of the libraries that it is built on.</summary>
    public static readonly IReadOnlyList<string> Errors =
    [
        "InvalidChannel()", "ZeroDeposit()", "DepositOverflow()", "InvalidSignature()", "NotReceiverAuthorizer()",
        "NotAuthorizedToClaim()", "NotAuthorizedToRefund()", "ClaimExceedsCeiling()", "ClaimExceedsBalance()",
        "WithdrawalAlreadyPending()", "WithdrawalNotPending()", "NotAuthorizedToFinalizeWithdraw()",
        "WithdrawDelayNotElapsed()", "NothingToWithdraw()", "WithdrawAmountExceedsAvailable()",
        "WithdrawDelayOutOfRange()", "EmptyBatch()", "DepositCollectionFailed()", "InvalidCollector()",
        "InvalidRefundNonce()", "ZeroRefund()", "ECDSAInvalidSignature()", "ECDSAInvalidSignatureLength(uint256)",
        "ECDSAInvalidSignatureS(bytes32)", "FailedCall()", "Panic(uint256)",
    ];

    private static readonly Dictionary<string, AbiFunction> ErrorsByName =
        Errors.Select(AbiFunction.Parse).ToDictionary(e => e.Name);

    public static RevertException Error(string name, params object?[] values) =>
        RevertException.Custom(ErrorsByName[name], values);
}
