using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Aitbc.Host.Errors;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Devnet;

/// <summary>Which role listens where, decided and checked before anything is started.</summary>
internal static class PortPlan
{
    // Below the range that Linux, macOS and Windows take for outgoing connections, so that none slips in between.
    private const int LowestFree = 20_000;
    private const int HighestFree = 32_000;
    private const int MaxTries = 500;

    public static IReadOnlyDictionary<string, Uri> Make(DevnetOptions options)
    {
        var plan = new Dictionary<string, Uri>();
        var taken = new HashSet<int>();
        foreach (var role in RoleTable.All.Where(r => options.Roles.Contains(r.Name)))
        {
            var wanted = options.Ports.TryGetValue(role.Name, out var port)
                ? port
                : options.FreePorts ? Free(taken) : role.Port;
            if (!taken.Add(wanted) || !IsFree(wanted))
                throw StartFailures.PortInUse(role.Name, wanted, $"--{role.Name}-port");
            plan[role.Name] = new Uri($"http://127.0.0.1:{wanted}");
        }

        return plan;
    }

    private static int Free(HashSet<int> taken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var port = RandomNumberGenerator.GetInt32(LowestFree, HighestFree);
            if (!taken.Contains(port) && IsFree(port))
                return port;
        }

        throw new StartFailure(
            StartCodes.PortInUse, $"No free port was found between {LowestFree} and {HighestFree} on 127.0.0.1.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
