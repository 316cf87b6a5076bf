using System.Diagnostics;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Network;

/// <summary>
/// A development network in a process of its own. It is tied to this process by its standard input: it ends when this
/// process closes it, and also when this process is killed.
/// </summary>
internal sealed class DevnetProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);
    private readonly Process process;

    private DevnetProcess(Process process, JsonObject ready)
    {
        this.process = process;
        Ready = ready;
    }

    /// <summary>The line that it wrote when all was ready.</summary>
    public JsonObject Ready { get; }

    /// <summary>The folder of its data.</summary>
    public string Data => Ready["data"]!.GetValue<string>();

    public static async Task<DevnetProcess> StartAsync(
        IEnumerable<string> arguments, Action<string> progress, CancellationToken cancel)
    {
        var process = Daemon.Start(["devnet", "--json", "--supervised", .. arguments]);
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is { Length: > 0 } line)
                progress(line);
        };
        process.BeginErrorReadLine();
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(cancel);
            return new DevnetProcess(process, Read(line, process));
        }
        catch
        {
            await Daemon.StopAsync(process, StopTimeout);
            throw;
        }
    }

    /// <summary>Waits for it to end although nobody asked it to, and tells why.</summary>
    public async Task<CliFailure> EndedAsync(CancellationToken cancel)
    {
        var line = await process.StandardOutput.ReadLineAsync(cancel);
        return Failure(line is null ? null : JsonNode.Parse(line)?["error"]);
    }

    public async ValueTask DisposeAsync() => await Daemon.StopAsync(process, StopTimeout);

    private static JsonObject Read(string? line, Process process)
    {
        var answer = line is null ? null : JsonNode.Parse(line) as JsonObject;
        if (answer?["ready"]?.GetValue<bool>() == true)
            return answer;
        if (answer is null && process.WaitForExit(TimeSpan.FromSeconds(5)) && process.ExitCode == ExitCode.Usage)
            throw CliFailure.Usage("The network refused its options; see above.");
        throw Failure(answer?["error"]);
    }

    private static CliFailure Failure(JsonNode? error) => CliFailure.Failed(
        error?["code"]?.GetValue<string>() ?? "daemon_ended",
        error?["detail"]?.GetValue<string>() ?? "The network ended without saying why.",
        error?["next"]?.GetValue<string>());
}
