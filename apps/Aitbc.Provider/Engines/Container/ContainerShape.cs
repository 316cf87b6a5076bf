using System.Globalization;
using Docker.DotNet.Models;
using ContainerSpec = Aitbc.Sdk.Jobs.ContainerSpec;

namespace Aitbc.Provider.Engines.Container;

/// <summary>
/// A container as it is asked for: everything that a program may do is named here, and it is as little as it can be.
/// </summary>
internal static class ContainerShape
{
    private const long Mib = 1 << 20;
    private const long NanosPerMilli = 1_000_000;
    private const long OpenFiles = 1024;
    private const long Processes = 4096;

    public static CreateContainerParameters Of(
        ContainerSpec spec, ContainerImage image, string name, string user, IDictionary<string, string> labels) => new()
        {
            Name = name,
            Image = image.Id,
            Cmd = [.. spec.Command],
            Env = [.. spec.Env],
            User = user,
            Labels = labels,
            AttachStdin = true,
            AttachStdout = true,
            AttachStderr = true,
            OpenStdin = true,
            StdinOnce = true,
            Tty = false,
            // A program that is over its time is not asked first.
            StopSignal = "SIGKILL",
            StopTimeout = TimeSpan.Zero,
            // It would run more than what was ordered.
            Healthcheck = new HealthcheckConfig { Test = ["NONE"] },
            HostConfig = Host(spec, image.Volumes),
        };

    /// <summary>
    /// Null if what the engine made is what was asked for. Engines leave out what they do not know and say nothing.
    /// </summary>
    public static string? Difference(ContainerSpec spec, HostConfig? made)
    {
        var asked = Host(spec, []);
        return made switch
        {
            null => "its limits",
            _ when made.Memory != asked.Memory => "the limit of memory",
            _ when made.PidsLimit != asked.PidsLimit => "the limit of processes",
            _ when made.Privileged => "privileges",
            _ when !made.ReadonlyRootfs => "a file system that cannot be written",
            _ when !spec.Network && made.NetworkMode != asked.NetworkMode => "no network",
            _ when spec.Gpu && made.DeviceRequests is not { Count: > 0 } => "graphics processors",
            _ => null,
        };
    }

    private static HostConfig Host(ContainerSpec spec, IReadOnlyList<string> volumes)
    {
        var memory = spec.MaxMemoryMib * Mib;
        return new HostConfig
        {
            NetworkMode = spec.Network ? "bridge" : "none",
            ReadonlyRootfs = true,
            // Files there count as memory; half of it is left for the program. A volume of the image would be on the
            // disk, without a bound.
            Tmpfs = volumes.Append("/tmp").Distinct().ToDictionary(v => v, _ => string.Create(
                CultureInfo.InvariantCulture, $"rw,noexec,nosuid,nodev,mode=1777,size={memory / 2}")),
            CapDrop = ["ALL"],
            SecurityOpt = ["no-new-privileges"],
            IpcMode = "private",
            Memory = memory,
            MemorySwap = memory, // both together: no swap
            NanoCPUs = spec.MaxCpuMillis * NanosPerMilli,
            PidsLimit = spec.MaxPids,
            Ulimits =
            [
                new Ulimit { Name = "nofile", Soft = OpenFiles, Hard = OpenFiles },
                new Ulimit { Name = "core", Soft = 0, Hard = 0 },
                // The kernel counts these for a user of the whole machine: the limit of a container is PidsLimit. Left
                // out, an engine asks for more than it may give where it may not raise its own.
                new Ulimit { Name = "nproc", Soft = Processes, Hard = Processes },
            ],
            // What a program writes is read as it comes and kept nowhere else: it could fill the disk.
            LogConfig = new LogConfig { Type = "none" },
            DeviceRequests = spec.Gpu
                ? [new DeviceRequest { Count = -1, Capabilities = [new List<string> { "gpu" }] }] : [],
            RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No },
        };
    }
}
