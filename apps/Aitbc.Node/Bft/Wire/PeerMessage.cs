using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Sdk.Light;

namespace Aitbc.Node.Bft.Wire;

/// <summary>What nodes say to each other (specs/sync.md, section 1). The list is closed.</summary>
internal abstract record PeerMessage
{
    private PeerMessage()
    {
    }

    /// <summary>A message of consensus.</summary>
    public sealed record Bft(BftMessage Message) : PeerMessage;

    /// <summary>A part of the body of a block.</summary>
    public sealed record Part(ulong Height, BlockInfo Info, BlockPart Content) : PeerMessage;

    /// <summary>Asks for the body of a block that is voted on or decided.</summary>
    public sealed record GetBody(ulong Height, Hash256 Block) : PeerMessage;

    /// <summary>
    /// How far the sender's chain is. Above genesis with the commit certificate of its newest block and the set that
    /// decided it.
    /// </summary>
    public sealed record Status(ulong Height, VoteCertificate? Commit, ValidatorSet? Set) : PeerMessage;

    /// <summary>Asks for blocks from a height on.</summary>
    public sealed record GetBlocks(ulong Id, ulong From, int Count) : PeerMessage;

    /// <summary>The answer: the blocks asked for from the first on, as many as fit.</summary>
    public sealed record Blocks(ulong Id, IReadOnlyList<CertifiedBlock> Items) : PeerMessage;

    /// <summary>Proofs against validators.</summary>
    public sealed record Proofs(IReadOnlyList<Equivocation> Items) : PeerMessage;

    /// <summary>Asks for what proves a block to who has not followed the chain; height 0 = the newest.</summary>
    public sealed record GetLight(ulong Id, ulong Height) : PeerMessage;

    /// <summary>The answer; null if the block is not here.</summary>
    public sealed record Light(ulong Id, LightBlock? Block) : PeerMessage;

    /// <summary>Asks for nodes of the state after a block; null = from the root on.</summary>
    public sealed record GetState(ulong Id, ulong Height, StatePosition? From) : PeerMessage;

    /// <summary>The answer: nodes in the order of a walk, from the one asked for on; none if it is not here.</summary>
    public sealed record State(ulong Id, IReadOnlyList<byte[]> Nodes) : PeerMessage;

    /// <summary>Transactions of the pool, encoded.</summary>
    public sealed record Transactions(IReadOnlyList<byte[]> Items) : PeerMessage;
}

/// <summary>A final block as it is sent.</summary>
/// <param name="Body">Encoding of the block.</param>
/// <param name="Certificate">Encoding of its commit certificate.</param>
internal sealed record CertifiedBlock(byte[] Body, byte[] Certificate);
