using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>
/// Something that must hold after every event (specs/consensus.md, section 8). It keeps its own books and counts its
/// own quorums, so that it does not believe what the engine believes. Nothing is asked of faulty nodes.
/// </summary>
internal abstract class Invariant(SimWorld world)
{
    protected SimWorld World { get; } = world;

    /// <summary>An honest node sends a message of its own or a certificate.</summary>
    public virtual void Sent(SimNode node, BftMessage message)
    {
    }

    /// <summary>A message reached an honest node.</summary>
    public virtual void Heard(SimNode node, BftMessage message)
    {
    }

    /// <summary>A block is durable at an honest node.</summary>
    public virtual void Committed(SimNode node, SimCommit commit)
    {
    }

    /// <summary>An honest node has a proof.</summary>
    public virtual void Accused(SimNode node, Equivocation proof)
    {
    }

    /// <summary>An honest node came back after a crash that lost nothing.</summary>
    public virtual void Restarted(SimNode node, EngineView before, EngineView after)
    {
    }

    /// <summary>After every event of an honest node.</summary>
    public virtual void After(SimNode node)
    {
    }

    /// <summary>The run is over.</summary>
    public virtual void End(bool reached, ulong target)
    {
    }

    protected void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvariantException(GetType().Name, $"{what} (at {World.Scheduler.Now / 1_000} ms)");
    }
}
