using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Network;

namespace Aitbc.Node.Bft.Sync;

/// <summary>Some blocks that follow each other: to be asked for, asked of a peer, or waiting for their turn.</summary>
internal sealed class SyncRange(ulong from, int count)
{
    /// <summary>First height.</summary>
    public ulong From { get; private set; } = from;

    public int Count { get; private set; } = count;

    /// <summary>The height after the last.</summary>
    public ulong End => From + (ulong)Count;

    /// <summary>Who was asked last.</summary>
    public PeerId Peer { get; private set; }

    /// <summary>Number of the question; 0 if none is open.</summary>
    public ulong Id { get; private set; }

    /// <summary>When it was asked, or this node was last too busy to look.</summary>
    public long Sent { get; set; }

    /// <summary>What came, from <see cref="From"/> on.</summary>
    public IReadOnlyList<CertifiedBlock>? Items { get; private set; }

    public bool IsOpen => Id != 0;

    public bool IsUnasked => Id == 0 && Items is null;

    public void Ask(PeerId peer, ulong id, long now) => (Peer, Id, Sent) = (peer, id, now);

    public void Answer(IReadOnlyList<CertifiedBlock> items) => (Id, Items) = (0, items);

    public void Drop() => (Id, Items) = (0, null);

    /// <summary>
    /// Leaves out what is below a height. An open question is left as it was asked until nothing of it is wanted.
    /// </summary>
    /// <returns>False if nothing is left.</returns>
    public bool Shorten(ulong height)
    {
        if (height >= End)
            return false;
        if (height > From && !IsOpen)
        {
            var gone = (int)(height - From);
            (From, Count) = (height, Count - gone);
            Items = Items?.Count > gone ? [.. Items.Skip(gone)] : null;
        }

        return true;
    }
}
