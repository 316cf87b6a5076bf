using System.Collections.Concurrent;
using Aitbc.Coordinator.Errors;
using Aitbc.Sdk.Errors;

namespace Aitbc.Coordinator.Gateway;

/// <summary>Bounds the requests that are under way at once, for each caller and in all.</summary>
internal sealed class CallerSlots(CoordinatorOptions options)
{
    private readonly ConcurrentDictionary<string, int> running = new(StringComparer.Ordinal);
    private int all;

    /// <summary>Throws a problem of status 429 if there is no room.</summary>
    public IDisposable Take(string caller)
    {
        if (Interlocked.Increment(ref all) > options.GatewayMostConcurrent)
        {
            Interlocked.Decrement(ref all);
            throw Full($"The gateway serves {options.GatewayMostConcurrent} requests at once.");
        }

        if (running.AddOrUpdate(caller, 1, (_, n) => n + 1) > options.GatewayConcurrent)
        {
            Leave(caller);
            throw Full($"At most {options.GatewayConcurrent} requests of one caller are served at once.");
        }

        return new Slot(this, caller);
    }

    private void Leave(string caller)
    {
        Interlocked.Decrement(ref all);
        var left = running.AddOrUpdate(caller, 0, (_, n) => n - 1);
        if (left == 0)
            running.TryRemove(KeyValuePair.Create(caller, 0));
    }

    private static AitbcException Full(string detail) => Refusal.Of(
        429, ProblemCodes.RateLimited, detail, "Ask again when one has ended.", retryable: true);

    private sealed class Slot(CallerSlots owner, string caller) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                owner.Leave(caller);
        }
    }
}
