using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>Listens and says nothing.</summary>
internal sealed class Silent(SimWorld world) : Adversary(world)
{
    public override void Send(SimNode node, int to, SimMessage message)
    {
    }
}
