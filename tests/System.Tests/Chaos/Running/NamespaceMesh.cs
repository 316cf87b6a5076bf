using System.Globalization;
using System.Net;
using System.Tests.Processes;
using Aitbc.Node;
using Aitbc.Testing.Network;

namespace System.Tests.Chaos.Running;

/// <summary>
/// Machines of their own, as far as the network goes: a network namespace for each validator, with one interface whose
/// packets a router of the tests takes, delays, loses and passes on (docs/adr/0017-packets-through-the-tests.md).
/// </summary>
internal sealed class NamespaceMesh : IDisposable
{
    private const string Folder = "/run/netns";
    private const string Prefix = "aitbc-t";
    private const int Port = 8545;
    private const int P2pPort = 8005;
    private const ulong Seed = 20_261_128;
    private readonly PacketRouter router;

    private NamespaceMesh(PacketRouter router) => this.router = router;

    public IEnumerable<PacketRoad> Roads => router.Roads.Select(r => r.Road);

    /// <summary>Builds it; else why not.</summary>
    public static (NamespaceMesh? Mesh, string Reason) TryBuild()
    {
        RemoveStale();
        var devices = new List<(TunDevice, IPAddress)>();
        try
        {
            for (var i = 0; i < ChaosNetwork.Count; i++)
                devices.Add((Build(i), AddressOf(i)));
            return (new NamespaceMesh(new PacketRouter(devices, Seed)), "");
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            devices.ForEach(d => d.Item1.Dispose());
            RemoveOwn();
            return (null, $"No network namespaces with interfaces can be made here ({e.Message}).");
        }
    }

    /// <summary>The namespace of one.</summary>
    public static string NameOf(int index) => $"{Prefix}{Environment.ProcessId}-{index}";

    public static IPAddress AddressOf(int index) => new([10, 99, 0, (byte)(10 + index)]);

    public PacketRoad Road(int from, int to) => router.Road(from, to);

    public IReadOnlyList<ValidatorPlace> Wire(IReadOnlyList<NodeKeys> keys) =>
        [.. keys.Select((_, i) => new ValidatorPlace(
            new Uri($"http://127.0.0.1:{Port}"),
            $"{AddressOf(i)}:{P2pPort}",
            [.. keys.Select((k, j) => $"{AddressOf(j)}:{P2pPort}#{k.TransportKeyHash}").Where((_, j) => j != i)],
            Before: ["ip", "netns", "exec", NameOf(i)],
            Dial: () => NamespaceDoor.Connect(NameOf(i), new IPEndPoint(IPAddress.Loopback, Port))))];

    /// <summary>The same for every road.</summary>
    public void Everywhere(PacketWeather weather)
    {
        foreach (var (_, _, road) in router.Roads)
            road.Weather = weather;
    }

    /// <summary>For every road that leaves a group or leads into it.</summary>
    public void Around(IReadOnlyList<int> group, PacketWeather weather)
    {
        foreach (var (from, to, road) in router.Roads.Where(r => group.Contains(r.From) != group.Contains(r.To)))
            road.Weather = weather;
    }

    public void Dispose()
    {
        // The interfaces go with the router.
        router.Dispose();
        RemoveOwn();
    }

    private static TunDevice Build(int index)
    {
        var name = NameOf(index);
        // Only for the moment until it is moved is this a name of this machine's network.
        var interfaceName = $"ab{Environment.ProcessId}-{index}";
        var device = TunDevice.Open(interfaceName);
        try
        {
            Shell.Do($"ip netns add {name}");
            Shell.Do($"ip link set {interfaceName} netns {name}");
            Shell.Do($"ip -n {name} link set lo up");
            Shell.Do($"ip -n {name} addr add {AddressOf(index)}/24 dev {interfaceName}");
            Shell.Do($"ip -n {name} link set {interfaceName} up");
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    private static void RemoveOwn()
    {
        for (var i = 0; i < ChaosNetwork.Count; i++)
            Shell.Try("ip", "netns", "del", NameOf(i));
    }

    // A run that was killed leaves names; its interfaces and validators have gone with it.
    private static void RemoveStale()
    {
        if (!Directory.Exists(Folder))
            return;
        foreach (var name in Directory.EnumerateFiles(Folder, Prefix + "*").Select(f => Path.GetFileName(f)))
        {
            if (int.TryParse(name[Prefix.Length..].Split('-')[0], CultureInfo.InvariantCulture, out var pid)
                && !Signals.IsAlive(pid))
                Shell.Try("ip", "netns", "del", name);
        }
    }
}
