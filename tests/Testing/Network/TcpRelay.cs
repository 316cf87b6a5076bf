using System.Net;
using System.Net.Sockets;

namespace Aitbc.Testing.Network;

/// <summary>
/// A way between two processes that can be made slow, lossy, silent or dead. It needs no rights and no kernel module:
/// who dials its port reaches the target through it.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private const int Piece = 16 << 10;

    // Bytes on their way at most, as a link holds.
    private const int MostOnTheWay = 64;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly IPEndPoint target;
    private readonly Random luck;
    private readonly Task accepting;
    private readonly Lock gate = new();
    private readonly List<RelayedConnection> connections = [];
    private RelayWeather weather = RelayWeather.Clear;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Listens at once; the target is dialled when somebody comes.</summary>
    /// <param name="target">Where it leads.</param>
    /// <param name="seed">Of jitter and stalls.</param>
    public TcpRelay(IPEndPoint target, int seed)
    {
        (this.target, luck) = (target, new Random(seed));
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Port of this machine to dial in place of the target's.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How it is with the way from now on.</summary>
    public RelayWeather Weather
    {
        get => Volatile.Read(ref weather);
        set
        {
            TaskCompletionSource before;
            RelayedConnection[] ended;
            lock (gate)
            {
                weather = value;
                before = changed;
                changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                ended = value.IsCut ? [.. connections] : [];
            }

            before.SetResult();
            Array.ForEach(ended, c => c.Dispose());
        }
    }

    /// <summary>Ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        await accepting;
        RelayedConnection[] left;
        lock (gate)
            left = [.. connections];
        foreach (var connection in left)
        {
            connection.Dispose();
            await connection.Ended;
        }

        ending.Dispose();
    }

    /// <summary>How many pieces may be on their way at once.</summary>
    internal static int Room => MostOnTheWay;

    /// <summary>Bytes of a piece at most.</summary>
    internal static int LongestPiece => Piece;

    /// <summary>When a piece that comes now arrives: after so long.</summary>
    internal TimeSpan Draw()
    {
        lock (gate)
        {
            var wait = weather.Delay + (weather.Jitter * luck.NextDouble());
            return luck.Next(100) < weather.StallPercent ? wait + weather.Stall : wait;
        }
    }

    /// <summary>Waits as long as nothing goes through.</summary>
    internal async Task ThawedAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (!weather.IsFrozen)
                    return;
                next = changed.Task;
            }

            await next.WaitAsync(cancel);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync(ending.Token);
                var connection = new RelayedConnection(this, near, target);
                lock (gate)
                {
                    if (weather.IsCut)
                    {
                        near.Dispose();
                        continue;
                    }

                    connections.Add(connection);
                }

                _ = connection.RunAsync(ending.Token).ContinueWith(
                    _ => Forget(connection), CancellationToken.None, TaskContinuationOptions.None,
                    TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay ends.
        }
    }

    private void Forget(RelayedConnection connection)
    {
        lock (gate)
            connections.Remove(connection);
    }
}
