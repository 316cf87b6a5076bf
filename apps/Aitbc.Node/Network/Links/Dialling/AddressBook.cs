using System.Net;
using System.Net.Sockets;
using Aitbc.Node.Network.Links.Wire;

namespace Aitbc.Node.Network.Links.Dialling;

/// <summary>Addresses that others told (L6): bounded, checked, each tried less often the more it failed.</summary>
internal sealed class AddressBook(TimeProvider time, Random random)
{
    public const int Most = 256;
    private const int MostFailures = 8;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
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

    /// <summary>Takes an address in if it can be one; a peer that is known keeps the address that it had.</summary>
    /// <param name="seen">What was told.</param>
    /// <param name="teller">Where it was told from: who is local may tell of local addresses.</param>
    public bool Add(SeenAddress seen, IPAddress teller)
    {
        if (seen.Port == 0 || !IsUsable(seen.Address, teller))
            return false;
        lock (gate)
        {
            if (entries.ContainsKey(seen.Id))
                return false;
            if (entries.Count >= Most)
                entries.Remove(entries.MaxBy(e => e.Value.Failures).Key);
            entries[seen.Id] = new Entry(seen, time.GetTimestamp());
            return true;
        }
    }

    /// <summary>One that may be tried now, at random; null if there is none.</summary>
    /// <param name="isFree">False for peers that are linked, being dialled, or banned.</param>
    public SeenAddress? Choose(Func<PeerId, bool> isFree)
    {
        lock (gate)
        {
            var ready = entries.Values.Where(e => time.GetElapsedTime(e.From) >= e.Pause && isFree(e.Seen.Id)).ToList();
            if (ready.Count == 0)
                return null;
            lock (random)
                return ready[random.Next(ready.Count)].Seen;
        }
    }

    /// <summary>Nothing came of dialling it; after the eighth time it is forgotten.</summary>
    public void Failed(PeerId peer)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(peer, out var entry))
                return;
            entry.Failures++;
            entry.From = time.GetTimestamp();
            entry.Pause = FirstPause * (1 << entry.Failures);
            if (entry.Failures >= MostFailures)
                entries.Remove(peer);
        }
    }

    public void Reached(PeerId peer)
    {
        lock (gate)
        {
            if (entries.TryGetValue(peer, out var entry))
                (entry.Failures, entry.Pause) = (0, TimeSpan.Zero);
        }
    }

    /// <summary>True if an address may be dialled that was told from that one.</summary>
    public static bool IsUsable(IPAddress address, IPAddress teller)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Broadcast)
            || address.IsIPv6Multicast || address.IsIPv6LinkLocal || address.IsIPv6SiteLocal)
            return false;
        if (address.AddressFamily == AddressFamily.InterNetwork
            && address.GetAddressBytes() is [0 or >= 224, ..] or [169, 254, ..])
            return false;
        return !IsLocal(address) || IsLocal(teller);
    }

    private static bool IsLocal(IPAddress address) =>
        IPAddress.IsLoopback(address)
        || address.IsIPv6UniqueLocal
        || address.GetAddressBytes() is [10, _, _, _] or [192, 168, _, _] or [172, >= 16 and <= 31, _, _]
            or [100, >= 64 and <= 127, _, _];

    private sealed class Entry(SeenAddress seen, long from)
    {
        public SeenAddress Seen { get; } = seen;

        public int Failures { get; set; }

        public long From { get; set; } = from;

        public TimeSpan Pause { get; set; } = TimeSpan.Zero;
    }
}
