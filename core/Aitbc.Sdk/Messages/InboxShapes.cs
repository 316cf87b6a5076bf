using Aitbc.Primitives;

namespace Aitbc.Sdk.Messages;

/// <summary>The coordinator has a message on disk.</summary>
/// <param name="Digest">Its name: <see cref="AgentMessage.Digest"/>.</param>
/// <param name="Number">Its number in the inbox.</param>
/// <param name="ReceivedAt">When it was taken.</param>
/// <param name="ExpiresAt">Until when it is kept if nobody acknowledges it.</param>
public sealed record MessageReceipt(
    Hash256 Digest, long Number, DateTimeOffset ReceivedAt, DateTimeOffset ExpiresAt);

/// <summary>One message of an inbox, as the coordinator gives it.</summary>
/// <param name="Number">Its number in the inbox: the cursor of lists.</param>
/// <param name="Digest">Its name, in the coordinator's words.</param>
/// <param name="ReceivedAt">When it was taken.</param>
/// <param name="ExpiresAt">Until when it is kept if nobody acknowledges it.</param>
/// <param name="Message">The message.</param>
public sealed record InboxMessage(
    long Number, Hash256 Digest, DateTimeOffset ReceivedAt, DateTimeOffset ExpiresAt, AgentMessage Message);

/// <summary>A page of an inbox, oldest first.</summary>
/// <param name="Messages">Those that were asked for.</param>
/// <param name="Next">The number after which the next page begins; null at the end.</param>
public sealed record InboxPage(IReadOnlyList<InboxMessage> Messages, long? Next = null);

/// <summary>Body of <c>POST /v1/messages/ack</c>.</summary>
/// <param name="Agent">Whose inbox.</param>
/// <param name="Digests">1 to 100 names of messages.</param>
public sealed record InboxAck(ulong Agent, IReadOnlyList<Hash256> Digests);

/// <summary>What became of it.</summary>
/// <param name="Acknowledged">How many of them were still kept.</param>
public sealed record InboxAckAnswer(int Acknowledged);

/// <summary>Which messages of an inbox are asked for.</summary>
public sealed record InboxQuery
{
    /// <summary>Only these topics, at most 16; empty = all.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Only of this sender.</summary>
    public ulong? Sender { get; init; }

    /// <summary>Only with higher numbers.</summary>
    public long? After { get; init; }

    /// <summary>1 to 100.</summary>
    public int Limit { get; init; } = 20;

    /// <summary>How long to wait if there is none, 0 to 30; the HTTP client's timeout must be longer.</summary>
    public int WaitSeconds { get; init; }
}
