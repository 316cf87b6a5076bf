namespace Aitbc.Node.Network.Links.Admission;

/// <summary>Scores and bans of peers, by their key (specs/p2p.md, section 7). One lock, no input or output.</summary>
internal sealed class Reputation(TimeProvider time)
{
    public const int Fault = 20;
    public const int Best = 100;
    public const int Most = 1_024;
    private static readonly TimeSpan FirstBan = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestBan = TimeSpan.FromDays(1);
    private static readonly TimeSpan ValidatorBan = TimeSpan.FromSeconds(30);
    private readonly Dictionary<PeerId, Entry> entries = [];
    private readonly Lock gate = new();

    public int Count
    {
        get
        {
            lock (gate)
                return entries.Count;
        }
    }

    /// <summary>Takes from a peer's score.</summary>
    /// <returns>True if it is banned now.</returns>
    public bool Lower(PeerId peer, int cost, bool isValidator)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (!entries.TryGetValue(peer, out var entry))
            {
                MakeRoom(now);
                entries[peer] = entry = new Entry { Score = Best, Seen = now };
            }

            entry.Score = entry.ScoreAt(now) - cost;
            entry.Seen = now;
            if (entry.Score > 0)
                return false;
            var length = isValidator ? ValidatorBan : FirstBan * (1 << Math.Min(entry.Bans, 8));
            entry.Bans++;
            entry.Until = now + (length < LongestBan ? length : LongestBan);
            entry.Score = Best;
            return true;
        }
    }

    public bool IsBanned(PeerId peer)
    {
        lock (gate)
            return entries.TryGetValue(peer, out var entry) && entry.Until > time.GetUtcNow();
    }

    // S3: what is lost is what matters least.
    private void MakeRoom(DateTimeOffset now)
    {
        if (entries.Count < Most)
            return;
        var least = entries.MinBy(e => (e.Value.Until > now ? e.Value.Until : default, Best - e.Value.ScoreAt(now)));
        entries.Remove(least.Key);
    }

    private sealed class Entry
    {
        public int Score { get; set; }

        public int Bans { get; set; }

        public DateTimeOffset Seen { get; set; }

        public DateTimeOffset Until { get; set; }

        public int ScoreAt(DateTimeOffset now) => (int)Math.Min(Best, Score + (long)(now - Seen).TotalMinutes);
    }
}
