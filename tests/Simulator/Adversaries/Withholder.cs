using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>Proposes and votes, and gives whole bodies to one node only; the others lack a part.</summary>
internal sealed class Withholder(SimWorld world) : Adversary(world)
{
    public override void Send(SimNode node, int to, SimMessage message)
    {
        if (message is SimMessage.Part { Index: 0 } && to != (node.Id + 1) % World.Plan.Validators)
            return;
        // And one part says that it is another.
        if (message is SimMessage.Part part)
            Pass(node, to, part with { Index = part.Index + 1 });
        Pass(node, to, message);
    }
}
