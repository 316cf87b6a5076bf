using System.Tests.Chaos.Running;
using Xunit;

namespace System.Tests.Chaos;

/// <summary>Validators in network namespaces: cables pulled, switches that part, packets that are lost.</summary>
public sealed class NamespaceTests
{
    [Fact]
    public async Task Validators_in_network_namespaces_that_are_parted_decide_nothing_and_go_on_together()
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
                await network.ProgressAsync(2);
                await PullAsync(network, mesh, round % ChaosNetwork.Count);
                await PartAsync(network, mesh);
                if (mesh.HasNetem)
                    await DisturbAsync(network, mesh);
            }

            for (var i = 0; i < ChaosNetwork.Count; i++)
                await network.SignsAsync(i);
            await new NetworkCheck(network).RunAsync(load);
        }
    }

    private static async Task PullAsync(ChaosNetwork network, NamespaceMesh mesh, int alone)
    {
        mesh.Pull(alone);
        await network.ProgressAsync(3, [.. network.Awake.Where(i => i != alone)]);
        await Task.Delay(ChaosLength.Of(0, 25));
        mesh.Join(alone);
        await network.ProgressAsync(2);
    }

    private static async Task PartAsync(ChaosNetwork network, NamespaceMesh mesh)
    {
        mesh.Part(1, 2);
        await network.StandsStillAsync(ChaosLength.Of(1.5, 25));
        mesh.Join(1, 2);
        await network.ProgressAsync(2);
    }

    private static async Task DisturbAsync(ChaosNetwork network, NamespaceMesh mesh)
    {
        mesh.Disturb("delay 100ms 50ms loss 2%");
        await network.ProgressAsync(4);
        mesh.Disturb("delay 0ms");
        await network.ProgressAsync(2);
    }
}
