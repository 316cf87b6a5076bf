namespace Aitbc.Node.Network.Links;

/// <summary>Bounds of direct links (specs/p2p.md); tests make some of them small.</summary>
internal sealed record LinkLimits
{
    /// <summary>Handshakes at a time (L1).</summary>
    public int MaxHandshakes { get; init; } = 32;

    /// <summary>Of them from one address (L1).</summary>
    public int MaxHandshakesPerAddress { get; init; } = 8;

    /// <summary>New connections of one address at once (L1).</summary>
    public int ConnectionBurst { get; init; } = 32;

    /// <summary>And in a second after that (L1).</summary>
    public int ConnectionRate { get; init; } = 4;

    /// <summary>Peers that are no validators and called us (L2).</summary>
    public int MaxInbound { get; init; } = 64;

    /// <summary>Of them from one address (L2).</summary>
    public int MaxInboundPerAddress { get; init; } = 8;

    /// <summary>Links to addresses that others told (L4).</summary>
    public int WantedOutbound { get; init; } = 8;

    /// <summary>TLS and handshake together (H5).</summary>
    public TimeSpan HandshakeTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which a peer is pinged (F2).</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time without a whole frame after which it is cut (F2).</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time that a write may take (F3).</summary>
    public TimeSpan WriteTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Age up to which two links count as dialled at once (H6), and that of a good one (L3).</summary>
    public TimeSpan Settled { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First wait before a peer is dialled again (L3).</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait (L3).</summary>
    public TimeSpan LastBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often silence, bans and changes of the set are looked at.</summary>
    public TimeSpan Round { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause between two times of asking a peer for addresses (L4).</summary>
    public TimeSpan AskPause { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bounds of the queue of each class, by its number; control is 0 (section 5).</summary>
    public IReadOnlyList<QueueBound> Queues { get; init; } =
    [
        new(64, 256 << 10),
        new(4_096, 32 << 20),
        new(256, 32 << 20),
        new(4_096, 8 << 20),
    ];
}

/// <summary>Bound of a queue.</summary>
/// <param name="Messages">How many.</param>
/// <param name="Bytes">All of them together; a queue that is empty takes a longer message (Q4).</param>
internal sealed record QueueBound(int Messages, int Bytes);
