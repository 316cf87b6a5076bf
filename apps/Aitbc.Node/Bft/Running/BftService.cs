using Aitbc.Node.Bft.Durable;
using Aitbc.Node.Bft.Relay;
using Aitbc.Node.Bft.Sync;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Diagnostics;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;
using Aitbc.Node.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Bft.Running;

/// <summary>
/// Runs a node of a chain with a validator set: sorts what peers send into bounded queues, and gives consensus a thread
/// of its own. A node whose key is not in the set follows. When a write fails or an invariant breaks, it stops.
/// </summary>
internal sealed partial class BftService(
    Chain chain, ChainFeed feed, NodeOptions options, IGossip gossip, TransactionRelay relay, NodeGauges gauges,
    TimeProvider time, IHostApplicationLifetime life, ILogger<BftService> log)
    : BackgroundService, IBlockProducer, IGossipReceiver
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(50);

    private readonly Mailbox mailbox = new();
    private readonly BodyFiles bodies = new(BftActor.FolderOf(options));
    private readonly BlockServer server = new(chain, gossip, new BodyFiles(BftActor.FolderOf(options)));
    private BftActor? actor;
    private ITimer? ticks;

    /// <summary>Where consensus stands; null before the start.</summary>
    public Standing? Standing => Volatile.Read(ref actor)?.Standing;

    /// <summary>Height of the chain when the process started.</summary>
    public ulong StartedAt { get; } = chain.Head.Header.Number;

    public void Signal() => mailbox.Post(new RunnerItem.Work());

    public void OnConnected(PeerId peer) => mailbox.Post(new RunnerItem.Connected(peer));

    public void OnDisconnected(PeerId peer) => mailbox.Post(new RunnerItem.Disconnected(peer));

    public void OnMessage(PeerId from, MessageClass lane, ReadOnlyMemory<byte> message)
    {
        if (!PeerCodec.TryDecode(message, out var decoded) || LaneOf(decoded) != lane)
        {
            gossip.Misbehaved(from, "It sent a message that cannot be read.");
            return;
        }

        switch (decoded)
        {
            case PeerMessage.GetBlocks or PeerMessage.GetBody or PeerMessage.GetLight or PeerMessage.GetState:
                server.Offer(from, decoded);
                break;
            case PeerMessage.Light or PeerMessage.State:
                // A node asks for these only before it has a chain: it is an answer that came too late.
                break;
            case PeerMessage.Transactions transactions:
                relay.Receive(from, transactions);
                break;
            default:
                mailbox.TryPost(new RunnerItem.FromPeer(from, decoded, message.Length), lane);
                break;
        }
    }

    /// <exception cref="NodeStartException">Guard or log are damaged.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(BftActor.FolderOf(options));
        Volatile.Write(ref actor, new BftActor(
            chain, feed, options, gossip, relay, bodies, mailbox, gauges, time, log));
        // Here, so that a place that cannot be listened on ends the start.
        gossip.Start(this);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        ticks?.Dispose();
        actor?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        ticks = time.CreateTimer(_ => mailbox.Post(new RunnerItem.Tick()), null, TickEvery, TickEvery);
        await Task.WhenAll(
            OwnThread.RunAsync("consensus", () => Run(stoppingToken)),
            UntilStopped(server.RunAsync, stoppingToken),
            UntilStopped(relay.SendAsync, stoppingToken),
            UntilStopped(cancel => relay.ReceiveAsync(this, cancel), stoppingToken)).ConfigureAwait(false);
    }

    private static MessageClass LaneOf(PeerMessage message) => message switch
    {
        PeerMessage.Bft or PeerMessage.Part or PeerMessage.GetBody => MessageClass.Consensus,
        PeerMessage.Transactions => MessageClass.Transactions,
        _ => MessageClass.Sync,
    };

    private async Task UntilStopped(Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        // Not on the caller's thread: the host waits for the first step of what it starts.
        await Task.Yield();
        try
        {
            await work(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Run(CancellationToken cancel)
    {
        try
        {
            actor!.Start();
            while (true)
                actor.Process(mailbox.Take(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    // A broken invariant or a failing disk: nothing more is signed, and the process ends with the reason.
    private void Fail(Exception e)
    {
        if (FullDisk.Caused(e))
            OutOfSpace(log, FullDisk.Say(options.DataDirectory));
        else
            Stopped(log, e);
        Environment.ExitCode = 1;
        life.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Consensus stopped. {Why}")]
    private static partial void OutOfSpace(ILogger logger, string why);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Consensus stopped.")]
    private static partial void Stopped(ILogger logger, Exception exception);
}
