namespace Aitbc.Wallet.Storage;

/// <summary>One payment channel of one budget. Amounts are 32 bytes big-endian.</summary>
internal sealed class ChannelRow
{
    public long Id { get; init; }

    /// <summary>32 bytes: its id on the chain.</summary>
    public required byte[] ChannelId { get; init; }

    public required long BudgetId { get; init; }

    /// <summary>EIP-155 id of the chain, 32 bytes big-endian.</summary>
    public required byte[] ChainId { get; init; }

    /// <summary>20 bytes each.</summary>
    public required byte[] Payer { get; init; }

    public required byte[] Authorizer { get; init; }

    public required byte[] Receiver { get; init; }

    public required byte[] ReceiverAuthorizer { get; init; }

    /// <summary>Seconds.</summary>
    public required long WithdrawDelay { get; init; }

    public required byte[] Salt { get; init; }

    /// <summary>Everything that was signed into it and did not become void.</summary>
    public required byte[] Deposited { get; set; }

    /// <summary>What the chain held for it when it was last asked.</summary>
    public required byte[] Balance { get; set; }

    /// <summary>The highest total of a signed voucher. It never falls: what was signed is outside.</summary>
    public required byte[] Promised { get; set; }

    /// <summary>The total that the receiver says it has charged: the next voucher builds on it.</summary>
    public required byte[] Charged { get; set; }

    /// <summary>What the receiver has claimed on the chain.</summary>
    public required byte[] Claimed { get; set; }

    /// <summary>What the chain gave back to the account.</summary>
    public required byte[] Returned { get; set; }

    /// <summary>Of the line whose answer is awaited: a channel pays one request after the other.</summary>
    public long? PendingMark { get; set; }

    /// <summary>When the answer is not awaited any longer, in Unix milliseconds.</summary>
    public long PendingUntilMs { get; set; }

    /// <summary>A value of <see cref="ChannelStates"/>.</summary>
    public required string State { get; set; }

    /// <summary>True if it is to be closed whatever becomes of its budget.</summary>
    public bool CloseAsked { get; set; }

    /// <summary>While closing: Unix seconds from which the withdrawal can be ended.</summary>
    public long? FinalizableAt { get; set; }

    public required long CreatedAtMs { get; init; }

    /// <summary>Counts changes: a reading of the chain that is older than the last change is not stored.</summary>
    public long Version { get; set; }
}

/// <summary>The states of a channel.</summary>
internal static class ChannelStates
{
    public const string Open = "open";

    /// <summary>A withdrawal was started on the chain.</summary>
    public const string Closing = "closing";

    /// <summary>Nothing is left to withdraw, and nothing more is paid through it.</summary>
    public const string Closed = "closed";
}
