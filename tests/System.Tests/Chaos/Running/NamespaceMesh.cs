using System.Net;
using Aitbc.Node;

namespace System.Tests.Chaos.Running;

/// <summary>
/// Validators in network namespaces of their own, joined by a switch. Cables can be pulled and put into another switch,
/// and the kernel delays and loses packets where it can.
/// </summary>
internal sealed class NamespaceMesh : IDisposable
{
    private const int Port = 8545;
    private const int P2pPort = 8005;
    private const string Switches = "so"; // the one of all, and the other
    private readonly string name;
    private readonly string network;

    private NamespaceMesh(string name, string network) => (this.name, this.network) = (name, network);

    /// <summary>True if this kernel can delay and lose packets by itself (netem).</summary>
    public bool HasNetem { get; private set; }

    /// <summary>Builds it; else why not.</summary>
    public static (NamespaceMesh? Mesh, string Reason) TryBuild()
    {
        // Names and addresses that another run at the same time does not have.
        var number = Environment.ProcessId % 30_000;
        var mesh = new NamespaceMesh($"ab{number}", $"10.{200 + (number / 250 % 50)}.{number % 250}");
        try
        {
            mesh.Build();
            return (mesh, "");
        }
        catch (InvalidOperationException e)
        {
            mesh.Dispose();
            return (null, $"No network namespaces can be made here ({e.Message}).");
        }
    }

    public IReadOnlyList<ValidatorPlace> Wire(IReadOnlyList<NodeKeys> keys) =>
        [.. keys.Select((_, i) => new ValidatorPlace(
            new Uri($"http://127.0.0.1:{Port}"),
            $"{Linked(i)}:{P2pPort}",
            [.. keys.Select((k, j) => $"{Linked(j)}:{P2pPort}#{k.TransportKeyHash}").Where((_, j) => j != i)],
            Before: ["ip", "netns", "exec", name + i],
            Dial: () => NamespaceDoor.Connect(name + i, new IPEndPoint(IPAddress.Loopback, Port))))];

    /// <summary>Puts their cables into another switch.</summary>
    public void Part(params int[] group)
    {
        foreach (var i in group)
            Shell.Do($"ip link set {Cable(i)} master {name}o");
    }

    public void Join(params int[] group)
    {
        foreach (var i in group)
        {
            Shell.Do($"ip link set {Cable(i)} master {name}s");
            Shell.Do($"ip link set {Cable(i)} up");
        }
    }

    /// <summary>Pulls the cable of one.</summary>
    public void Pull(int index) => Shell.Do($"ip link set {Cable(index)} down");

    /// <summary>Delays and loses packets of all; only with <see cref="HasNetem"/>.</summary>
    public void Disturb(string how)
    {
        for (var i = 0; i < ChaosNetwork.Count; i++)
            Shell.Do($"tc qdisc replace dev {Cable(i)} root netem {how}");
    }

    public void Dispose()
    {
        for (var i = 0; i < ChaosNetwork.Count; i++)
            Shell.Try("ip", "netns", "del", name + i);
        foreach (var one in Switches)
            Shell.Try("ip", "link", "del", name + one);
    }

    private string Cable(int index) => $"{name}c{index}";

    private string Linked(int index) => $"{network}.{10 + index}";

    private void Build()
    {
        foreach (var one in Switches)
        {
            Shell.Do($"ip link add {name}{one} type bridge");
            Shell.Do($"ip link set {name}{one} up");
        }

        for (var i = 0; i < ChaosNetwork.Count; i++)
        {
            Shell.Do($"ip netns add {name}{i}");
            Shell.Do($"ip -n {name}{i} link set lo up");
            Shell.Do($"ip link add {Cable(i)} type veth peer name peers netns {name}{i}");
            Shell.Do($"ip -n {name}{i} addr add {Linked(i)}/24 dev peers");
            Shell.Do($"ip -n {name}{i} link set peers up");
            Join(i);
        }

        HasNetem = Shell.Try("tc", "qdisc", "replace", "dev", Cable(0), "root", "netem", "delay", "1ms") is null;
        if (HasNetem)
            Shell.Do($"tc qdisc del dev {Cable(0)} root");
    }
}
