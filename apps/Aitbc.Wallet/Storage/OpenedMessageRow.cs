namespace Aitbc.Wallet.Storage;

/// <summary>A message that was opened: what is needed to know it again.</summary>
internal sealed class OpenedMessageRow
{
    /// <summary>Longer than a message may be old, so that none is opened as new whose trace is gone.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(9);

    /// <summary>20 bytes: whose key opened it.</summary>
    public required byte[] Account { get; init; }

    /// <summary>20 bytes: who signed it.</summary>
    public required byte[] Signer { get; init; }

    /// <summary>Number of the agent that it is from.</summary>
    public required long Sender { get; init; }

    /// <summary>32 bytes: the sender's name for it.</summary>
    public required byte[] MessageId { get; init; }

    /// <summary>32 bytes: its own name.</summary>
    public required byte[] Digest { get; init; }

    public required long OpenedAtMs { get; init; }
}
