using System.Diagnostics;
using System.Text.Json;
using Aitbc.Host.Errors;

namespace Aitbc.Host.Devnet;

/// <summary>
/// One role in its own process, as an operator would run it, tied to this process by its standard input.
/// </summary>
internal sealed class RoleProcess : IDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(12);
    private readonly Process process;
    private readonly RoleLog log;
    private readonly TaskCompletionSource<RoleReady> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StartFailure? said;

    private RoleProcess(string role, string name, Uri url, Process process, RoleLog log)
    {
        Role = role;
        Name = name;
        Url = url;
        this.process = process;
        this.log = log;
    }

    public string Role { get; }

    /// <summary>The role, or which one of several.</summary>
    public string Name { get; }

    /// <summary>The same at the beginning of a sentence.</summary>
    public string Title => Name == Role ? $"The {Role}" : $"Validator {Name}";

    public Uri Url { get; }

    public int Pid => process.Id;

    /// <summary>Ends when the process does.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public static RoleProcess Start(string role, string name, Uri url, string config, string logFile)
    {
        var start = new ProcessStartInfo(OwnProgram.Runtime)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[OwnProgram.Assembly, "run", role, "--config", config, "--supervised"])
            start.ArgumentList.Add(argument);
        var log = new RoleLog(logFile);
        var process = Process.Start(start)
            ?? throw new StartFailure(StartCodes.RoleFailed, $"The process of {name} could not be started.");
        var started = new RoleProcess(role, name, url, process, log);
        process.OutputDataReceived += (_, e) => started.Hear(e.Data);
        process.ErrorDataReceived += (_, e) => started.Note(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        started.Ended = started.WatchAsync();
        return started;
    }

    /// <summary>Waits until the role answers on its port.</summary>
    public async Task<RoleReady> ReadyAsync(TimeSpan timeout, CancellationToken cancel)
    {
        try
        {
            return await ready.Task.WaitAsync(timeout, cancel);
        }
        catch (TimeoutException)
        {
            throw new StartFailure(
                StartCodes.RoleSlow,
                $"{Title} did not answer within {timeout.TotalSeconds:0} s.",
                $"Its log is {log.Path}:{Environment.NewLine}{log.Tail()}");
        }
    }

    /// <summary>Why the process ended without being asked to.</summary>
    public StartFailure Ending() => said ?? new StartFailure(
        StartCodes.RoleEnded,
        $"{Title} (process {Pid}) ended unexpectedly{(process.HasExited ? $" with code {process.ExitCode}" : "")}.",
        $"Its log is {log.Path}:{Environment.NewLine}{log.Tail()}");

    /// <summary>Asks it to stop, and kills it if it does not in time.</summary>
    public async Task StopAsync()
    {
        if (!await ChildProcess.StopAsync(process, StopTimeout))
            await Ended;
    }

    public void Dispose()
    {
        process.Dispose();
        log.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        if (line.StartsWith("{\"role\"", StringComparison.Ordinal)
            && JsonSerializer.Deserialize(line, HostJson.Default.RoleReady) is { } answer)
        {
            ready.TrySetResult(answer);
        }
        else if (line.StartsWith("{\"ready\":false", StringComparison.Ordinal)
            && JsonSerializer.Deserialize(line, HostJson.Default.FailureLine) is { } failure)
        {
            said = new StartFailure(
                failure.Error.Code, failure.Error.Detail, failure.Error.Next ?? $"Its log is {log.Path}");
        }
        else
        {
            Note(line);
        }
    }

    private void Note(string? line)
    {
        if (line is not null)
            log.Add(line);
    }

    private async Task WatchAsync()
    {
        await process.WaitForExitAsync(); // also waits for the last lines
        ready.TrySetException(Ending());
        _ = ready.Task.Exception; // seen by ReadyAsync if anybody still waits
    }
}
