using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using Aitbc.Simulator.Model;

namespace Aitbc.Simulator.Parts;

/// <summary>What goes over the simulated wire. None of it is believed by who gets it.</summary>
internal abstract record SimMessage
{
    private SimMessage()
    {
    }

    public abstract ulong Detail { get; }

    public sealed record Consensus(BftMessage Message, ulong Print) : SimMessage
    {
        public override ulong Detail => Print;
    }

    /// <summary>One part of a body with the hashes of all of them.</summary>
    public sealed record Part(Hash256 Block, int Index, IReadOnlyList<Hash256> All, ReadOnlyMemory<byte> Bytes)
        : SimMessage
    {
        public override ulong Detail => 0x100UL + (ulong)Index;
    }

    public sealed record WantBody(Hash256 Block) : SimMessage
    {
        public override ulong Detail => 0x200;
    }

    /// <summary>A proof against a validator.</summary>
    public sealed record Proof(Equivocation Content) : SimMessage
    {
        public override ulong Detail => 0x400 + Content.First.Height;
    }

    /// <summary>How far a node says it is. Only a reason to ask that node.</summary>
    public sealed record Status(ulong Tip, VoteCertificate? Commit) : SimMessage
    {
        public override ulong Detail => 0x1000 + Tip;
    }

    public sealed record WantBlocks(ulong From, int Count) : SimMessage
    {
        public override ulong Detail => 0x2000 + From;
    }

    public sealed record Blocks(IReadOnlyList<SimCommit> Commits) : SimMessage
    {
        public override ulong Detail => 0x3000UL + (ulong)Commits.Count;
    }
}
