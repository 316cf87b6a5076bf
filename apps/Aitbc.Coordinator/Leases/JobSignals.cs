using System.Collections.Concurrent;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Leases;

/// <summary>Wakes the waits of a provider when there may be work. A lost wake costs time and no job.</summary>
internal sealed class JobSignals
{
    private readonly ConcurrentDictionary<Address, TaskCompletionSource> waiting = new();

    /// <summary>Ask before looking for work, and wait for it only after finding none.</summary>
    public Task Next(Address provider) => waiting.GetOrAdd(
        provider, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Wake(Address provider)
    {
        if (waiting.TryRemove(provider, out var waiter))
            waiter.TrySetResult();
    }
}
