using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Faults;

/// <summary>Messages are lost, doubled, and some are very late, in parts of a thousand.</summary>
internal sealed record Noise(int AtMs, int UntilMs, int Drop, int Double, int Tail) : Fault(AtMs)
{
    public override void Schedule(SimWorld world)
    {
        world.FaultAt(AtMs, -1, () => Set(world, Drop, Double, Tail));
        world.At(UntilMs, -1, () => Set(world, 0, 0, 0));
    }

    private static void Set(SimWorld world, int drop, int twice, int tail) =>
        (world.Net.DropPermille, world.Net.DoublePermille, world.Net.TailPermille) = (drop, twice, tail);
}

/// <summary>A fault of links that ends at a time.</summary>
internal abstract record LinkFault(int AtMs, int UntilMs) : Fault(AtMs)
{
    public override void Schedule(SimWorld world) => world.FaultAt(AtMs, -1, () =>
    {
        var id = Begin(world);
        world.At(UntilMs, -1, () => world.Net.Remove(id));
    });

    protected abstract int Begin(SimWorld world);
}

/// <summary>The nodes of a group and the others hear nothing of each other.</summary>
internal sealed record Partition(int AtMs, int UntilMs, ulong Group) : LinkFault(AtMs, UntilMs)
{
    protected override int Begin(SimWorld world) => world.Net.Add((from, to) => In(from) != In(to));

    private bool In(int node) => (Group >> node & 1) != 0;
}

/// <summary>The group hears the others, and they do not hear it.</summary>
internal sealed record AsymmetricPartition(int AtMs, int UntilMs, ulong Group) : LinkFault(AtMs, UntilMs)
{
    protected override int Begin(SimWorld world) =>
        world.Net.Add((from, to) => (Group >> from & 1) != 0 && (Group >> to & 1) == 0);
}

/// <summary>One direction of one link is down.</summary>
internal sealed record OneWayLink(int AtMs, int UntilMs, int From, int To) : LinkFault(AtMs, UntilMs)
{
    protected override int Begin(SimWorld world) => world.Net.Add((from, to) => from == From && to == To);
}

/// <summary>A link holds everything back and lets it go at once.</summary>
internal sealed record Clog(int AtMs, int UntilMs, int From, int To) : LinkFault(AtMs, UntilMs)
{
    protected override int Begin(SimWorld world) => world.Net.AddClog(From, To, UntilMs * 1_000L);
}

/// <summary>Nobody hears the one whose turn it is to propose in round 0.</summary>
internal sealed record IsolateProposer(int AtMs, int UntilMs) : LinkFault(AtMs, UntilMs)
{
    protected override int Begin(SimWorld world) => world.Net.Add((from, _) =>
    {
        var node = world.Nodes[from];
        var set = node.State.Next;
        return world.Keys.KeyOf(set[set.Proposer(node.Tip + 1, 0)]) == node.Key;
    });
}

/// <summary>The links of a node stop one by one and heal one by one in another order.</summary>
internal sealed record Swizzle(int AtMs, int UntilMs, int Node) : Fault(AtMs)
{
    public override void Schedule(SimWorld world)
    {
        var count = world.Nodes.Count;
        var step = Math.Max(1, (UntilMs - AtMs) / (2 * count));
        for (var i = 0; i < count; i++)
        {
            var other = i;
            world.FaultAt(AtMs + (i * step), -1, () =>
            {
                var id = world.Net.Add((from, to) => (from, to) == (Node, other) || (from, to) == (other, Node));
                world.At(AtMs + ((count + ((other * 3 + 1) % count)) * step), -1, () => world.Net.Remove(id));
            });
        }
    }
}
