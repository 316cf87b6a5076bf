using System.Text.Json.Serialization;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Engines.Container;

/// <summary>
/// Which images this provider runs, and what it grants them at most; a job asks for the same or less.
/// </summary>
public sealed class ContainerLimits
{
    /// <summary>Most images that may be named.</summary>
    public const int MostImages = 16;

    /// <summary>
    /// Images that are run, each by its content (<c>NAME@sha256:HEX</c> or <c>sha256:HEX</c>). None = containers are
    /// not sold. A job never makes this machine fetch one: pull them first.
    /// </summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public IList<string> Images { get; } = [];

    /// <summary>
    /// The socket of Docker or podman, such as <c>unix:///run/podman/podman.sock</c>; null = DOCKER_HOST, else where
    /// they usually are.
    /// </summary>
    public Uri? Url { get; set; }

    /// <summary>Whom programs run as, <c>UID:GID</c>; not root, unless an image needs it and you trust it.</summary>
    public string User { get; set; } = "65534:65534";

    /// <summary>Seconds of one job.</summary>
    public ulong MaxSeconds { get; set; } = 600;

    /// <summary>Memory of one job, in MiB.</summary>
    public uint MaxMemoryMib { get; set; } = 2048;

    /// <summary>Processors of one job, in thousandths.</summary>
    public uint MaxCpuMillis { get; set; } = 2000;

    /// <summary>Processes and threads of one job.</summary>
    public uint MaxPids { get; set; } = 256;

    /// <summary>Whether a job may ask for the network. It then reaches all that this machine reaches.</summary>
    public bool NetworkAllowed { get; set; }

    /// <summary>Whether a job may ask for all graphics processors of this machine.</summary>
    public bool GpuAllowed { get; set; }

    internal string? Problem() => this switch
    {
        { Images.Count: > MostImages } => $"Container.Images are at most {MostImages}.",
        _ when !Images.All(ContainerSpec.IsImage) =>
            "Container.Images are NAME@sha256:HEX or sha256:HEX, with 64 digits in lower case.",
        { Url: { } url } when !url.IsAbsoluteUri || url.Scheme != "unix" =>
            "Container.Url is the address of a socket, unix:///PATH.",
        { MaxSeconds: 0 or > 86_400 } => "Container.MaxSeconds must be 1 to 86400.",
        { MaxMemoryMib: < 8 or > 1 << 20 } => "Container.MaxMemoryMib must be 8 to 1048576.",
        { MaxCpuMillis: < 10 or > 256_000 } => "Container.MaxCpuMillis must be 10 to 256000.",
        { MaxPids: 0 or > 4096 } => "Container.MaxPids must be 1 to 4096.",
        _ when !IsUser(User) => "Container.User is UID:GID, two numbers.",
        _ => null,
    };

    private static bool IsUser(string? user) =>
        user?.Split(':') is [var uid, var gid] && uint.TryParse(uid, out _) && uint.TryParse(gid, out _);
}
