using Aitbc.Primitives;
using Aitbc.Sdk.Messages;

namespace Aitbc.Coordinator.Storage;

/// <summary>A message in an inbox. Nothing here can read it.</summary>
internal sealed class MessageRow
{
    /// <summary>So old a message may be when it is posted.</summary>
    public const int TakenForSeconds = 3600;

    private const long KeptMs = 7L * 86_400_000;

    /// <summary>Order of arrival, and the cursor of lists.</summary>
    public long Number { get; init; }

    public required long Receiver { get; init; }

    public required long Sender { get; init; }

    public required Hash256 MessageId { get; init; }

    public required Hash256 Digest { get; init; }

    public required long SentAt { get; init; }

    public required string Topic { get; init; }

    public required Hash256 ReceiverKey { get; init; }

    public required Hash256 SenderKey { get; init; }

    /// <summary>Empty once it was acknowledged.</summary>
    public required byte[] Sealed { get; init; }

    public required string Signature { get; init; }

    /// <summary>Its agent has it; the row stays so that the same is not taken again.</summary>
    public bool IsAcknowledged { get; init; }

    public required long ReceivedAtMs { get; init; }

    public required long ExpiresAtMs { get; init; }

    /// <summary>The row of a message that is well formed.</summary>
    public static MessageRow Of(AgentMessage message, Hash256 digest, long nowMs) => new()
    {
        Receiver = (long)message.To,
        Sender = (long)message.From,
        MessageId = message.Id,
        Digest = digest,
        SentAt = (long)message.SentAt,
        Topic = message.Topic,
        ReceiverKey = message.ReceiverKey,
        SenderKey = message.SenderKey,
        Sealed = message.TrySealedBytes()!,
        Signature = message.Signature,
        ReceivedAtMs = nowMs,
        ExpiresAtMs = nowMs + KeptMs,
    };

    public AgentMessage Message() => new()
    {
        From = (ulong)Sender,
        To = (ulong)Receiver,
        Id = MessageId,
        SentAt = (ulong)SentAt,
        Topic = Topic,
        ReceiverKey = ReceiverKey,
        SenderKey = SenderKey,
        Sealed = Convert.ToBase64String(Sealed),
        Signature = Signature,
    };
}
