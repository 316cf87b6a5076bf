using System.Diagnostics;
using System.Text.Json;

namespace Aitbc.Testing.Containers;

/// <summary>
/// A real podman on a socket of its own, with storage of its own, that has one image: a static busybox. It needs no
/// network.
/// </summary>
public sealed class PodmanService : IAsyncDisposable
{
    private const string Tag = "localhost/aitbc-busybox:1";
    private const string Busybox = "/bin/busybox";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string[] Programs =
        ["sh", "cat", "echo", "sleep", "head", "wc", "yes", "id", "ls", "grep", "dd", "tail"];

    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-podman-").FullName;
    private Process? service;

    private PodmanService()
    {
    }

    /// <summary>Why there can be none here; null if there is one.</summary>
    public string? Missing { get; private set; }

    /// <summary>The socket.</summary>
    public Uri Url => new($"unix://{folder}/podman.sock");

    /// <summary>The image as <c>NAME@sha256:HEX</c>.</summary>
    public string Image { get; private set; } = "";

    /// <summary>The same by its id.</summary>
    public string ImageId { get; private set; } = "";

    /// <summary>Starts one, or says why there is none.</summary>
    public static async Task<PodmanService> StartAsync()
    {
        var podman = new PodmanService();
        try
        {
            podman.Missing = await podman.TryStartAsync();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            podman.Missing = $"podman cannot be used here: {e.Message}";
        }

        return podman;
    }

    /// <summary>Runs podman beside the service, on the same storage; throws if it fails.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"podman {arguments[0]} does not end.");
        }

        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException((await errors).Trim().Split('\n')[^1]);
    }

    /// <summary>Ends it and everything that runs in it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (service is not null)
        {
            await RunAsync("rm", "--all", "--force", "--time", "0");
            service.Kill();
            await service.WaitForExitAsync();
            service.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task<string?> TryStartAsync()
    {
        if (!Has("podman"))
            return "podman is not installed (Debian: apt-get install podman runc).";
        if (!File.Exists(Busybox))
            return "there is no /bin/busybox to make an image of (Debian: apt-get install busybox-static).";
        var archive = await PackAsync();
        string? fault = null;
        foreach (var runtime in (string[])["crun", "runc"])
        {
            if (!Has(runtime))
                continue;
            await ConfigureAsync(runtime);
            try
            {
                await RunAsync("import", archive, Tag);
                await RunAsync("run", "--rm", "--network", "none", "--memory", "64m", Tag, "/bin/echo", "works");
                fault = null;
                break;
            }
            catch (InvalidOperationException e)
            {
                fault = $"podman cannot run containers here: {e.Message}";
            }
        }

        if (fault is not null)
            return fault;
        using var seen = JsonDocument.Parse(await RunAsync("image", "inspect", Tag));
        Image = seen.RootElement[0].GetProperty("RepoDigests")[0].GetString()!;
        ImageId = "sha256:" + seen.RootElement[0].GetProperty("Id").GetString();
        service = Start("system", "service", "--time", "0", Url.ToString());
        service.OutputDataReceived += (_, _) => { };
        service.ErrorDataReceived += (_, _) => { };
        service.BeginOutputReadLine();
        service.BeginErrorReadLine();
        var started = Stopwatch.GetTimestamp();
        while (!File.Exists(Url.LocalPath))
        {
            if (service.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
                return "the service of podman does not start.";
            await Task.Delay(20);
        }

        return null;
    }

    private async Task<string> PackAsync()
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, "image", "bin")).FullName;
        File.Copy(Busybox, Path.Combine(root, "busybox"));
        foreach (var program in Programs)
            File.CreateSymbolicLink(Path.Combine(root, program), "busybox");
        var archive = Path.Combine(folder, "image.tar");
        await System.Formats.Tar.TarFile.CreateFromDirectoryAsync(
            Path.Combine(folder, "image"), archive, includeBaseDirectory: false);
        return archive;
    }

    /// <summary>Nothing of the machine's own configuration: neither its images nor its limits.</summary>
    private async Task ConfigureAsync(string runtime)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "containers.conf"), $"""
            [engine]
            runtime = "{runtime}"
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            tmp_dir = "{folder}/tmp"
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "storage.conf"), $"""
            [storage]
            driver = "vfs"
            graphroot = "{folder}/storage"
            runroot = "{folder}/run"
            """);
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("podman") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["CONTAINERS_CONF"] = Path.Combine(folder, "containers.conf");
        start.Environment["CONTAINERS_STORAGE_CONF"] = Path.Combine(folder, "storage.conf");
        return Process.Start(start)!;
    }

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .Any(p => File.Exists(Path.Combine(p, program)));
}
