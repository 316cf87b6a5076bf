namespace Aitbc.Cli.Serve;

/// <summary>Where a provider would look for Docker or podman (specs/provider/containers.md).</summary>
internal static class ContainerPlace
{
    /// <summary>Never missing: selling models needs none.</summary>
    public static Finding Look()
    {
        const string What = "containers";
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } named)
            return new Finding(What, true, $"the engine at {named}, which DOCKER_HOST names");
        var found = Usual().FirstOrDefault(File.Exists);
        return new Finding(What, true, found is null
            ? "no socket of Docker or podman; only who sells containers needs one"
            : $"an engine's socket at {found}; --container-image sells images of it");
    }

    private static IEnumerable<string> Usual()
    {
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } own)
        {
            yield return Path.Combine(own, "podman/podman.sock");
            yield return Path.Combine(own, "docker.sock");
        }

        yield return "/run/podman/podman.sock";
        yield return "/var/run/docker.sock";
    }
}
