using System.Diagnostics;
using System.Tests.Processes;
using System.Text.Json;

namespace System.Tests.Budgets;

/// <summary>A wallet daemon as an operator starts it, that can be killed and started anew on its data.</summary>
internal sealed class WalletProcess : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly string config;
    private Process process;
    private Task<string> log;

    private WalletProcess(string config, string data, Uri url)
    {
        this.config = config;
        Data = data;
        Url = url;
        (process, log) = Start();
    }

    public string Data { get; }

    public Uri Url { get; }

    public int Starts { get; private set; }

    /// <param name="folder">Where its configuration and its data go.</param>
    /// <param name="node">The node that it asks what became of what it signed.</param>
    public static async Task<WalletProcess> StartAsync(TemporaryFolder folder, Uri node)
    {
        var url = new Uri($"http://127.0.0.1:{Ports.Free()}");
        var options = new
        {
            dataDirectory = folder["data"],
            createPasswordFile = true,
            argon2MemoryKiB = 1024,
            nodeUrl = node,
            reconcileInterval = "00:00:00.500",
        };
        await File.WriteAllTextAsync(
            folder["wallet.json"], JsonSerializer.Serialize(new { listen = url, options }));
        var wallet = new WalletProcess(folder["wallet.json"], folder["data"], url);
        await wallet.ReadyAsync();
        return wallet;
    }

    /// <summary>kill -9, and a new start on what it left.</summary>
    public async Task CrashAsync()
    {
        await turn.WaitAsync();
        try
        {
            Signals.Kill(process.Id);
            await process.WaitForExitAsync();
            await log;
            process.Dispose();
            (process, log) = Start();
            await ReadyAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Signals.Terminate(process.Id);
        await process.WaitForExitAsync();
        process.Dispose();
        turn.Dispose();
    }

    private (Process Process, Task<string> Log) Start()
    {
        Starts++;
        var started = ProgramRun.Start(Built.Dotnet, [Built.Host, "run", "wallet", "--config", config]);
        return (started, started.StandardError.ReadToEndAsync());
    }

    private async Task ReadyAsync()
    {
        if (await process.StandardOutput.ReadLineAsync() is null)
            throw new InvalidOperationException("The wallet did not start: " + await log);
    }
}
