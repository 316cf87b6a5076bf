using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Aitbc.Cli.Serve;

/// <summary>Whether a provider can open its port on this machine.</summary>
internal static class PortCheck
{
    public const string What = "port";

    /// <summary>Opens it for a moment.</summary>
    /// <param name="port">0 to 65535; 0 = any that is free.</param>
    public static Finding Look(int port)
    {
        if (port == 0)
            return new Finding(What, true, "one that is free");
        var name = port.ToString(CultureInfo.InvariantCulture);
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return new Finding(What, true, $"{name} is free");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            return new Finding(
                What, false, $"this user may not open port {name}",
                "Take one of 1024 and more: 'aitbc ai-serve --port 8008'.");
        }
        catch (SocketException)
        {
            return new Finding(
                What, false, $"another program has port {name} of this machine",
                $"'ss -ltnp sport = :{name}' (or 'lsof -i :{name}') names it; 'ai-serve --port N' takes another.");
        }
    }
}
