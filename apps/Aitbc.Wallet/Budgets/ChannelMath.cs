using Aitbc.Primitives;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Budgets;

/// <summary>Totals of a channel.</summary>
internal static class ChannelMath
{
    private static readonly UInt256 Most = new(ulong.MaxValue, ulong.MaxValue, 0, 0);

    /// <summary>What the next voucher builds on: what was charged, and never less than what was claimed.</summary>
    public static UInt256 Base(ChannelRow channel)
    {
        var (charged, claimed) = (ChannelBook.Value(channel.Charged), ChannelBook.Value(channel.Claimed));
        return charged > claimed ? charged : claimed;
    }

    /// <summary>False if the total would not fit the uint128 of a voucher.</summary>
    public static bool TryNext(UInt256 charged, UInt256 price, out UInt256 claimable) =>
        UInt256.TryAdd(charged, price, out claimable) && claimable <= Most;

    /// <summary>What the receiver can still claim: of what is promised, what the channel holds.</summary>
    public static UInt256 AtRisk(ChannelRow channel)
    {
        var reach = UInt256.Min(ChannelBook.Value(channel.Promised), ChannelBook.Value(channel.Balance));
        return UInt256.TrySubtract(reach, ChannelBook.Value(channel.Claimed), out var left) ? left : default;
    }

    /// <summary>What a withdrawal can take back.</summary>
    public static UInt256 Available(ChannelRow channel) =>
        UInt256.TrySubtract(ChannelBook.Value(channel.Balance), ChannelBook.Value(channel.Claimed), out var left)
            ? left
            : default;

    public static ChannelConfig ConfigOf(ChannelRow channel) => new(
        Address.FromBytes(channel.Payer),
        Address.FromBytes(channel.Authorizer),
        Address.FromBytes(channel.Receiver),
        Address.FromBytes(channel.ReceiverAuthorizer),
        (ulong)channel.WithdrawDelay,
        Hash256.FromBytes(channel.Salt));
}
