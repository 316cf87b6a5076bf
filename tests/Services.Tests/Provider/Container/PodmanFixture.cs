using Aitbc.Testing.Containers;
using Xunit;

namespace Services.Tests.Provider.Container;

/// <summary>One podman for the tests of a class.</summary>
public sealed class PodmanFixture : IAsyncLifetime
{
    private PodmanService? _podman;

    /// <summary>It, or the test is skipped with the reason.</summary>
    public PodmanService Podman
    {
        get
        {
            Assert.SkipWhen(_podman!.Missing is not null, _podman.Missing ?? "");
            return _podman;
        }
    }

    public async ValueTask InitializeAsync() => _podman = await PodmanService.StartAsync();

    public ValueTask DisposeAsync() => _podman!.DisposeAsync();
}
