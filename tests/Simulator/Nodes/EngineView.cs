using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;

namespace Aitbc.Simulator.Nodes;

/// <summary>What a restart must give back.</summary>
internal sealed record EngineView(
    ulong Height, int Round, RoundStep Step, int LockedRound, Hash256 LockedBlock, int ValidRound, Hash256 ValidBlock,
    Hash256? Proposed, Hash256? Prevoted, Hash256? Precommitted)
{
    public static EngineView Of(BftEngine engine) => new(
        engine.Height, engine.Round, engine.RoundStep, engine.LockedRound, engine.LockedBlock, engine.ValidRound,
        engine.ValidBlock, Said(engine.State?.OwnProposal), Said(engine.State?.OwnPrevote),
        Said(engine.State?.OwnPrecommit));

    private static Hash256? Said(SignedMessage? message) => message?.Block;
}
