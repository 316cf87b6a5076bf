using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Aitbc.Testing.Network;

/// <summary>One connection through a relay: two directions, each in order.</summary>
internal sealed class RelayedConnection(TcpRelay relay, Socket near, IPEndPoint target) : IDisposable
{
    private readonly Socket far = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => ended.Task;

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            near.NoDelay = true;
            await far.ConnectAsync(target, cancel);
            await Task.WhenAny(PassAsync(near, far, cancel), PassAsync(far, near, cancel));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody is there.
        }
        finally
        {
            Dispose();
            ended.TrySetResult();
        }
    }

    /// <summary>At once, as a process that dies: what is on its way is lost.</summary>
    public void Dispose()
    {
        near.Close(0);
        far.Close(0);
    }

    private async Task PassAsync(Socket from, Socket to, CancellationToken cancel)
    {
        var way = Channel.CreateBounded<(long At, byte[] Bytes)>(TcpRelay.Room);
        try
        {
            await Task.WhenAll(TakeAsync(from, way.Writer, cancel), GiveAsync(way.Reader, to, cancel));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone.
        }
    }

    private async Task TakeAsync(Socket from, ChannelWriter<(long At, byte[] Bytes)> way, CancellationToken cancel)
    {
        var buffer = new byte[TcpRelay.LongestPiece];
        try
        {
            int length;
            while ((length = await from.ReceiveAsync(buffer, cancel)) > 0)
            {
                var at = Environment.TickCount64 + (long)relay.Draw().TotalMilliseconds;
                await way.WriteAsync((at, buffer[..length]), cancel);
            }
        }
        finally
        {
            way.TryComplete();
        }
    }

    private async Task GiveAsync(ChannelReader<(long At, byte[] Bytes)> way, Socket to, CancellationToken cancel)
    {
        await foreach (var (at, bytes) in way.ReadAllAsync(cancel))
        {
            if (at - Environment.TickCount64 is var wait and > 0)
                await Task.Delay((int)wait, cancel);
            await relay.ThawedAsync(cancel);
            for (var sent = 0; sent < bytes.Length;)
                sent += await to.SendAsync(bytes.AsMemory(sent), cancel);
        }
    }
}
