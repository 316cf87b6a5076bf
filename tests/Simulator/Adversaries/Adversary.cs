using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>
/// What a faulty validator makes of what it would say. It runs the real replica too, but nothing it sends is bound by
/// it: it holds its key and signs what it likes.
/// </summary>
internal abstract class Adversary(SimWorld world)
{
    protected SimWorld World { get; } = world;

    /// <summary>In place of sending.</summary>
    public virtual void Send(SimNode node, int to, SimMessage message) => Pass(node, to, message);

    /// <summary>Once a second.</summary>
    public virtual void Tick(SimNode node)
    {
    }

    protected void Pass(SimNode node, int to, SimMessage message, long lateMicros = 0) =>
        World.Net.Send(node.Id, to, message, lateMicros);
}
