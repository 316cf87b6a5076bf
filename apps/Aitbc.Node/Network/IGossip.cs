namespace Aitbc.Node.Network;

/// <summary>
/// How nodes hear of each other, whatever carries it: direct links, Redis, or memory in tests (specs/p2p.md). Messages
/// may be lost, doubled or late; who needs one asks again.
/// </summary>
internal interface IGossip
{
    /// <summary>Peers that are connected now. A broadcast medium names those it has heard lately.</summary>
    IReadOnlyList<PeerInfo> Peers { get; }

    /// <summary>Begins to deliver; once, before anything is sent.</summary>
    void Start(IGossipReceiver receiver);

    /// <summary>Puts a message into the queue of every peer. Returns at once; a full queue loses the message.</summary>
    /// <param name="lane">Its class.</param>
    /// <param name="message">At most <see cref="GossipLimits.MaxMessage"/> bytes; must not change afterwards.</param>
    void Broadcast(MessageClass lane, ReadOnlyMemory<byte> message);

    /// <summary>Puts a message into the queue of one peer.</summary>
    /// <returns>False if it is not connected or its queue is full.</returns>
    bool TrySend(PeerId peer, MessageClass lane, ReadOnlyMemory<byte> message);

    /// <summary>A peer sent what no honest one sends: its score falls; at the bottom it is cut and banned.</summary>
    /// <param name="peer">Who.</param>
    /// <param name="what">For the log: one sentence without data of the peer.</param>
    void Misbehaved(PeerId peer, string what);
}

/// <summary>Takes what peers send. Called on threads of the network: must return at once.</summary>
internal interface IGossipReceiver
{
    /// <summary>A message, nothing of it believed.</summary>
    void OnMessage(PeerId from, MessageClass lane, ReadOnlyMemory<byte> message);

    /// <summary>A peer has come.</summary>
    void OnConnected(PeerId peer);

    /// <summary>A peer has gone.</summary>
    void OnDisconnected(PeerId peer);
}
