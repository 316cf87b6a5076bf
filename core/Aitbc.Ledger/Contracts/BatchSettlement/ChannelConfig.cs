using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>The parties and terms of a channel. They never change: their hash is the channel's id.</summary>
internal sealed record ChannelConfig(
    Address Payer,
    Address PayerAuthorizer,
    Address Receiver,
    Address ReceiverAuthorizer,
    Address Token,
    ulong WithdrawDelay,
    Hash256 Salt)
{
    /// <summary>The shortest delay of a withdrawal, in seconds: 15 minutes.</summary>
    public const ulong MinWithdrawDelay = 900;

    /// <summary>The longest delay of a withdrawal, in seconds: 30 days.</summary>
    public const ulong MaxWithdrawDelay = 2_592_000;

    public static ChannelConfig Of(CallArguments members) => new(
        members.Address(0),
        members.Address(1),
        members.Address(2),
        members.Address(3),
        members.Address(4),
        (ulong)members.Number(5),
        members.Word(6));

    public bool IsPayerSide(Address account) => account == Payer || account == PayerAuthorizer;

    public bool IsReceiverSide(Address account) => account == Receiver || account == ReceiverAuthorizer;

    /// <summary>The members as a tuple of the ABI.</summary>
    public object?[] ToTuple() =>
        [Payer, PayerAuthorizer, Receiver, ReceiverAuthorizer, Token, (UInt256)WithdrawDelay, Salt];
}
