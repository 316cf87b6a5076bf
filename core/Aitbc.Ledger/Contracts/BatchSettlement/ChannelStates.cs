using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>What came into a channel and did not go back to its payer, and what its receiver has claimed.</summary>
internal readonly record struct ChannelState(UInt256 Balance, UInt256 TotalClaimed)
{
    /// <summary>What the payer could have back now.</summary>
    public UInt256 Available => Balance - TotalClaimed;

    /// <summary>Whether the channel is as if nothing had ever been paid in.</summary>
    public bool IsEmpty => Balance.IsZero && TotalClaimed.IsZero;
}

/// <summary>A withdrawal that waits; second 0 if there is none.</summary>
internal readonly record struct PendingWithdrawal(UInt256 Amount, ulong InitiatedAt)
{
    public bool IsPending => InitiatedAt != 0;
}

/// <summary>What a receiver has claimed over all channels in a token, and what of it was paid out.</summary>
internal readonly record struct ReceiverState(UInt256 TotalClaimed, UInt256 TotalSettled)
{
    public UInt256 Due => TotalClaimed - TotalSettled;
}
