using System.Diagnostics;
using System.Tests.Processes;

namespace System.Tests.Chaos.Running;

/// <summary>A node's process. It is tied to this one by its standard input.</summary>
internal sealed class ValidatorProcess : IDisposable
{
    private const int MostLines = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly Lock gate = new();
    private readonly Queue<string> lines = [];
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ValidatorProcess(Process process) => this.process = process;

    public int Pid => process.Id;

    public bool HasEnded => process.HasExited;

    /// <summary>The end of what it wrote.</summary>
    public string Log
    {
        get
        {
            lock (gate)
                return string.Join('\n', lines);
        }
    }

    public static async Task<ValidatorProcess> StartAsync(
        string config, IReadOnlyList<string> before, (string Name, string Value)[] set)
    {
        // Much is started here and little of it lives long.
        set = [.. set, ("DOTNET_TieredPGO", "0")];
        string[] words = [.. before, Built.Dotnet, Built.Host, "run", "node", "--supervised", "--config", config];
        var started = new ValidatorProcess(ProgramRun.Start(words[0], words[1..], folder: null, set));
        started.process.OutputDataReceived += (_, e) => started.Hear(e.Data);
        started.process.ErrorDataReceived += (_, e) => started.Hear(e.Data);
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        var ended = started.process.WaitForExitAsync();
        if (await Task.WhenAny(started.ready.Task, ended, Task.Delay(Patience)) != started.ready.Task)
        {
            started.process.Kill();
            throw new InvalidOperationException($"The node does not start:\n{started.Log}");
        }

        return started;
    }

    /// <summary>As a power cut.</summary>
    public async Task KillAsync()
    {
        Signals.Continue(Pid);
        Signals.Kill(Pid);
        await process.WaitForExitAsync();
    }

    /// <summary>Waits until it ends by itself; its exit code.</summary>
    public async Task<int> EndedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The node did not end within {Patience}:\n{Log}");
        }

        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        if (line.StartsWith("{\"role\"", StringComparison.Ordinal))
            ready.TrySetResult();
        lock (gate)
        {
            if (lines.Count == MostLines)
                lines.Dequeue();
            lines.Enqueue(line);
        }
    }
}
