using System.Net;
using Aitbc.Node.Network.Links.Admission;
using Aitbc.Node.Network.Links.Dialling;
using Aitbc.Node.Network.Links.Identity;
using Aitbc.Node.Network.Links.Wire;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Network.Links;

/// <summary>Gossip over links of this node's own, each proven and bounded (specs/p2p.md, sections 1 to 7).</summary>
internal sealed class DirectLinks : IGossip, IAsyncDisposable
{
    private readonly LinkOptions options;
    private readonly LinkParts parts;
    private readonly Listener listener;
    private readonly Dialler dialler;
    private readonly AddressBook book;
    private readonly PeerExchange exchange;
    private readonly LinkIdentity identity;
    private readonly ILogger log;
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> running = [];
    private IGossipReceiver? receiver;

    /// <param name="options">Where to listen, whom to dial, the bounds.</param>
    /// <param name="identity">Who this node is.</param>
    /// <param name="validators">The set of the next block; called about once a second.</param>
    /// <param name="random">Spreads the dialling.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">For the operator.</param>
    public DirectLinks(
        LinkOptions options,
        LinkIdentity identity,
        Func<IReadOnlyList<RollEntry>> validators,
        Random random,
        TimeProvider time,
        ILogger<DirectLinks> log)
    {
        this.options = options;
        this.identity = identity;
        this.log = log;
        var roll = new ValidatorRoll(validators);
        parts = new LinkParts(
            identity.Id,
            new Handshake(identity, roll, options, time),
            new PeerTable(identity.Id, roll, options.Limits, time),
            new Reputation(time),
            roll,
            time);
        listener = new Listener(options, parts, ServeAsync, log);
        dialler = new Dialler(options, parts, ServeAsync, random, log);
        book = new AddressBook(time, random);
        exchange = new PeerExchange(book, parts.Table, roll, options.Limits, time);
    }

    /// <summary>Where it listens once it has started; null if it does not.</summary>
    public IPEndPoint? EndPoint => listener.EndPoint;

    public IReadOnlyList<PeerInfo> Peers => [.. parts.Table.All.Select(l => l.Info)];

    /// <summary>Addresses that others told.</summary>
    public int KnownAddresses => book.Count;

    private bool IsValidator => parts.Roll.IsValidator(identity.ConsensusKey);

    /// <exception cref="NodeStartException">It cannot listen there.</exception>
    public void Start(IGossipReceiver receiver)
    {
        if (Interlocked.CompareExchange(ref this.receiver, receiver, null) is not null)
            throw new InvalidOperationException("Links are started once.");
        parts.Roll.Refresh();
        listener.Open();
        parts.Handshake.ListenPort = (ushort)(EndPoint?.Port ?? 0);
        log.LogInformation("peers: this node is {Id}, listens on {EndPoint}", identity.Id, EndPoint);
        running.Add(Guard(listener.RunAsync(stop.Token)));
        running.AddRange(options.Peers.Select(p => Guard(dialler.KeepAsync(p, stop.Token))));
        running.Add(Guard(LookAsync()));
    }

    public void Broadcast(MessageClass lane, ReadOnlyMemory<byte> message)
    {
        Check(lane, message);
        foreach (var link in parts.Table.All)
            link.Send((byte)lane, message);
    }

    public bool TrySend(PeerId peer, MessageClass lane, ReadOnlyMemory<byte> message)
    {
        Check(lane, message);
        return parts.Table.Find(peer)?.Send((byte)lane, message) == true;
    }

    public void Misbehaved(PeerId peer, string what) => Lower(peer, Reputation.Fault, what);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        var links = parts.Table.All;
        foreach (var link in links)
            link.Cut("this node stops");
        await Task.WhenAll(running);
        await Task.WhenAll(links.Select(l => l.Gone));
    }

    private static void Check(MessageClass lane, ReadOnlyMemory<byte> message)
    {
        if (lane is < MessageClass.Consensus or > MessageClass.Transactions)
            throw new ArgumentOutOfRangeException(nameof(lane));
        if (message.Length > GossipLimits.MaxMessage)
            throw new ArgumentException($"A message has at most {GossipLimits.MaxMessage} bytes.", nameof(message));
    }

    // From the end of the handshake to the end of the link.
    private async Task ServeAsync(Link link)
    {
        await using var held = link;
        var refusal = parts.Reputation.IsBanned(link.Peer) ? "it is banned" : null;
        Link? replaced = null;
        refusal ??= stop.IsCancellationRequested ? "this node stops" : parts.Table.Admit(link, out replaced);
        if (refusal is not null)
        {
            log.LogInformation("no link with {Peer}: {Reason}", link.Peer, refusal);
            return;
        }

        if (replaced is not null)
        {
            replaced.Cut("a newer link takes its place");
            await replaced.Gone;
        }

        try
        {
            var side = link.Party.IsInbound ? "from" : "to";
            log.LogInformation("linked with {Peer} ({Side} {Remote})", link.Peer, side, link.Party.Remote);
            receiver!.OnConnected(link.Peer);
            if (stop.IsCancellationRequested)
                link.Cut("this node stops");
            await link.RunAsync(frame => Take(link, frame));
        }
        catch (LinkFault fault)
        {
            Lower(link.Peer, Reputation.Best, fault.Message);
        }
        catch (Exception e)
        {
            log.LogError(e, "the link with {Peer} failed", link.Peer); // a defect: it must not end the others
        }
        finally
        {
            parts.Table.Remove(link);
            log.LogInformation("no longer linked with {Peer}: {Reason}", link.Peer, link.Ending);
            receiver!.OnDisconnected(link.Peer);
            link.SetGone();
        }
    }

    private void Take(Link link, Frame frame)
    {
        if (frame.Class != Frame.Control)
        {
            receiver!.OnMessage(link.Peer, (MessageClass)frame.Class, frame.Payload);
            return;
        }

        var payload = frame.Payload.Span;
        var isFine = payload switch
        {
            [(byte)ControlKind.Ping] => Pong(link),
            [(byte)ControlKind.Pong] => true,
            [(byte)ControlKind.AddressesWanted] => exchange.Answer(link),
            [(byte)ControlKind.Addresses, .. var list] => exchange.Learn(link, list),
            _ => throw new LinkFault("a control message that is none"),
        };
        if (!isFine)
            Lower(link.Peer, Reputation.Fault, "it asks or tells addresses too often");
    }

    private static bool Pong(Link link)
    {
        link.SendControl(ControlKind.Pong);
        return true;
    }

    private void Lower(PeerId peer, int cost, string what)
    {
        var link = parts.Table.Find(peer);
        var isValidator = link is not null && parts.Roll.IsValidator(link.Party.ConsensusKey);
        log.LogWarning("{Peer} is at fault: {What}", peer, what);
        if (parts.Reputation.Lower(peer, cost, isValidator))
            link?.Cut("it is banned");
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(options.Limits.Round, parts.Time);
        while (await timer.WaitForNextTickAsync(stop.Token))
        {
            parts.Roll.Refresh();
            var asks = !IsValidator;
            foreach (var link in parts.Table.All)
            {
                link.Look(options.Limits);
                if (parts.Roll.Contradiction(link.Peer, link.Party.ConsensusKey) is { } contradiction)
                    link.Cut(contradiction);
                if (asks)
                    exchange.Ask(link);
            }

            if (asks)
                dialler.Fill(book, stop.Token);
        }
    }

    // What runs beside must not end unseen.
    private async Task Guard(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end.
        }
        catch (Exception e)
        {
            log.LogError(e, "the links to peers are broken");
        }
    }
}
