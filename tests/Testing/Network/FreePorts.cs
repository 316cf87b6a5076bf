using System.Net;
using System.Net.Sockets;

namespace Aitbc.Testing.Network;

/// <summary>Ports of loopback that nobody has in this moment.</summary>
public static class FreePorts
{
    /// <summary>So many different ones.</summary>
    public static int[] Take(int count)
    {
        // All at once, so that none comes twice.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        listeners.ForEach(l => l.Dispose());
        return ports;
    }
}
