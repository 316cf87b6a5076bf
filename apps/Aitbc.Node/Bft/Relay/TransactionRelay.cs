using System.Threading.Channels;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Bft.Relay;

/// <summary>
/// Lets transactions travel: what is taken here goes to all peers, in batches; what comes goes through the pool's
/// admission like any other and is passed on only if it came from a node that is no validator, since validators all
/// hear each other. Both queues are bounded; what waits long is said again, so that a loss only delays.
/// </summary>
internal sealed class TransactionRelay(
    Chain chain, ChainFeed feed, IGossip gossip, TimeProvider time)
{
    private const int MostOutgoing = 16_384;
    private const int MostIncoming = 256;
    private const int MostRepeated = 256;

    private static readonly TimeSpan Batching = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(3);

    private readonly Channel<Transaction> outgoing = Channel.CreateBounded<Transaction>(
        new BoundedChannelOptions(MostOutgoing) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly Channel<(PeerId Peer, PeerMessage.Transactions Message)> incoming =
        Channel.CreateBounded<(PeerId, PeerMessage.Transactions)>(
            new BoundedChannelOptions(MostIncoming) { FullMode = BoundedChannelFullMode.DropWrite });

    private long repeated = time.GetTimestamp();

    /// <summary>A transaction that was taken here. Returns at once.</summary>
    public void Offer(Transaction transaction)
    {
        if (chain.Validators is not null)
            outgoing.Writer.TryWrite(transaction);
    }

    /// <summary>Transactions of a peer. Returns at once.</summary>
    public void Receive(PeerId peer, PeerMessage.Transactions message) => incoming.Writer.TryWrite((peer, message));

    /// <summary>Says again what waits too long, a few at a time: it may have been lost on the way.</summary>
    public void Tick()
    {
        if (time.GetElapsedTime(repeated) < RepeatAfter)
            return;
        repeated = time.GetTimestamp();
        foreach (var (waiting, isPending) in chain.Pool.Content(MostRepeated))
        {
            if (isPending && time.GetElapsedTime(waiting.Since) >= RepeatAfter)
                Offer(waiting.Transaction);
        }
    }

    /// <summary>Sends until it is cancelled.</summary>
    public async Task SendAsync(CancellationToken cancel)
    {
        while (await outgoing.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
        {
            // Under load a moment gathers many; a lone transaction hardly notices.
            await Task.Delay(Batching, time, cancel).ConfigureAwait(false);
            var batch = new List<byte[]>();
            var bytes = 0;
            while (batch.Count < PeerLimits.MostTransactions && bytes < PeerLimits.MostTransactionBytes
                && outgoing.Reader.TryRead(out var transaction))
            {
                batch.Add(transaction.Encode().ToArray());
                bytes += batch[^1].Length;
            }

            if (gossip.Peers.Count > 0)
            {
                gossip.Broadcast(
                    MessageClass.Transactions, PeerCodec.Encode(new PeerMessage.Transactions(batch)));
            }
        }
    }

    /// <summary>Takes what comes until it is cancelled.</summary>
    /// <param name="producer">Hears that there is work.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task ReceiveAsync(IBlockProducer producer, CancellationToken cancel)
    {
        await foreach (var (peer, message) in incoming.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            var passOn = !IsValidator(peer);
            var taken = false;
            foreach (var raw in message.Items)
                taken |= Take(raw, passOn);
            if (taken)
                producer.Signal();
        }
    }

    private bool Take(byte[] raw, bool passOn)
    {
        // Most of what comes twice is known by its hash, before anything is recovered.
        if (chain.Pool.Find(Keccak256.Hash(raw), out _) is not null
            || !TransactionCodec.TryDecode(raw, out var transaction, out _)
            || !transaction.TryRecoverSender(out var sender)
            || chain.Pool.Add(transaction, sender, chain.NextBaseFee, chain.Head.Header.GasLimit).Error is not null)
            return false;
        feed.Publish(transaction, sender);
        if (passOn)
            Offer(transaction);
        return true;
    }

    private bool IsValidator(PeerId peer)
    {
        var known = gossip.Peers.FirstOrDefault(p => p.Id == peer);
        return known is not null && chain.Validators?.IndexOf(known.ConsensusKey.Span) >= 0;
    }
}
