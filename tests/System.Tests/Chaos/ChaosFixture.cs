using System.Tests.Chaos.Running;
using Aitbc.Testing.Network;
using Xunit;

namespace System.Tests.Chaos;

/// <summary>One network for all tests of a class: each makes its faults and leaves four validators that sign.</summary>
public sealed class ChaosFixture : IAsyncLifetime
{
    /// <summary>The validator whose data are on a disk that can be filled.</summary>
    public const int OnSmallDisk = 2;

    private NetworkCheck? check;

    internal RelayMesh Mesh { get; } = new();

    internal ChaosNetwork Network { get; private set; } = null!;

    internal TransferLoad Load { get; private set; } = null!;

    internal SmallDisk? Disk { get; private set; }

    /// <summary>Why there is no such disk.</summary>
    internal string NoDisk { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Network = await ChaosNetwork.StartAsync(
            Mesh.Wire, data => (Disk, NoDisk) = SmallDisk.TryMount(data(OnSmallDisk)));
        Load = new TransferLoad(Network);
        check = new NetworkCheck(Network);
    }

    /// <summary>Makes faults while transfers come, and then reads all nodes.</summary>
    public async Task UnderLoadAsync(Func<Task> faults)
    {
        // Whatever a test before left.
        Mesh.Everywhere(RelayWeather.Clear);
        await Network.WakeAsync();
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
            await Network.DisposeAsync(() => Disk?.Dispose());
        await Mesh.DisposeAsync();
    }
}
