using System.Net;
using System.Net.Sockets;
using Aitbc.Node.Network.Links.Admission;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Network.Links;

/// <summary>Takes calls: so many at a time, and none that comes too often (L1).</summary>
internal sealed class Listener(LinkOptions options, LinkParts parts, Func<Link, Task> serve, ILogger log) : IDisposable
{
    private const int Backlog = 64;
    private readonly ConnectionGate gate = new(options.Limits, parts.Time);
    private Socket? socket;

    /// <summary>Where it listens.</summary>
    public IPEndPoint? EndPoint { get; private set; }

    /// <exception cref="NodeStartException">The port is taken, or the address is not of this machine.</exception>
    public void Open()
    {
        if (options.Listen is not { } place)
            return;
        socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // A node that starts again must not wait for its own old connections.
            if (!OperatingSystem.IsWindows())
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(place);
            socket.Listen(Backlog);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new NodeStartException(
                NodeStartException.PeersPort, $"Peers cannot be taken on {place}: {e.Message}.", e);
        }

        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (socket is not null && !stop.IsCancellationRequested)
        {
            try
            {
                var caller = await socket.AcceptAsync(stop);
                var address = ((IPEndPoint)caller.RemoteEndPoint!).Address;
                if (gate.TryEnter(address))
                    _ = GreetAsync(caller, address, stop);
                else
                    caller.Dispose();
            }
            catch (SocketException e)
            {
                // Out of descriptors, or a caller that is gone already: the next one may be better.
                log.LogWarning("a peer could not be taken: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), parts.Time, stop);
            }
        }
    }

    public void Dispose() => socket?.Dispose();

    private async Task GreetAsync(Socket caller, IPAddress address, CancellationToken stop)
    {
        Link? link = null;
        try
        {
            link = await parts.Handshake.RunAsync(caller, isDialler: false, pin: null, stop);
        }
        catch (LinkRefused refusal)
        {
            log.LogInformation("refused a peer from {Address}: {Reason}", address, refusal.Message);
            if (refusal is { IsFault: true, Peer: { } peer })
                parts.Reputation.Lower(peer, Reputation.Best, isValidator: false);
        }
        finally
        {
            gate.Leave(address);
        }

        if (link is not null)
            await serve(link);
    }
}
