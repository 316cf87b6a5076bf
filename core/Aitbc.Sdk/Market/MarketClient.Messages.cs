using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Messages;

namespace Aitbc.Sdk.Market;

/// <summary>The inboxes of agents (specs/market/messages.md). <see cref="AgentMailbox"/> checks what comes.</summary>
public sealed partial class MarketClient
{
    /// <summary>Posts a signed message. Repeating it posts nothing more.</summary>
    public Task<MessageReceipt> PostMessageAsync(AgentMessage message, CancellationToken cancel = default) =>
        PostAsync(
            "v1/messages",
            message,
            MarketJson.Default.AgentMessage,
            MarketJson.Default.MessageReceipt,
            false,
            cancel);

    /// <summary>The messages of an agent that this account speaks for. Nothing of them is checked.</summary>
    /// <param name="agent">The agent's number.</param>
    /// <param name="query">Which.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<InboxPage> InboxAsync(ulong agent, InboxQuery query, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var culture = CultureInfo.InvariantCulture;
        var path = string.Create(
            culture, $"v1/messages?agent={agent}&limit={query.Limit}&waitSeconds={query.WaitSeconds}");
        if (query.Topics.Count > 0)
            path += $"&topic={Uri.EscapeDataString(string.Join(',', query.Topics))}";
        if (query.Sender is { } sender)
            path += string.Create(culture, $"&sender={sender}");
        if (query.After is { } after)
            path += string.Create(culture, $"&after={after}");
        return GetAsync(path, MarketJson.Default.InboxPage, true, cancel);
    }

    /// <summary>Says that messages arrived: the coordinator keeps them no longer. Repeating changes nothing.</summary>
    /// <param name="agent">The agent's number.</param>
    /// <param name="digests">1 to 100 names of messages.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<InboxAckAnswer> AcknowledgeAsync(
        ulong agent, IReadOnlyList<Hash256> digests, CancellationToken cancel = default) => PostAsync(
            "v1/messages/ack",
            new InboxAck(agent, digests),
            MarketJson.Default.InboxAck,
            MarketJson.Default.InboxAckAnswer,
            true,
            cancel);
}
