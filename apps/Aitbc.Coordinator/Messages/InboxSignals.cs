using System.Globalization;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Errors;

namespace Aitbc.Coordinator.Messages;

/// <summary>
/// Wakes who waits for a message, at whichever coordinator it waits. A lost wake costs time and no message.
/// </summary>
internal sealed class InboxSignals
{
    /// <summary>Waits of one inbox at this coordinator; one more is refused.</summary>
    public const int MostAtOnce = 8;

    private readonly Dictionary<ulong, Waits> waiting = [];
    private readonly Lock gate = new();
    private readonly IRelay relay;

    public InboxSignals(IRelay relay)
    {
        this.relay = relay;
        relay.On(IRelay.Message, Heard);
    }

    /// <summary>Enter before looking for messages, and wait only after finding none.</summary>
    public InboxWait Enter(ulong agent)
    {
        lock (gate)
        {
            if (!waiting.TryGetValue(agent, out var waits))
                waiting[agent] = waits = new Waits();
            if (waits.Count >= MostAtOnce)
                throw Refusal.Of(
                    503, ProblemCodes.Busy, $"The inbox has {MostAtOnce} waits.", "End one of them.", retryable: true);
            waits.Count++;
        }

        return new InboxWait(this, agent);
    }

    public void Wake(ulong agent)
    {
        WakeHere(agent);
        relay.Tell(IRelay.Message, agent.ToString(CultureInfo.InvariantCulture));
    }

    internal Task Next(ulong agent)
    {
        lock (gate)
            return waiting[agent].Woken.Task;
    }

    internal void Leave(ulong agent)
    {
        lock (gate)
        {
            if (--waiting[agent].Count == 0)
                waiting.Remove(agent);
        }
    }

    private void Heard(string? which)
    {
        if (which is not null)
        {
            if (ulong.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var agent))
                WakeHere(agent);
            return;
        }

        ulong[] all;
        lock (gate)
            all = [.. waiting.Keys];
        foreach (var agent in all)
            WakeHere(agent);
    }

    private void WakeHere(ulong agent)
    {
        TaskCompletionSource woken;
        lock (gate)
        {
            if (!waiting.TryGetValue(agent, out var waits))
                return;
            (woken, waits.Woken) = (waits.Woken, Waits.New());
        }

        woken.TrySetResult();
    }

    private sealed class Waits
    {
        public int Count { get; set; }

        public TaskCompletionSource Woken { get; set; } = New();

        public static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>One that waits for messages.</summary>
internal sealed class InboxWait(InboxSignals signals, ulong agent) : IDisposable
{
    /// <summary>Ends with the next message.</summary>
    public Task Next() => signals.Next(agent);

    public void Dispose() => signals.Leave(agent);
}
