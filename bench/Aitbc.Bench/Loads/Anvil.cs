using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Aitbc.Bench.Loads;

/// <summary>
/// anvil of Foundry with a block each second, as what a node is held against. Its binary is in the npm package
/// @foundry-rs/anvil-linux-amd64.
/// </summary>
internal sealed class Anvil : IDisposable
{
    private const string Package = "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process process;

    private Anvil(Process process, Uri url)
    {
        this.process = process;
        Url = url;
    }

    public Uri Url { get; }

    /// <summary>The binary that was named, of tests/foreign, or on the PATH; null with how to get it.</summary>
    public static string? Find(string? named, out string advice)
    {
        advice = "anvil is not here: run 'npm ci --prefix tests/foreign', or name it with --anvil PATH.";
        if (named is not null)
        {
            advice = $"There is no anvil at {named}.";
            return File.Exists(named) ? named : null;
        }

        var candidates = new List<string> { Path.Combine(Repository.Root, "tests", "foreign", Package) };
        candidates.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "anvil")));
        return candidates.Find(File.Exists);
    }

    public static async Task<Anvil> StartAsync(string binary)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(binary);
        // 1 G of gas: with the 30 M of the default a block holds 1,428 transfers.
        foreach (var argument in new[]
        {
            "--port", port.ToString(CultureInfo.InvariantCulture), "--block-time", "1", "--gas-limit", "1000000000",
            "--silent",
        })
            start.ArgumentList.Add(argument);
        var anvil = new Anvil(Process.Start(start)!, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await anvil.UntilReadyAsync();
            return anvil;
        }
        catch
        {
            anvil.Dispose();
            throw;
        }
    }

    public HttpClient Client() => new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 })
    {
        BaseAddress = Url,
        Timeout = TimeSpan.FromSeconds(60),
    };

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private async Task UntilReadyAsync()
    {
        using var http = Client();
        var from = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await new JsonRpc(http).CallAsync("eth_chainId");
                return;
            }
            catch (HttpRequestException) when (!process.HasExited && Stopwatch.GetElapsedTime(from) < Patience)
            {
                await Task.Delay(50);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
