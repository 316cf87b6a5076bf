using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Tests.Processes;
using System.Text.Json;

namespace System.Tests.Wallets;

/// <summary>A wallet daemon as an operator starts it, wherever it is told to listen.</summary>
internal sealed class RunningWallet : IAsyncDisposable
{
    private readonly Process process;
    private readonly Task<string> log;

    private RunningWallet(Process process, Task<string> log, string url, string tokenFile)
    {
        this.process = process;
        this.log = log;
        Url = url;
        TokenFile = tokenFile;
    }

    public string Url { get; }

    public string TokenFile { get; }

    public int Pid => process.Id;

    /// <summary>Writes a configuration and gives its path.</summary>
    public static string Configure(TemporaryFolder folder, object? options = null, string? listen = null)
    {
        var path = folder["wallet.json"];
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            listen = listen ?? $"http://127.0.0.1:{FreePort()}",
            options = options ?? Options(folder),
        }));
        return path;
    }

    public static object Options(TemporaryFolder folder) => new
    {
        dataDirectory = folder["data"],
        createPasswordFile = true,
        argon2MemoryKiB = 1024,
    };

    /// <summary>Starts it and waits until it says that it listens.</summary>
    public static async Task<RunningWallet> StartAsync(TemporaryFolder folder, string config, params string[] more)
    {
        var process = ProgramRun.Start(Built.Dotnet, [Built.Host, "run", "wallet", "--config", config, .. more]);
        var log = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The wallet did not start: " + await log);
        using var ready = JsonDocument.Parse(line);
        var url = ready.RootElement.GetProperty("url").GetString()!;
        return new RunningWallet(process, log, url, folder["data/wallet.token"]);
    }

    public Task<ProgramRun> CliAsync(string[] command, params (string Name, string Value)[] set) => ProgramRun.RunAsync(
        Built.Dotnet, [Built.Cli, .. command, "--wallet-url", Url, "--wallet-token-file", TokenFile], null, set);

    public async Task KillAsync()
    {
        Signals.Kill(process.Id);
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Signals.Terminate(process.Id);
        await process.WaitForExitAsync();
        await log;
        process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
