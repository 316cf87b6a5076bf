using System.Net;
using System.Net.Sockets;

namespace System.Tests.Coordinators;

/// <summary>
/// A plain load balancer: each connection goes to the next server that takes it, byte by byte. What was under way when
/// a server dies is cut, as with any.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly IReadOnlyList<Uri> servers;
    private readonly CancellationTokenSource ending = new();
    private readonly Task accepting;
    private int next;

    public Balancer(IReadOnlyList<Uri> servers)
    {
        this.servers = servers;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        await accepting;
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(ServeAsync(await listener.AcceptTcpClientAsync(ending.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var caller = client;
        using var server = await ConnectAsync();
        if (server is null)
            return;
        try
        {
            var (here, there) = (caller.GetStream(), server.GetStream());
            await Task.WhenAny(here.CopyToAsync(there, ending.Token), there.CopyToAsync(here, ending.Token));
        }
        catch (IOException)
        {
            // One side is gone; the other is closed.
        }
    }

    private async Task<TcpClient?> ConnectAsync()
    {
        for (var attempt = 0; attempt < servers.Count; attempt++)
        {
            var url = servers[(Interlocked.Increment(ref next) & int.MaxValue) % servers.Count];
            var server = new TcpClient();
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, url.Port, ending.Token);
                return server;
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                server.Dispose();
            }
        }

        return null;
    }
}
