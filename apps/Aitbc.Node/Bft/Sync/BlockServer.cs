using System.Threading.Channels;
using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Node.Bft.Durable;
using Aitbc.Node.Bft.Snapshots;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;
using Aitbc.Primitives;

namespace Aitbc.Node.Bft.Sync;

/// <summary>
/// Answers peers that ask for blocks and bodies, on a task of its own so that nobody's catching up slows consensus. The
/// queue is bounded; what does not fit is asked for again.
/// </summary>
internal sealed class BlockServer(Chain chain, IGossip gossip, BodyFiles bodies)
{
    private const int MostWaiting = 256;

    private readonly SnapshotSource snapshots = new(chain);
    private readonly Channel<(PeerId Peer, PeerMessage Question)> questions =
        Channel.CreateBounded<(PeerId, PeerMessage)>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Offer(PeerId peer, PeerMessage question) => questions.Writer.TryWrite((peer, question));

    public async Task RunAsync(CancellationToken cancel)
    {
        await foreach (var (peer, question) in questions.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            switch (question)
            {
                case PeerMessage.GetBlocks blocks:
                    Answer(peer, blocks);
                    break;
                case PeerMessage.GetBody body:
                    Answer(peer, body);
                    break;
                case PeerMessage.GetLight light:
                    Send(peer, new PeerMessage.Light(light.Id, snapshots.Light(light.Height)));
                    break;
                case PeerMessage.GetState state:
                    Send(peer, new PeerMessage.State(state.Id, snapshots.State(state.Height, state.From)));
                    break;
            }
        }
    }

    private void Answer(PeerId peer, PeerMessage.GetBlocks question)
    {
        var items = new List<CertifiedBlock>();
        var bytes = 0;
        var tip = chain.Head.Header.Number;
        for (var height = question.From; items.Count < question.Count && height <= tip && height > 0; height++)
        {
            if (chain.Store.BlockBytes(height) is not { } body
                || chain.Store.CertificateBytes(height) is not { } certificate)
                break;
            bytes += body.Length + certificate.Length;
            if (items.Count > 0 && bytes > PeerLimits.MostBlockBytes)
                break;
            items.Add(new CertifiedBlock(body, certificate));
        }

        Send(peer, new PeerMessage.Blocks(question.Id, items));
    }

    private void Send(PeerId peer, PeerMessage answer) =>
        gossip.TrySend(peer, MessageClass.Sync, PeerCodec.Encode(answer));

    private void Answer(PeerId peer, PeerMessage.GetBody question)
    {
        if (Find(question.Height, question.Block) is not { } body)
            return;
        var info = BlockParts.Describe(question.Block, body);
        foreach (var part in BlockParts.Split(body))
        {
            gossip.TrySend(
                peer, MessageClass.Consensus,
                PeerCodec.Encode(new PeerMessage.Part(question.Height, info, part)));
        }
    }

    private byte[]? Find(ulong height, Hash256 block)
    {
        if (chain.Store.HeightOf(block) is { } final)
            return final == height && height > 0 ? chain.Store.BlockBytes(height) : null;
        try
        {
            return bodies.Find(height, block);
        }
        catch (IOException)
        {
            // Decided and removed in this moment.
            return null;
        }
    }
}
