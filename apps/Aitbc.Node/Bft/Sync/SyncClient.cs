using Aitbc.Consensus.Bft.Validators;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;

namespace Aitbc.Node.Bft.Sync;

/// <summary>What became of a block that a peer sent.</summary>
internal enum ImportVerdict
{
    /// <summary>It is final here now, or was already.</summary>
    Final,

    /// <summary>It is not the next one: those before it did not come.</summary>
    Gap,

    /// <summary>No honest peer sends this.</summary>
    Bad,
}

/// <summary>
/// Catches up beside consensus, never instead of it (specs/sync.md, section 3): asks for a few ranges of blocks right
/// after the newest at a time, of peers whose status proves that they have them. What one peer claims is never a goal
/// for others: a lie costs its teller's turn only.
/// </summary>
internal sealed class SyncClient(
    Chain chain, IGossip gossip, CertificateVerifier certificates, TimeProvider time,
    Func<CertifiedBlock, ulong, ImportVerdict> import)
{
    /// <summary>How long a validator set is trusted for steps over several heights: as evidence counts.</summary>
    private const ulong TrustMs = 7UL * 24 * 3600 * 1000;

    /// <summary>Ranges that are asked for or wait for their turn, at most; each holds one answer at most.</summary>
    public const int MostRanges = 4;

    private const int MostOfPeer = 2;
    private const int MostPeers = 256;
    private const int LongestBackoff = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    // One block behind is where everybody is while a block is decided.
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(400);

    private readonly LightVerifier light = new(certificates);
    private readonly Dictionary<PeerId, Source> sources = [];

    // What is asked for, in order and without a gap from the block after the newest on.
    private readonly List<SyncRange> ranges = [];
    private ulong lastId;
    private long advanced = time.GetTimestamp();

    /// <summary>The highest tip that a peer has proven; 0 if none.</summary>
    public ulong BestTip => sources.Count == 0 ? 0 : sources.Values.Max(s => s.Tip);

    /// <summary>What was asked of a peer that is gone is asked of another at once.</summary>
    public void OnDisconnected(PeerId peer)
    {
        sources.Remove(peer);
        if (Take(peer))
            Ask();
    }

    /// <summary>Consensus or sync has made a block final.</summary>
    public void OnFinal() => advanced = time.GetTimestamp();

    public void OnStatus(PeerId peer, PeerMessage.Status status)
    {
        if (!sources.TryGetValue(peer, out var source))
        {
            if (sources.Count >= MostPeers)
                return;
            sources.Add(peer, source = new Source());
        }

        // What proves nothing new costs no signature check; one in so long is looked at.
        if (status.Height <= Math.Max(source.Tip, chain.Head.Header.Number)
            || time.GetElapsedTime(source.Told) < Between)
            return;
        source.Told = time.GetTimestamp();
        if (Proves(status))
            source.Tip = status.Height;
        Ask();
    }

    public void OnBlocks(PeerId peer, PeerMessage.Blocks blocks)
    {
        if (ranges.Find(r => r.IsOpen && r.Peer == peer && r.Id == blocks.Id) is not { } range)
        {
            // One that comes too late is no offence; nothing of it is looked at.
            if (blocks.Id > lastId || blocks.Id == 0)
                gossip.Misbehaved(peer, "It sent blocks that nobody asked for.");
            return;
        }

        if (blocks.Items.Count > range.Count)
        {
            gossip.Misbehaved(peer, "It sent more blocks than it was asked for.");
            Fail(range);
        }
        else if (blocks.Items.Count == 0)
        {
            Fail(range);
        }
        else
        {
            range.Answer(blocks.Items);
            Import();
        }

        Ask();
    }

    public void Tick()
    {
        foreach (var range in ranges.Where(r => r.IsOpen && time.GetElapsedTime(r.Sent) > Patience).ToList())
            Fail(range);
        Ask();
    }

    // As far as what has come follows the newest block; a range that came earlier than its turn waits.
    private void Import()
    {
        while (ranges is [{ Items: { } items } range, ..])
        {
            var height = range.From;
            foreach (var block in items)
            {
                var verdict = import(block, height);
                if (verdict == ImportVerdict.Final)
                {
                    height++;
                    continue;
                }

                if (verdict == ImportVerdict.Bad)
                    gossip.Misbehaved(range.Peer, "It sent a block that is not the one that was decided.");
                Fail(range);
                return;
            }

            if (sources.TryGetValue(range.Peer, out var source))
                source.Failures = 0;
            // Fewer than asked for: as many as fit into an answer. The rest is asked for anew.
            if (!range.Shorten(height))
                ranges.RemoveAt(0);
            // Others were not slow while this node was busy.
            foreach (var other in ranges.Where(r => r.IsOpen))
                other.Sent = time.GetTimestamp();
        }
    }

    private void Ask()
    {
        var head = chain.Head.Header.Number;
        // Consensus may have been there first.
        ranges.RemoveAll(r => !r.Shorten(head + 1));
        var needed = time.GetElapsedTime(advanced) >= Stall ? head + 1 : head + 2;
        if (ranges.Count == 0 && BestTip < needed)
            return;
        var (next, best) = (ranges.Count == 0 ? head + 1 : ranges[^1].End, BestTip);
        while (ranges.Count < MostRanges && next <= best)
        {
            var range = new SyncRange(next, (int)Math.Min(PeerLimits.MostBlocks, best + 1 - next));
            ranges.Add(range);
            next = range.End;
        }

        foreach (var range in ranges.Where(r => r.IsUnasked).ToList())
            Ask(range);
        // Nobody can be asked now: what is needed first stays on the list.
        while (ranges.Count > 1 && ranges[^1].IsUnasked)
            ranges.RemoveAt(ranges.Count - 1);
    }

    private void Ask(SyncRange range)
    {
        var able = sources.Where(s => s.Value.Tip >= range.From
            && time.GetElapsedTime(s.Value.Rests) >= s.Value.Rest
            && ranges.Count(r => r.IsOpen && r.Peer == s.Key) < MostOfPeer).Select(s => s.Key).ToArray();
        if (able.Length == 0)
            return;
        var peer = able[Random.Shared.Next(able.Length)];
        var id = ++lastId;
        range.Ask(peer, id, time.GetTimestamp());
        if (!gossip.TrySend(
            peer, MessageClass.Sync, PeerCodec.Encode(new PeerMessage.GetBlocks(id, range.From, range.Count))))
            Fail(range);
    }

    private bool Proves(PeerMessage.Status status)
    {
        var (commit, set, trusted) = (status.Commit!, status.Set!, chain.Validators!);
        if (set.Hash == trusted.Hash)
            return certificates.VerifyCommit(commit, set, status.Height, commit.Block) == CertificateError.None;
        var trust = new TrustPeriod(
            chain.Head.Consensus.TimeMs, TrustMs, (ulong)time.GetUtcNow().ToUnixTimeMilliseconds());
        return light.Skip(status.Height, commit.Block, commit, set, trusted, trust) == LightError.None;
    }

    // The peer rests, and the range is asked of another.
    private void Fail(SyncRange range)
    {
        range.Drop();
        if (!sources.TryGetValue(range.Peer, out var source))
            return;
        source.Rest = Backoff * (1 << Math.Min(source.Failures++, LongestBackoff));
        source.Rests = time.GetTimestamp();
    }

    private bool Take(PeerId peer)
    {
        var open = ranges.Where(r => r.IsOpen && r.Peer == peer).ToList();
        open.ForEach(r => r.Drop());
        return open.Count > 0;
    }

    private sealed class Source
    {
        public ulong Tip { get; set; }

        public long Told { get; set; }

        public int Failures { get; set; }

        public TimeSpan Rest { get; set; }

        public long Rests { get; set; }
    }
}
