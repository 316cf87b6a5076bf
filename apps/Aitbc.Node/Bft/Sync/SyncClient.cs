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
/// Catches up beside consensus, never instead of it (specs/sync.md, section 3): asks one peer at a time for the blocks
/// right after the newest, out of those whose status proves that they have them. What one peer claims is never a goal
/// for others: a lie costs its teller's turn only.
/// </summary>
internal sealed class SyncClient(
    Chain chain, IGossip gossip, CertificateVerifier certificates, TimeProvider time,
    Func<CertifiedBlock, ulong, ImportVerdict> import)
{
    /// <summary>How long a validator set is trusted for steps over several heights: as evidence counts.</summary>
    private const ulong TrustMs = 7UL * 24 * 3600 * 1000;

    private const int MostPeers = 256;
    private const int LongestBackoff = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    // One block behind is where everybody is while a block is decided.
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(400);

    private readonly LightVerifier light = new(certificates);
    private readonly Dictionary<PeerId, Source> sources = [];
    private Request? open;
    private ulong lastId;
    private long advanced = time.GetTimestamp();

    /// <summary>The highest tip that a peer has proven; 0 if none.</summary>
    public ulong BestTip => sources.Count == 0 ? 0 : sources.Values.Max(s => s.Tip);

    /// <summary>What was asked of a peer that is gone is asked of another at once.</summary>
    public void OnDisconnected(PeerId peer)
    {
        sources.Remove(peer);
        if (open?.Peer != peer)
            return;
        open = null;
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
        if (open is not { } request || request.Peer != peer || request.Id != blocks.Id)
        {
            // One that comes too late is no offence; nothing of it is looked at.
            if (blocks.Id > lastId || blocks.Id == 0)
                gossip.Misbehaved(peer, "It sent blocks that nobody asked for.");
            return;
        }

        open = null;
        if (blocks.Items.Count > request.Count)
        {
            gossip.Misbehaved(peer, "It sent more blocks than it was asked for.");
            Fail(peer);
            return;
        }

        var height = request.From;
        foreach (var block in blocks.Items)
        {
            var verdict = import(block, height++);
            if (verdict == ImportVerdict.Final)
                continue;
            if (verdict == ImportVerdict.Bad)
                gossip.Misbehaved(peer, "It sent a block that is not the one that was decided.");
            Fail(peer);
            Ask();
            return;
        }

        if (blocks.Items.Count == 0)
            Fail(peer);
        else if (sources.TryGetValue(peer, out var source))
            source.Failures = 0;
        Ask();
    }

    public void Tick()
    {
        if (open is { } request && time.GetElapsedTime(request.Sent) > Patience)
        {
            open = null;
            Fail(request.Peer);
        }

        Ask();
    }

    private void Ask()
    {
        var head = chain.Head.Header.Number;
        if (open is not null)
            return;
        var needed = time.GetElapsedTime(advanced) >= Stall ? head + 1 : head + 2;
        var able = sources.Where(s => s.Value.Tip >= needed && time.GetElapsedTime(s.Value.Rests) >= s.Value.Rest)
            .Select(s => s.Key).ToArray();
        if (able.Length == 0)
            return;
        var peer = able[Random.Shared.Next(able.Length)];
        var count = (int)Math.Min(PeerLimits.MostBlocks, sources[peer].Tip - head);
        var id = ++lastId;
        if (gossip.TrySend(
            peer, MessageClass.Sync, PeerCodec.Encode(new PeerMessage.GetBlocks(id, head + 1, count))))
            open = new Request(id, peer, head + 1, count, time.GetTimestamp());
        else
            Fail(peer);
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

    private void Fail(PeerId peer)
    {
        if (!sources.TryGetValue(peer, out var source))
            return;
        source.Rest = Backoff * (1 << Math.Min(source.Failures++, LongestBackoff));
        source.Rests = time.GetTimestamp();
    }

    private sealed record Request(ulong Id, PeerId Peer, ulong From, int Count, long Sent);

    private sealed class Source
    {
        public ulong Tip { get; set; }

        public long Told { get; set; }

        public int Failures { get; set; }

        public TimeSpan Rest { get; set; }

        public long Rests { get; set; }
    }
}
