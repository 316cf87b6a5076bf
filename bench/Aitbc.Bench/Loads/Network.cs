using System.Diagnostics;
using System.Text.Json;

namespace Aitbc.Bench.Loads;

/// <summary>
/// A throw-away network of the sources beside this program, on free ports of this machine. It is tied to this process
/// by its standard input and ends with it.
/// </summary>
internal sealed class Network : IDisposable
{
    private readonly Process process;
    private readonly string data;
    private readonly Dictionary<string, (Uri Url, int Process)> roles;

    private readonly string daemon;

    private Network(
        Process process, string daemon, string data, Dictionary<string, (Uri Url, int Process)> roles)
    {
        this.process = process;
        this.daemon = daemon;
        this.data = data;
        this.roles = roles;
    }

    public string TokenFile
    {
        get
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, "devnet.json")));
            return file.RootElement.GetProperty("tokenFile").GetString()!;
        }
    }

    public HttpClient Client(string role) => new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 })
    {
        BaseAddress = roles[role].Url,
        Timeout = TimeSpan.FromSeconds(60),
    };

    public int ProcessId(string role) => roles[role].Process;

    /// <summary>Names of the validators: "node", and "node-2" and so on.</summary>
    public IReadOnlyList<string> Validators =>
        [.. roles.Keys.Where(name => name.StartsWith("node", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Ends a process as a power cut does.</summary>
    public async Task KillAsync(string name)
    {
        using var killed = Process.GetProcessById(ProcessId(name));
        killed.Kill();
        await killed.WaitForExitAsync();
    }

    /// <summary>Takes everything from a validator that was killed but its keys.</summary>
    public void Wipe(string name)
    {
        var own = Path.Combine(data, name);
        foreach (var folder in new[] { "chain", "consensus" })
            Directory.Delete(Path.Combine(own, folder), recursive: true);
        File.Delete(Path.Combine(own, "sign.guard"));
    }

    /// <summary>Starts a validator that was killed on the data it left; it ends with the network.</summary>
    public Process Restart(string name)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[]
        {
            daemon, "run", "node", "--supervised", "--config", Path.Combine(data, "config", name + ".json"),
        })
            start.ArgumentList.Add(argument);
        var restarted = Process.Start(start)!;
        restarted.OutputDataReceived += (_, _) => { };
        restarted.ErrorDataReceived += (_, _) => { };
        restarted.BeginOutputReadLine();
        restarted.BeginErrorReadLine();
        roles[name] = (roles[name].Url, restarted.Id);
        return restarted;
    }

    public static async Task<Network> StartAsync(string roles, int validators = 1)
    {
        var own = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var daemon = Path.GetFullPath(
            Path.Combine(own, "..", "..", "Aitbc.Host", Path.GetFileName(own), "aitbcd.dll"));
        var data = Directory.CreateTempSubdirectory("aitbc-bench-").FullName;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in new[]
        {
            daemon, "devnet", "--json", "--supervised", "--free-ports", "--ephemeral",
            $"--data={Path.Combine(data, "network")}", $"--roles={roles}", $"--validators={validators}",
        })
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("No network.");
        using var ready = JsonDocument.Parse(line);
        if (!ready.RootElement.TryGetProperty("processes", out var processes))
            throw new InvalidOperationException(line);
        return new Network(
            process,
            daemon,
            ready.RootElement.GetProperty("data").GetString()!,
            processes.EnumerateArray().ToDictionary(
                p => (p.TryGetProperty("name", out var name) ? name : p.GetProperty("role")).GetString()!,
                p => (new Uri(p.GetProperty("url").GetString()!), p.GetProperty("pid").GetInt32())));
    }

    /// <summary>A folder for what runs beside the network; it is removed with it.</summary>
    public string Folder(string name) => Path.Combine(Path.GetDirectoryName(data)!, name);

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit(TimeSpan.FromSeconds(60));
        process.Dispose();
        var folder = Path.GetDirectoryName(data)!;
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
