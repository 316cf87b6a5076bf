using System.Net;
using System.Net.Sockets;

namespace System.Tests.Processes;

/// <summary>Ports for daemons that have to be started again on the same one.</summary>
internal static class Ports
{
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
