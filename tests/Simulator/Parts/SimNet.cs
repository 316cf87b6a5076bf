using Aitbc.Simulator.Running;
using Aitbc.Testing;

namespace Aitbc.Simulator.Parts;

/// <summary>What a cut says about a message: which links are down. Returns true if the message is lost.</summary>
internal delegate bool Cut(int from, int to);

/// <summary>
/// The network. It delays every message by a few milliseconds and, as told, drops, doubles, holds and reorders them.
/// </summary>
internal sealed class SimNet(Scheduler scheduler, Xoshiro random, Action<int, int, SimMessage> deliver)
{
    private readonly List<(int Id, Cut Cut)> cuts = [];
    private readonly List<(int Id, int From, int To, long Until)> clogs = [];
    private int nextId;

    public int DropPermille { get; set; }

    public int DoublePermille { get; set; }

    public int TailPermille { get; set; }

    public long Sent { get; private set; }

    public int Add(Cut cut)
    {
        cuts.Add((++nextId, cut));
        return nextId;
    }

    public int AddClog(int from, int to, long until)
    {
        clogs.Add((++nextId, from, to, until));
        return nextId;
    }

    public void Remove(int id)
    {
        cuts.RemoveAll(c => c.Id == id);
        clogs.RemoveAll(c => c.Id == id);
    }

    /// <summary>All links are good from now on. What is under way arrives.</summary>
    public void Heal()
    {
        cuts.Clear();
        clogs.Clear();
        (DropPermille, DoublePermille, TailPermille) = (0, 0, 0);
    }

    public void Send(int from, int to, SimMessage message, long extraMicros = 0)
    {
        Sent++;
        foreach (var (_, cut) in cuts)
        {
            if (cut(from, to))
                return;
        }

        if (random.Below(1_000) < DropPermille)
            return;
        Deliver(from, to, message, extraMicros);
        if (random.Below(1_000) < DoublePermille)
            Deliver(from, to, message, extraMicros);
    }

    private void Deliver(int from, int to, SimMessage message, long extraMicros)
    {
        var delay = 500L + random.Below(10_000) + extraMicros;
        // A heavy tail: half as likely for each doubling, up to some seconds.
        if (random.Below(1_000) < TailPermille)
        {
            delay += 20_000;
            while (delay < 4_000_000 && (random.Next() & 1) == 0)
                delay *= 2;
        }

        var at = scheduler.Now + delay;
        foreach (var clog in clogs)
        {
            if (clog.From == from && clog.To == to)
                at = Math.Max(at, clog.Until + random.Below(1_000));
        }

        scheduler.At(at, EventKind.Deliver, to, ((ulong)from << 48) ^ message.Detail, () => deliver(from, to, message));
    }
}
