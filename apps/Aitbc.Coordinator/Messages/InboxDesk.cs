using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Messages;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Messages;

/// <summary>Shows an inbox to who speaks for its agent, and forgets what was acknowledged.</summary>
internal sealed class InboxDesk(
    IDbContextFactory<CoordinatorDbContext> databases, AgentBook agents, TimeProvider time)
{
    public async Task CheckAsync(Address account, ulong agent, CancellationToken cancel)
    {
        if (agent > AgentMessage.MaxAgent)
            throw Refusal.Invalid("agent is the number of an agent, less than 2^53.");
        var standing = await agents.FindAsync(agent, a => a.IsSpokenForBy(account), cancel);
        if (standing?.IsSpokenForBy(account) != true)
            throw Refusal.Of(
                403, ProblemCodes.Forbidden, $"{account} does not speak for agent {agent}.",
                "Its owner and its wallet do: aitbc agent show.");
    }

    public async Task<InboxPage> ListAsync(ulong agent, InboxFilter filter, CancellationToken cancel)
    {
        var (receiver, nowMs) = ((long)agent, time.GetUtcNow().ToUnixTimeMilliseconds());
        await using var db = await databases.CreateDbContextAsync(cancel);
        var rows = db.Messages.AsNoTracking().Where(m => m.Receiver == receiver && !m.IsAcknowledged
            && m.ExpiresAtMs > nowMs && m.Number > filter.After);
        if (filter.Topics is { Count: > 0 } topics)
            rows = rows.Where(m => topics.Contains(m.Topic));
        if (filter.Sender is { } sender)
            rows = rows.Where(m => m.Sender == sender);
        var page = await rows.OrderBy(m => m.Number).Take(filter.Limit + 1).ToListAsync(cancel);
        long? next = page.Count > filter.Limit ? page[filter.Limit - 1].Number : null;
        return new InboxPage([.. page.Take(filter.Limit).Select(ViewOf)], next);
    }

    /// <summary>
    /// The bytes go; name and id stay as long as the same could be posted again. How many of them were still kept.
    /// </summary>
    public async Task<int> AcknowledgeAsync(ulong agent, List<Hash256> digests, CancellationToken cancel)
    {
        var receiver = (long)agent;
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Messages
            .Where(m => m.Receiver == receiver && !m.IsAcknowledged && digests.Contains(m.Digest))
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(m => m.IsAcknowledged, true)
                    .SetProperty(m => m.Sealed, Array.Empty<byte>())
                    .SetProperty(m => m.ExpiresAtMs, m => (m.SentAt + MessageRow.TakenForSeconds + 1) * 1000),
                cancel);
    }

    private static InboxMessage ViewOf(MessageRow row) => new(
        row.Number,
        row.Digest,
        DateTimeOffset.FromUnixTimeMilliseconds(row.ReceivedAtMs),
        DateTimeOffset.FromUnixTimeMilliseconds(row.ExpiresAtMs),
        row.Message());
}

/// <summary>Which messages of an inbox are asked for.</summary>
internal sealed record InboxFilter(List<string>? Topics, long? Sender, long After, int Limit);
