using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;

namespace Aitbc.Testing.Network;

/// <summary>
/// The internet between a few machines: one thread that passes IPv4 packets from interface to interface, each over the
/// road of its pair. Whatever else comes (IPv6, addresses of nobody) is dropped.
/// </summary>
public sealed class PacketRouter : IDisposable
{
    private const int LongestPacket = 1 << 16;
    private const int ShortestHeader = 20;
    private const int DestinationAt = 16;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(50);

    private readonly TunDevice[] devices;
    private readonly uint[] addresses;
    private readonly PacketRoad[,] roads;
    private readonly PriorityQueue<(int From, int To, byte[] Packet), (long Due, long Order)> onTheWay = new();
    private readonly byte[] buffer = new byte[LongestPacket];
    private readonly Thread thread;
    private volatile bool ending;
    private long order;

    /// <summary>Begins at once. The devices are its own from now on.</summary>
    /// <param name="machines">The interface of each machine and its address.</param>
    /// <param name="seed">Of all luck on the roads.</param>
    public PacketRouter(IReadOnlyList<(TunDevice Device, IPAddress Address)> machines, ulong seed)
    {
        devices = [.. machines.Select(m => m.Device)];
        addresses = [.. machines.Select(m => BinaryPrimitives.ReadUInt32BigEndian(m.Address.GetAddressBytes()))];
        roads = new PacketRoad[devices.Length, devices.Length];
        for (var from = 0; from < devices.Length; from++)
        {
            for (var to = 0; to < devices.Length; to++)
                roads[from, to] = new PacketRoad((seed << 16) | ((uint)from << 8) | (uint)to);
        }

        thread = new Thread(Run) { IsBackground = true, Name = "packets" };
        thread.Start();
    }

    /// <summary>The road from one machine to another.</summary>
    public PacketRoad Road(int from, int to) => roads[from, to];

    /// <summary>All roads between two different machines.</summary>
    public IEnumerable<(int From, int To, PacketRoad Road)> Roads =>
        from a in Enumerable.Range(0, devices.Length)
        from b in Enumerable.Range(0, devices.Length)
        where a != b
        select (a, b, roads[a, b]);

    /// <summary>Ends it and removes the interfaces.</summary>
    public void Dispose()
    {
        ending = true;
        thread.Join();
        Array.ForEach(devices, d => d.Dispose());
    }

    private void Run()
    {
        while (!ending)
        {
            var ready = TunDevice.Wait(devices, UntilNext());
            for (var from = 0; from < ready.Length; from++)
            {
                if (ready[from])
                    Take(from);
            }

            while (onTheWay.TryPeek(out var next, out var at) && at.Due <= Stopwatch.GetTimestamp())
            {
                onTheWay.Dequeue();
                roads[next.From, next.To].Leave();
                devices[next.To].Write(next.Packet);
            }
        }
    }

    private TimeSpan UntilNext()
    {
        if (!onTheWay.TryPeek(out _, out var at))
            return LongestWait;
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), at.Due);
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < LongestWait ? left : LongestWait;
    }

    private void Take(int from)
    {
        var packet = buffer.AsSpan(0, devices[from].Read(buffer));
        if (packet.Length < ShortestHeader || packet[0] >> 4 != 4)
            return;
        var to = Array.IndexOf(addresses, BinaryPrimitives.ReadUInt32BigEndian(packet[DestinationAt..]));
        if (to < 0 || to == from || roads[from, to].Enter() is not { } late)
            return;
        var due = Stopwatch.GetTimestamp() + (long)(late.TotalSeconds * Stopwatch.Frequency);
        // Those of one moment leave in the order in which they came.
        onTheWay.Enqueue((from, to, packet.ToArray()), (due, order++));
    }
}
