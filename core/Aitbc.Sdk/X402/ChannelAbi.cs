using Aitbc.Primitives.Abi;

namespace Aitbc.Sdk.X402;

/// <summary>Functions of the payment channels and of the token that a payer needs (specs/contracts).</summary>
public static class ChannelAbi
{
    private const string Channel = "(address,address,address,address,address,uint40,bytes32)";

    /// <summary><c>channels(id)</c>: balance, total claimed.</summary>
    public static AbiFunction Channels { get; } = AbiFunction.Parse("channels(bytes32)(uint128,uint128)");

    /// <summary><c>pendingWithdrawals(id)</c>: amount, second of the start or 0.</summary>
    public static AbiFunction PendingWithdrawals { get; } =
        AbiFunction.Parse("pendingWithdrawals(bytes32)(uint128,uint40)");

    /// <summary>Starts taking back what no voucher has claimed.</summary>
    public static AbiFunction InitiateWithdraw { get; } = AbiFunction.Parse($"initiateWithdraw({Channel},uint128)");

    /// <summary>Ends it after the channel's delay.</summary>
    public static AbiFunction FinalizeWithdraw { get; } = AbiFunction.Parse($"finalizeWithdraw({Channel})");

    /// <summary><c>authorizationState(authorizer, nonce)</c>: used or canceled.</summary>
    public static AbiFunction AuthorizationState { get; } =
        AbiFunction.Parse("authorizationState(address,bytes32)(bool)");

    /// <summary>Makes an unused authorization void.</summary>
    public static AbiFunction CancelAuthorization { get; } =
        AbiFunction.Parse("cancelAuthorization(address,bytes32,bytes)");
}
