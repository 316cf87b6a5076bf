using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Serve;

/// <summary>Whether a provider would find Docker or podman (specs/provider/containers.md).</summary>
internal static class ContainerPlace
{
    private const string What = "containers";

    /// <summary>Missing only for who sells containers.</summary>
    /// <param name="isNeeded">Whether images are to be sold.</param>
    public static Finding Look(bool isNeeded) => ContainerSocket.Find() switch
    {
        { } found => new Finding(
            What, true, $"an engine's socket at {found.LocalPath}; --container-image sells images of it"),
        null when isNeeded => new Finding(
            What, false, "no socket of Docker or podman, which run the images",
            "Install podman and open its socket: 'systemctl --user enable --now podman.socket'."),
        null => new Finding(What, true, "no socket of Docker or podman; only who sells containers needs one"),
    };
}
