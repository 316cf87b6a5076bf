using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Chain;

namespace Aitbc.Sdk.X402;

/// <summary>
/// The parties and terms of a payment channel (specs/contracts/batch-settlement.md, section 1). They never change:
/// their hash is the channel's id.
/// </summary>
/// <param name="Payer">Whose coins are paid in and come back.</param>
/// <param name="PayerAuthorizer">Whose key signs vouchers; it can pay and has no coins of its own.</param>
/// <param name="Receiver">Who is paid.</param>
/// <param name="ReceiverAuthorizer">Whose key may claim and refund for the receiver.</param>
/// <param name="WithdrawDelay">Seconds between the start and the end of a withdrawal, 900 to 2,592,000.</param>
/// <param name="Salt">Tells channels of the same parties apart.</param>
public sealed record ChannelConfig(
    Address Payer,
    Address PayerAuthorizer,
    Address Receiver,
    Address ReceiverAuthorizer,
    ulong WithdrawDelay,
    Hash256 Salt)
{
    /// <summary>The shortest delay of a withdrawal, in seconds.</summary>
    public const ulong MinWithdrawDelay = 900;

    /// <summary>The longest delay of a withdrawal, in seconds.</summary>
    public const ulong MaxWithdrawDelay = 2_592_000;

    private static readonly Eip712Type Type = Eip712Type.Parse(
        "ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,"
        + "address token,uint40 withdrawDelay,bytes32 salt)");

    /// <summary>The token is AIT: the only one of this chain.</summary>
    public Address Token { get; init; } = SystemContractAddresses.Token;

    /// <summary>The channel's id on a chain.</summary>
    /// <param name="chainId">EIP-155 id of the chain.</param>
    public Hash256 IdOn(UInt256 chainId) => Eip712.Digest(
        ChannelMessages.Separator(chainId),
        Type.HashStruct(
            Payer, PayerAuthorizer, Receiver, ReceiverAuthorizer, Token, (UInt256)WithdrawDelay, Salt));

    /// <summary>The members as a tuple of the ABI.</summary>
    public object?[] ToTuple() =>
        [Payer, PayerAuthorizer, Receiver, ReceiverAuthorizer, Token, (UInt256)WithdrawDelay, Salt];
}
