using System.Tests.Chaos.Running;
using Xunit;

namespace System.Tests.Chaos;

/// <summary>One network for all tests of a class: each makes its faults and leaves four validators that sign.</summary>
public sealed class ChaosFixture : IAsyncLifetime
{
    private NetworkCheck? check;

    internal RelayMesh Mesh { get; } = new();

    internal ChaosNetwork Network { get; private set; } = null!;

    internal TransferLoad Load { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Network = await ChaosNetwork.StartAsync(Mesh.Wire);
        Load = new TransferLoad(Network);
        check = new NetworkCheck(Network);
    }

    /// <summary>Makes faults while transfers come, and then reads all nodes.</summary>
    public async Task UnderLoadAsync(Func<Task> faults)
    {
        Load.Start();
        await Network.ProgressAsync(2);
        await faults();
        await Network.ProgressAsync(2);
        for (var i = 0; i < ChaosNetwork.Count; i++)
            await Network.SignsAsync(i);
        await check!.RunAsync(Load);
    }

    public async ValueTask DisposeAsync()
    {
        if (Load is not null)
            await Load.DisposeAsync();
        if (Network is not null)
            await Network.DisposeAsync();
        await Mesh.DisposeAsync();
    }
}
