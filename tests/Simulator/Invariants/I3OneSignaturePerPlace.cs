using Aitbc.Consensus.Bft.Messages;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>A correct key signs one message for a height, round and step, over all restarts.</summary>
internal sealed class I3OneSignaturePerPlace(SimWorld world) : Invariant(world)
{
    private readonly Dictionary<(int Key, ulong Height, int Round, SignStep Step), ulong> signed = [];

    public override void Sent(SimNode node, BftMessage message)
    {
        if (message is not SignedMessage own)
            return;
        var print = EventHash.Of(own.SignBytes(SimKeys.Chain));
        var place = (node.Key, own.Height, own.Round, own.Step);
        if (!signed.TryAdd(place, print))
            Require(signed[place] == print, $"node {node.Id} signed twice at {own.Height}/{own.Round} {own.Step}");
    }
}
