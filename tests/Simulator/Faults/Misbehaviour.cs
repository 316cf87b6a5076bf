using Aitbc.Simulator.Adversaries;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Faults;

/// <summary>The kinds of faulty validators.</summary>
internal enum AdversaryKind
{
    Twin,
    EquivocatorPerPeer,
    Silent,
    JustTooLate,
    Withholder,
    GarbageSigner,
    TipLiar,
    FutureFlooder,
    ColludingF,
}

/// <summary>A validator is faulty from the start to the end, also after all else has healed.</summary>
internal sealed record Misbehaviour(AdversaryKind Kind, int Node) : Fault(0)
{
    public override void Prepare(SimWorld world)
    {
        world.FaultsDone++;
        var node = world.Nodes[Node];
        node.IsFaulty = true;
        if (Kind == AdversaryKind.Twin)
        {
            Twin.Join(world, node);
            return;
        }

        node.Adversary = Kind switch
        {
            AdversaryKind.EquivocatorPerPeer => new EquivocatorPerPeer(world),
            AdversaryKind.Silent => new Silent(world),
            AdversaryKind.JustTooLate => new JustTooLate(world),
            AdversaryKind.Withholder => new Withholder(world),
            AdversaryKind.GarbageSigner => new GarbageSigner(world),
            AdversaryKind.TipLiar => new TipLiar(world),
            AdversaryKind.FutureFlooder => new FutureFlooder(world),
            _ => new ColludingF(world),
        };
    }
}
