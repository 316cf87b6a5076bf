using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>Says everything right after the others stopped waiting for it.</summary>
internal sealed class JustTooLate(SimWorld world) : Adversary(world)
{
    public override void Send(SimNode node, int to, SimMessage message)
    {
        if (message is not SimMessage.Consensus { Message: SignedMessage signed })
        {
            Pass(node, to, message);
            return;
        }

        var kind = signed.Step switch
        {
            SignStep.Proposal => TimeoutKind.Propose,
            SignStep.Prevote => TimeoutKind.Prevote,
            _ => TimeoutKind.Precommit,
        };
        Pass(node, to, message, (BftParameters.Lan.Milliseconds(kind, signed.Round) + 1) * 1_000L);
    }
}
