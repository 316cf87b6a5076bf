using Aitbc.Ledger.State;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Network;
using Aitbc.Primitives;
using Aitbc.Sdk.Light;

namespace Aitbc.Node.Bft.Snapshots;

/// <summary>
/// Asks peers one question at a time while there is no chain here. Who asks this node meanwhile hears that it has
/// nothing.
/// </summary>
internal sealed class PeerQuestions(IGossip gossip, TimeProvider time) : IGossipReceiver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private ulong lastId;
    private Question? open;

    /// <summary>Puts a question to a peer; null if no answer comes in time.</summary>
    public async Task<T?> AskAsync<T>(PeerId peer, Func<ulong, PeerMessage> question, CancellationToken cancel)
        where T : PeerMessage
    {
        var answer = new TaskCompletionSource<PeerMessage?>(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong id;
        lock (gate)
        {
            id = ++lastId;
            open = new Question(id, peer, typeof(T), answer);
        }

        if (!gossip.TrySend(peer, MessageClass.Sync, PeerCodec.Encode(question(id))))
            return null;
        try
        {
            return (T?)await answer.Task.WaitAsync(Patience, time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public void OnMessage(PeerId from, MessageClass lane, ReadOnlyMemory<byte> message)
    {
        // What is for consensus has no meaning here, and is not looked at.
        if (lane != MessageClass.Sync)
            return;
        if (!PeerCodec.TryDecode(message, out var decoded))
        {
            gossip.Misbehaved(from, "It sent a message that cannot be read.");
            Answer(from, null);
            return;
        }

        var nothing = decoded switch
        {
            PeerMessage.GetLight get => new PeerMessage.Light(get.Id, null),
            PeerMessage.GetState get => new PeerMessage.State(get.Id, []),
            PeerMessage.GetBlocks get => (PeerMessage)new PeerMessage.Blocks(get.Id, []),
            _ => null,
        };
        if (nothing is null)
            Answer(from, decoded);
        else
            gossip.TrySend(from, MessageClass.Sync, PeerCodec.Encode(nothing));
    }

    public void OnConnected(PeerId peer)
    {
        // Who is there is asked of the gossip.
    }

    public void OnDisconnected(PeerId peer) => Answer(peer, null);

    private static ulong IdOf(PeerMessage message) => message switch
    {
        PeerMessage.Light light => light.Id,
        PeerMessage.State state => state.Id,
        PeerMessage.Blocks blocks => blocks.Id,
        _ => 0,
    };

    // Null: it will not come.
    private void Answer(PeerId peer, PeerMessage? message)
    {
        Question? question;
        lock (gate)
        {
            question = open;
            if (question is null || question.Peer != peer
                || (message is not null && (message.GetType() != question.Wanted || IdOf(message) != question.Id)))
                return;
            open = null;
        }

        question.Answer.TrySetResult(message);
    }

    private sealed record Question(ulong Id, PeerId Peer, Type Wanted, TaskCompletionSource<PeerMessage?> Answer);
}

/// <summary>One peer as what a light client asks.</summary>
internal sealed class PeerLightSource(PeerQuestions questions, PeerId peer) : ILightSource
{
    /// <summary>True if it has said that it has no block at all.</summary>
    public bool HasNothing { get; private set; }

    public async Task<LightBlock?> BlockAsync(ulong? height, CancellationToken cancel)
    {
        var answer = await questions.AskAsync<PeerMessage.Light>(
            peer, id => new PeerMessage.GetLight(id, height ?? 0), cancel).ConfigureAwait(false);
        HasNothing |= height is null && answer is { Block: null };
        return answer?.Block;
    }

    public Task<AccountProof> ProveAsync(
        Address account, IReadOnlyList<Hash256> slots, ulong height, CancellationToken cancel) =>
        throw new NotSupportedException("Peers give headers only.");

    public Task<ReceiptProof?> ReceiptAsync(Hash256 transaction, CancellationToken cancel) =>
        throw new NotSupportedException("Peers give headers only.");
}
