using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Tests.Chaos.Running;
using Aitbc.Testing.Network;
using Xunit;

namespace System.Tests.Chaos;

/// <summary>Validators in network namespaces, and what happens to single packets between them.</summary>
public sealed class NamespaceTests
{
    private static readonly PacketWeather Bad = new(
        TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(20), LossPerMille: 50);

    [Fact]
    public async Task Validators_in_network_namespaces_that_lose_packets_and_are_parted_go_on_together()
    {
        var (mesh, reason) = NamespaceMesh.TryBuild();
        Assert.SkipWhen(mesh is null, reason);
        using (mesh)
        {
            await using var network = await ChaosNetwork.StartAsync(mesh!.Wire);
            await using var load = new TransferLoad(network);
            load.Start();
            for (var round = 0; round < ChaosLength.Rounds; round++)
            {
                await LoseAsync(network, mesh);
                await HalveAsync(network, mesh, 1 + (round % 3));
                await CutOffAsync(network, mesh, round % ChaosNetwork.Count);
            }

            for (var i = 0; i < ChaosNetwork.Count; i++)
                await network.SignsAsync(i);
            await new NetworkCheck(network).RunAsync(load);
        }
    }

    [Fact]
    public void Packets_between_network_namespaces_take_the_time_of_their_road()
    {
        var (mesh, reason) = NamespaceMesh.TryBuild();
        Assert.SkipWhen(mesh is null, reason);
        using (mesh)
        {
            var place = new IPEndPoint(NamespaceMesh.AddressOf(1), 7000);
            using var listener = NamespaceDoor.Listen(NamespaceMesh.NameOf(1), place);
            // There and back again: a connection needs both.
            mesh!.Road(0, 1).Weather = new PacketWeather(TimeSpan.FromMilliseconds(40));
            mesh.Road(1, 0).Weather = new PacketWeather(TimeSpan.FromMilliseconds(10));
            var started = Stopwatch.GetTimestamp();
            using var near = NamespaceDoor.Connect(NamespaceMesh.NameOf(0), place);
            Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 50, 10_000);
            using var far = listener.Accept();
            near.Send("packets"u8);
            var seen = new byte[7];
            Assert.Equal(seen.Length, far.Receive(seen, SocketFlags.None));
            Assert.True(mesh.Road(0, 1).Arrived >= 3);
            Assert.True(mesh.Road(1, 0).Arrived >= 1);
            Assert.Equal(0, mesh.Roads.Sum(r => r.Lost));
        }
    }

    private static async Task LoseAsync(ChaosNetwork network, NamespaceMesh mesh)
    {
        mesh.Everywhere(Bad);
        await network.ProgressAsync((ulong)ChaosLength.Of(4, 40).TotalSeconds);
        mesh.Everywhere(PacketWeather.Clear);
        var (lost, arrived) = (mesh.Roads.Sum(r => r.Lost), mesh.Roads.Sum(r => r.Arrived));
        Assert.True(lost > 0 && lost < arrived / 2, $"{lost} packets lost, {arrived} arrived");
        await network.ProgressAsync(2);
    }

    private static async Task HalveAsync(ChaosNetwork network, NamespaceMesh mesh, int other)
    {
        mesh.Around([0, other], PacketWeather.Cut);
        await network.StandsStillAsync(ChaosLength.Of(1.5, 25));
        mesh.Everywhere(PacketWeather.Clear);
        await network.ProgressAsync(2);
    }

    private static async Task CutOffAsync(ChaosNetwork network, NamespaceMesh mesh, int alone)
    {
        mesh.Around([alone], PacketWeather.Cut);
        await network.ProgressAsync(3, [.. network.Awake.Where(i => i != alone)]);
        var there = await network.HeightAsync(alone);
        await Task.Delay(ChaosLength.Of(0, 25));
        await network.ProgressAsync(3, [.. network.Awake.Where(i => i != alone)]);
        // Certificates that were on their way were at most one height's.
        Assert.InRange(await network.HeightAsync(alone), there, there + 1);
        mesh.Everywhere(PacketWeather.Clear);
        await network.SignsAsync(alone);
        await network.ProgressAsync(2);
    }
}
