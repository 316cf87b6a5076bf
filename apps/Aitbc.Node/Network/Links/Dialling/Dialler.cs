using System.Net.Sockets;
using Aitbc.Node.Network.Links.Wire;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Network.Links.Dialling;

/// <summary>Calls peers: those of the configuration for ever, those that others told while places are free.</summary>
internal sealed class Dialler(
    LinkOptions options, LinkParts parts, Func<Link, Task> serve, Random random, ILogger log)
{
    private readonly LinkLimits limits = options.Limits;
    private readonly HashSet<PeerId> dialling = [];
    private readonly Lock gate = new();

    /// <summary>Dials one peer of the configuration until the end.</summary>
    public async Task KeepAsync(PeerAddress target, CancellationToken stop)
    {
        var backoff = new Backoff(limits.FirstBackoff, limits.LastBackoff, random);
        var known = target.Pin;
        string? lastRefusal = null;
        while (!stop.IsCancellationRequested)
        {
            var changed = parts.Table.Changed;
            if (known is { } linked && parts.Table.Find(linked) is not null)
            {
                await changed.WaitAsync(stop);
                continue;
            }

            try
            {
                if (known is { } peer && parts.Reputation.IsBanned(peer))
                    throw new LinkRefused("it is banned");
                var link = await DialAsync(target.Host, target.Port, target.Pin, stop);
                known = link.Peer;
                lastRefusal = null;
                await serve(link);
                if (parts.Time.GetElapsedTime(link.Began) >= limits.Settled)
                    backoff.Reset();
            }
            catch (LinkRefused refusal)
            {
                known ??= refusal.Peer;
                // A peer that is down for long is said once.
                if (refusal.Message != lastRefusal)
                    log.LogInformation("no link to {Target}: {Reason}", target, refusal.Message);
                lastRefusal = refusal.Message;
            }

            await Task.Delay(backoff.Next(), parts.Time, stop);
        }
    }

    /// <summary>Dials an address that was told, if a place is free; returns at once.</summary>
    public void Fill(AddressBook book, CancellationToken stop)
    {
        SeenAddress? seen;
        lock (gate)
        {
            var held = parts.Table.All.Count(l => !l.Party.IsInbound);
            if (held + dialling.Count >= limits.WantedOutbound + options.Peers.Count)
                return;
            seen = book.Choose(IsFree);
            if (seen is null)
                return;
            dialling.Add(seen.Id);
        }

        _ = TryAsync(book, seen, stop);
    }

    private bool IsFree(PeerId peer) =>
        peer != parts.Own
        && !dialling.Contains(peer)
        && parts.Table.Find(peer) is null
        && !parts.Reputation.IsBanned(peer);

    private async Task TryAsync(AddressBook book, SeenAddress seen, CancellationToken stop)
    {
        Link? link = null;
        try
        {
            link = await DialAsync(seen.Address.ToString(), seen.Port, seen.Id, stop);
            book.Reached(seen.Id);
        }
        catch (Exception e) when (e is LinkRefused or OperationCanceledException)
        {
            book.Failed(seen.Id);
        }
        finally
        {
            lock (gate)
                dialling.Remove(seen.Id);
        }

        if (link is not null)
            await serve(link);
    }

    private async Task<Link> DialAsync(string host, int port, PeerId? pin, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var late = new CancellationTokenSource(limits.HandshakeTime, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            await socket.ConnectAsync(host, port, either.Token);
        }
        catch (Exception e)
            when (e is SocketException || (e is OperationCanceledException && late.IsCancellationRequested))
        {
            socket.Dispose();
            throw new LinkRefused(e is SocketException ? e.Message : "it does not answer", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return await parts.Handshake.RunAsync(socket, isDialler: true, pin, stop);
    }
}
