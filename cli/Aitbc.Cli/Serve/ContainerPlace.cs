using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Serve;

/// <summary>Whether a provider would find Docker or podman (specs/provider/containers.md).</summary>
internal static class ContainerPlace
{
    /// <summary>Never missing: selling models needs none.</summary>
    public static Finding Look() => new("containers", true, ContainerSocket.Find() is { } found
        ? $"an engine's socket at {found.LocalPath}; --container-image sells images of it"
        : "no socket of Docker or podman; only who sells containers needs one");
}
