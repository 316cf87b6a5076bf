using System.Diagnostics;
using System.Tests.Processes;
using System.Text.Json;
using Aitbc.Testing;

namespace System.Tests.Budgets;

/// <summary>A node of a chain of its own, whose base fee is 1 and whose test accounts have coins.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process process;

    private NodeProcess(Process process, Uri url)
    {
        this.process = process;
        Url = url;
    }

    public Uri Url { get; }

    public static async Task<NodeProcess> StartAsync(TemporaryFolder folder, int accounts)
    {
        var url = new Uri($"http://127.0.0.1:{Ports.Free()}");
        await File.WriteAllTextAsync(folder["genesis.json"], JsonSerializer.Serialize(new
        {
            network = "ait-devnet",
            chainId = 7777,
            timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            gasLimit = 300_000_000,
            baseFee = "1",
            alloc = Enumerable.Range(0, accounts).ToDictionary(
                i => TestAccounts.Key(i).Address.ToString(), _ => "1000000000000000000"),
        }));
        var options = new
        {
            dataDirectory = folder["node"],
            genesisFile = folder["genesis.json"],
            miner = "0x00000000000000000000000000000000000000ff",
        };
        await File.WriteAllTextAsync(folder["node.json"], JsonSerializer.Serialize(new { listen = url, options }));
        var process = ProgramRun.Start(Built.Dotnet, [Built.Host, "run", "node", "--config", folder["node.json"]]);
        var error = process.StandardError.ReadToEndAsync();
        if (await process.StandardOutput.ReadLineAsync() is null)
            throw new InvalidOperationException("The node did not start: " + await error);
        return new NodeProcess(process, url);
    }

    public async ValueTask DisposeAsync()
    {
        Signals.Terminate(process.Id);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
