using System.Collections.Concurrent;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Leases;

/// <summary>
/// Wakes the waits of a provider when there may be work, at whichever coordinator it waits. A lost wake costs time and
/// no job.
/// </summary>
internal sealed class JobSignals
{
    private readonly ConcurrentDictionary<Address, TaskCompletionSource> waiting = new();
    private readonly IRelay relay;

    public JobSignals(IRelay relay)
    {
        this.relay = relay;
        relay.On(IRelay.Work, Heard);
    }

    /// <summary>Ask before looking for work, and wait for it only after finding none.</summary>
    public Task Next(Address provider) => waiting.GetOrAdd(
        provider, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Wake(Address provider)
    {
        WakeHere(provider);
        relay.Tell(IRelay.Work, provider.ToString());
    }

    private void Heard(string? who)
    {
        if (who is null)
        {
            foreach (var provider in waiting.Keys)
                WakeHere(provider);
        }
        else if (Address.TryParse(who, out var provider))
        {
            WakeHere(provider);
        }
    }

    private void WakeHere(Address provider)
    {
        if (waiting.TryRemove(provider, out var waiter))
            waiter.TrySetResult();
    }
}
