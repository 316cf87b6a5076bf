using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>
/// Two honest copies of one validator with one key and two disks, as after a careless restore. Each alone is right;
/// together they equivocate, vote twice and forget locks in ways that nobody has to think of.
/// </summary>
internal static class Twin
{
    public static void Join(SimWorld world, SimNode first)
    {
        var second = world.AddNode(first.Key);
        second.IsFaulty = true;
    }
}
