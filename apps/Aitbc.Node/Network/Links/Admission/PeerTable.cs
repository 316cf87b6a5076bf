using System.Net;

namespace Aitbc.Node.Network.Links.Admission;

/// <summary>The links that there are, one for each peer (H6, L2).</summary>
internal sealed class PeerTable(PeerId own, ValidatorRoll roll, LinkLimits limits, TimeProvider time)
{
    private readonly Dictionary<PeerId, Link> links = [];
    private readonly Lock gate = new();
    private TaskCompletionSource changed = New();

    /// <summary>Ends with the next link that comes or goes.</summary>
    public Task Changed
    {
        get
        {
            lock (gate)
                return changed.Task;
        }
    }

    public IReadOnlyList<Link> All
    {
        get
        {
            lock (gate)
                return [.. links.Values];
        }
    }

    public Link? Find(PeerId peer)
    {
        lock (gate)
            return links.GetValueOrDefault(peer);
    }

    /// <summary>Takes a link in.</summary>
    /// <param name="link">With its handshake done.</param>
    /// <param name="replaced">The link to the same peer that has to go, if there is one.</param>
    /// <returns>Why it is not taken; null if it is.</returns>
    public string? Admit(Link link, out Link? replaced)
    {
        lock (gate)
        {
            if (links.TryGetValue(link.Peer, out replaced))
            {
                if (Stays(replaced, link))
                    return "there is a link to it already";
            }
            else if (link.Party.IsInbound && !roll.IsValidator(link.Party.ConsensusKey) && Crowd(link) is { } crowd)
            {
                return crowd;
            }

            links[link.Peer] = link;
            Announce();
            return null;
        }
    }

    /// <summary>Lets a link go, unless another has taken its place.</summary>
    public void Remove(Link link)
    {
        lock (gate)
        {
            if (links.GetValueOrDefault(link.Peer) == link)
                links.Remove(link.Peer);
            Announce();
        }
    }

    // Both sides must come to the same end: of two that were dialled at once, that of the lesser key hash.
    private bool Stays(Link present, Link fresh)
    {
        if (present.Party.IsInbound == fresh.Party.IsInbound
            || time.GetElapsedTime(present.Began) >= limits.Settled)
            return false;
        var dialler = present.Party.IsInbound ? present.Peer : own;
        var other = present.Party.IsInbound ? own : present.Peer;
        return dialler.KeyHash < other.KeyHash;
    }

    private string? Crowd(Link link)
    {
        var guests = links.Values
            .Where(l => l.Party.IsInbound && !roll.IsValidator(l.Party.ConsensusKey))
            .ToList();
        if (guests.Count >= limits.MaxInbound)
            return "there are as many peers as this node takes";
        var network = Network(link);
        return guests.Count(l => Network(l).Equals(network)) >= limits.MaxInboundPerAddress
            ? "there are as many peers of its address as this node takes"
            : null;
    }

    private static IPAddress Network(Link link) => ConnectionGate.Network(link.Party.Remote.Address);

    private void Announce()
    {
        changed.TrySetResult();
        changed = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
