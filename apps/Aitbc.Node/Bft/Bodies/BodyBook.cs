using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Node.Bft.Blocks;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Network;
using Aitbc.Node.Pool;
using Aitbc.Primitives;

namespace Aitbc.Node.Bft.Bodies;

/// <summary>
/// Bodies of blocks that are voted on: put together from parts, each held against the root that came with it. What a
/// sender sends is kept by itself: no other can push it out, whatever it makes up (specs/sync.md, 2.2).
/// </summary>
/// <param name="pool">Has recovered the senders of most transactions.</param>
/// <param name="mayCome">Whether parts of a block are taken from a peer: unasked from validators only.</param>
internal sealed class BodyBook(TransactionPool pool, Func<PeerId, Hash256, bool> mayCome)
{
    private const int MostWhole = 8;
    private const int MostOfSender = 2;

    // Parts of the next height come to who is a moment behind.
    private const ulong HeightsAhead = 1;

    private readonly List<(PeerId? From, Candidate Body)> whole = [];
    private readonly List<Assembly> partial = [];

    public Candidate? Find(Hash256 block) => whole.Find(w => w.Body.Info.Hash == block).Body;

    /// <summary>Keeps a body that this node made or asked for.</summary>
    public void Add(Candidate candidate) => Keep(null, candidate);

    // The place comes from whoever takes most of them, the oldest first: made-up blocks of one sender push each other
    // out.
    private void Keep(PeerId? from, Candidate candidate)
    {
        if (Find(candidate.Info.Hash) is not null)
            return;
        if (whole.Count == MostWhole)
        {
            var most = whole.Append((From: from, Body: candidate)).GroupBy(w => w.From).MaxBy(g => g.Count())!.Key;
            whole.RemoveAt(whole.FindIndex(w => w.From == most));
        }

        whole.Add((from, candidate));
    }

    /// <summary>Takes a part.</summary>
    /// <param name="from">Its sender.</param>
    /// <param name="part">What it sent.</param>
    /// <param name="height">The height being decided.</param>
    /// <param name="isGood">False if no honest node sends it.</param>
    /// <returns>The body, if this was its last part.</returns>
    public Candidate? Add(PeerId from, PeerMessage.Part part, ulong height, out bool isGood)
    {
        isGood = true;
        if (part.Height < height || part.Height > height + HeightsAhead || Find(part.Info.Hash) is not null
            || !mayCome(from, part.Info.Hash))
            return null;
        isGood = BlockParts.Verify(part.Info, part.Content);
        if (!isGood)
            return null;
        var assembly = partial.Find(a => a.From == from && a.Info == part.Info);
        if (assembly is null)
        {
            if (partial.Count(a => a.From == from) == MostOfSender)
                partial.RemoveAt(partial.FindIndex(a => a.From == from));
            partial.Add(assembly = new Assembly(from, part.Height, part.Info));
        }

        if (assembly.Add(part.Content) is not { } body)
            return null;
        partial.Remove(assembly);
        isGood = Candidate.TryRead(body, part.Info.Hash, pool, out var candidate);
        if (candidate is null)
            return null;
        partial.RemoveAll(a => a.Info.Hash == part.Info.Hash);
        Keep(from, candidate);
        return candidate;
    }

    /// <summary>Bodies up to this height are decided.</summary>
    public void Forget(ulong height)
    {
        whole.RemoveAll(w => w.Body.Height <= height);
        partial.RemoveAll(a => a.Height <= height);
    }

    // Memory grows with what has come, not with what was announced.
    private sealed class Assembly(PeerId from, ulong height, BlockInfo info)
    {
        private readonly byte[]?[] parts = new byte[]?[BlockParts.CountOf(info.TotalBytes)];
        private int missing = BlockParts.CountOf(info.TotalBytes);

        public PeerId From => from;

        public ulong Height => height;

        public BlockInfo Info => info;

        public byte[]? Add(BlockPart part)
        {
            if (parts[part.Index] is not null)
                return null;
            parts[part.Index] = part.Bytes.ToArray();
            if (--missing > 0)
                return null;
            var body = new byte[info.TotalBytes];
            for (var i = 0; i < parts.Length; i++)
                parts[i]!.CopyTo(body, i * BlockParts.Length);
            return body;
        }
    }
}
