using System.Collections.Concurrent;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Chain;

namespace Aitbc.Coordinator.Messages;

/// <summary>
/// Who speaks for an agent, by the chain. What was read a moment ago is believed as long as it allows: nobody is
/// refused for what is over.
/// </summary>
internal sealed class AgentBook(ChainClient chain, TimeProvider time)
{
    /// <summary>Agents that are remembered; beyond it all are read again.</summary>
    public const int Most = 10_000;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly AgentClient client = new(chain);
    private readonly ConcurrentDictionary<ulong, (AgentStanding Standing, DateTimeOffset ReadAt)> known = new();

    /// <summary>The agent; null if the registry does not have it.</summary>
    /// <param name="agent">Its number.</param>
    /// <param name="fits">Whether what was read before is enough.</param>
    /// <param name="cancel">Stops the wait.</param>
    public async Task<AgentStanding?> FindAsync(
        ulong agent, Func<AgentStanding, bool> fits, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (known.TryGetValue(agent, out var before) && now - before.ReadAt < Fresh && fits(before.Standing))
            return before.Standing;
        if (await client.StandingAsync(agent, cancel) is not { } standing)
            return null;
        if (known.Count >= Most)
            known.Clear();
        known[agent] = (standing, now);
        return standing;
    }
}
