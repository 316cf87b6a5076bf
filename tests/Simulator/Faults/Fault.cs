using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Faults;

/// <summary>One entry of a plan; leaving it out gives another valid plan, which is what shrinking does.</summary>
/// <param name="AtMs">Virtual milliseconds from the start.</param>
internal abstract record Fault(int AtMs)
{
    /// <summary>Before the nodes start.</summary>
    public virtual void Prepare(SimWorld world)
    {
    }

    public virtual void Schedule(SimWorld world)
    {
    }
}
