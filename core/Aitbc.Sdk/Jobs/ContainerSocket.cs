namespace Aitbc.Sdk.Jobs;

/// <summary>Where Docker or podman listens on this machine (specs/provider/containers.md).</summary>
public static class ContainerSocket
{
    /// <summary>The configured place, that of DOCKER_HOST, or the first usual one that is there.</summary>
    /// <param name="configured">A place that goes first; null = none is.</param>
    /// <returns>A unix address; null if there is none, or if DOCKER_HOST names no socket.</returns>
    public static Uri? Find(Uri? configured = null)
    {
        if (configured is not null)
            return configured;
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } named)
            return Uri.TryCreate(named, UriKind.Absolute, out var url) && url.Scheme == "unix" ? url : null;
        var path = Usual().FirstOrDefault(File.Exists);
        return path is null ? null : new Uri("unix://" + path);
    }

    // The one of the user first: it can do less than that of the machine.
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
