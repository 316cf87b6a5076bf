using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Aitbc.Host.Errors;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Devnet;

/// <summary>What listens where, decided and checked before anything is started.</summary>
internal sealed class PortPlan
{
    // Below the range that Linux, macOS and Windows take for outgoing connections, so that none slips in between.
    private const int LowestFree = 20_000;
    private const int HighestFree = 32_000;
    private const int MaxTries = 500;

    // Peers are taken on 8005; the second validator's ports are 8105 and 8106, and so on.
    private const int FirstPeersPort = 8005;
    private const int BetweenValidators = 100;
    private const int RedisPort = 6379;
    private readonly DevnetOptions options;
    private readonly HashSet<int> taken = [];

    private PortPlan(DevnetOptions options) => this.options = options;

    public static NetworkPlan Make(DevnetOptions options, int validators) => new PortPlan(options).Make(validators);

    private NetworkPlan Make(int validators)
    {
        var urls = new Dictionary<string, Uri>();
        foreach (var role in RoleTable.All.Where(r => options.Roles.Contains(r.Name)))
        {
            var wanted = options.Ports.TryGetValue(role.Name, out var port)
                ? port
                : options.FreePorts ? Free() : role.Port;
            if (!taken.Add(wanted) || !IsFree(wanted))
                throw StartFailures.PortInUse(role.Name, wanted, $"--{role.Name}-port");
            urls[role.Name] = Url(wanted);
        }

        var hasNode = urls.TryGetValue(RoleTable.Node, out var node);
        List<NodePlace> nodes = hasNode ? [.. Nodes(node!, validators)] : [];
        return new NetworkPlan(
            urls, nodes, options.Redis == EmbeddedRedis.Word && nodes.Count > 1 ? Usual(RedisPort) : null);
    }

    // Nobody has to know these: where a usual one is taken, a free one does.
    private IEnumerable<NodePlace> Nodes(Uri first, int validators)
    {
        var rpc = RoleTable.Find(RoleTable.Node)!.Port;
        for (var i = 0; i < validators; i++)
        {
            var url = i == 0 ? first : Url(Usual(rpc + (i * BetweenValidators)));
            int? peers = validators > 1 && options.Redis is null
                ? Usual(FirstPeersPort + (i * BetweenValidators))
                : null;
            yield return new NodePlace(NodePlace.NameOf(i), url, peers);
        }
    }

    private int Usual(int port)
    {
        if (!options.FreePorts && IsFree(port) && taken.Add(port))
            return port;
        var free = Free();
        taken.Add(free);
        return free;
    }

    private int Free()
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

    private static Uri Url(int port) => new($"http://127.0.0.1:{port}");

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
