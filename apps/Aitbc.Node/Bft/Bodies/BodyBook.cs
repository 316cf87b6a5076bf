using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Node.Bft.Blocks;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Pool;
using Aitbc.Primitives;

namespace Aitbc.Node.Bft.Bodies;

/// <summary>
/// Bodies of blocks that are voted on: put together from parts, each held against the root that came with it. Parts of
/// blocks nobody asked about yet are kept too, a few, since they may overtake their proposal.
/// </summary>
/// <param name="pool">Has recovered the senders of most transactions.</param>
/// <param name="isWanted">Whether the block was asked about: its parts are not given up for those of others.</param>
internal sealed class BodyBook(TransactionPool pool, Func<Hash256, bool> isWanted)
{
    private const int MostWhole = 8;
    private const int MostPartial = 8;

    // Parts of the next height come to who is a moment behind.
    private const ulong HeightsAhead = 1;

    private readonly List<Candidate> whole = [];
    private readonly List<Assembly> partial = [];

    public Candidate? Find(Hash256 block) => whole.Find(c => c.Info.Hash == block);

    public void Add(Candidate candidate)
    {
        if (Find(candidate.Info.Hash) is not null)
            return;
        if (whole.Count == MostWhole)
            whole.RemoveAt(0);
        whole.Add(candidate);
    }

    /// <summary>Takes a part.</summary>
    /// <param name="part">Of a peer.</param>
    /// <param name="height">The height being decided.</param>
    /// <param name="isGood">False if no honest node sends it.</param>
    /// <returns>The body, if this was its last part.</returns>
    public Candidate? Add(PeerMessage.Part part, ulong height, out bool isGood)
    {
        isGood = true;
        if (part.Height < height || part.Height > height + HeightsAhead || Find(part.Info.Hash) is not null)
            return null;
        isGood = BlockParts.Verify(part.Info, part.Content);
        if (!isGood)
            return null;
        var assembly = partial.Find(a => a.Info == part.Info);
        if (assembly is null)
        {
            if (partial.Count == MostPartial)
                partial.RemoveAt(Math.Max(0, partial.FindIndex(a => !isWanted(a.Info.Hash))));
            partial.Add(assembly = new Assembly(part.Height, part.Info));
        }

        if (assembly.Add(part.Content) is not { } body)
            return null;
        partial.Remove(assembly);
        isGood = Candidate.TryRead(body, part.Info.Hash, pool, out var candidate);
        if (candidate is not null)
            Add(candidate);
        return candidate;
    }

    /// <summary>Bodies up to this height are decided.</summary>
    public void Forget(ulong height)
    {
        whole.RemoveAll(c => c.Height <= height);
        partial.RemoveAll(a => a.Height <= height);
    }

    private sealed class Assembly(ulong height, BlockInfo info)
    {
        private readonly byte[] body = new byte[info.TotalBytes];
        private readonly bool[] has = new bool[BlockParts.CountOf(info.TotalBytes)];
        private int missing = BlockParts.CountOf(info.TotalBytes);

        public ulong Height => height;

        public BlockInfo Info => info;

        public byte[]? Add(BlockPart part)
        {
            if (has[part.Index])
                return null;
            has[part.Index] = true;
            part.Bytes.CopyTo(body.AsMemory(part.Index * BlockParts.Length));
            return --missing == 0 ? body : null;
        }
    }
}
