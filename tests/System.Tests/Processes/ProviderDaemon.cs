using System.Diagnostics;
using System.Text.Json.Nodes;
using Aitbc.Cli.Network;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Chain;

namespace System.Tests.Processes;

/// <summary>
/// Another provider of a network, as an operator starts it: a process with a configuration and an account of its own.
/// </summary>
internal sealed class ProviderDaemon : IAsyncDisposable
{
    private static readonly UInt256 Ait = UInt256.One * 1_000_000_000 * 1_000_000_000;
    private readonly string config;
    private Process process;

    private ProviderDaemon(string config, Address account) =>
        (this.config, Account, process) = (config, account, Start(config));

    public Address Account { get; }

    /// <summary>With coins, and bonded so that it is not on probation.</summary>
    public static async Task<ProviderDaemon> StartAsync(
        TestNetwork network, string folder, string name, Action<JsonObject> set)
    {
        var session = network.Session;
        var wallet = await session.WalletAsync(default);
        var bank = (await session.AccountAsync(null, default)).Address;
        var account = (await wallet.CreateAsync(name)).Address;
        var sender = await session.SenderAsync(default);
        await sender.SendAsync(bank, new CallRequest(account, default, Ait * 200), default);
        var bond = AbiFunction.Parse("bond()").EncodeCall();
        var bonding = new CallRequest(SystemContractAddresses.Bonds, bond, Ait * 100, account);
        await sender.SendAsync(account, bonding, default);
        var places = Endpoints.OfNetwork(network.Data);
        var options = new JsonObject
        {
            ["dataDirectory"] = Path.Combine(folder, name),
            ["nodeUrl"] = places.Node.ToString(),
            ["walletUrl"] = places.Wallet.ToString(),
            ["walletTokenFile"] = places.WalletTokenFile,
            ["accountLabel"] = name,
            ["coordinatorUrl"] = places.Coordinator.ToString(),
            ["ollamaEnabled"] = false,
            ["reconcileInterval"] = "00:00:01",
        };
        set(options);
        var config = Path.Combine(folder, name + ".json");
        var file = new JsonObject { ["listen"] = $"http://127.0.0.1:{Ports.Free()}/", ["options"] = options };
        await File.WriteAllTextAsync(config, file.ToJsonString());
        return new ProviderDaemon(config, account);
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Starts it again on its data.</summary>
    public void StartAgain() => process = Start(config);

    public async ValueTask DisposeAsync() => await KillAsync();

    private static Process Start(string config)
    {
        var started = ProgramRun.Start(Built.Dotnet, [Built.Host, "run", "provider", "--config", config]);
        // What it says is not read; its pipes must not fill.
        started.OutputDataReceived += (_, _) => { };
        started.ErrorDataReceived += (_, _) => { };
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }
}
