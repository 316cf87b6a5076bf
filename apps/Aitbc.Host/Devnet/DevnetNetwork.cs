using System.Text.Json;
using Aitbc.Host.Errors;
using Aitbc.Host.Roles;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Host.Devnet;

/// <summary>
/// A whole network of one machine: one process for each role, started in the order of their needs and stopped in the
/// opposite one. If one of them ends, all end.
/// </summary>
internal sealed class DevnetNetwork : IAsyncDisposable
{
    private const string FileName = "devnet.json";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly DevnetOptions options;
    private readonly DataFolder folder;
    private readonly TextWriter progress;
    private readonly TimeProvider time;
    private readonly Leftovers leftovers;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly List<RoleProcess> processes = [];

    private DevnetNetwork(DevnetOptions options, DataFolder folder, TextWriter progress, TimeProvider time)
    {
        this.options = options;
        this.folder = folder;
        this.progress = progress;
        this.time = time;
        leftovers = new Leftovers(folder, time);
    }

    /// <summary>Starts everything, or throws <see cref="StartFailure"/> and leaves nothing running.</summary>
    public static async Task<(DevnetNetwork Network, DevnetReady Ready)> StartAsync(
        DevnetOptions options, TextWriter progress, TimeProvider time, CancellationToken cancel)
    {
        var folder = DataFolder.Take(options.Data, options.Ephemeral);
        var network = new DevnetNetwork(options, folder, progress, time);
        try
        {
            return (network, await network.StartAsync(cancel));
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a role ends although nobody asked it to.</summary>
    public async Task<StartFailure> RoleEndedAsync(CancellationToken cancel)
    {
        var ended = await Task.WhenAny(processes.Select(p => p.Ended)).WaitAsync(cancel);
        return processes.First(p => p.Ended == ended).Ending();
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(folder.File(FileName));
        for (var i = processes.Count - 1; i >= 0; i--)
        {
            await processes[i].StopAsync();
            processes[i].Dispose();
        }

        leftovers.Forget();
        http.Dispose();
        folder.Dispose();
    }

    private async Task<DevnetReady> StartAsync(CancellationToken cancel)
    {
        await leftovers.WaitAsync(cancel);
        var urls = PortPlan.Make(options);
        var configs = new RoleConfigs(folder, urls);
        WalletClient? wallet = null;
        IReadOnlyDictionary<string, Address> accounts = new Dictionary<string, Address>();
        if (urls.TryGetValue(RoleTable.Wallet, out var walletUrl))
        {
            await RunAsync(RoleTable.Wallet, walletUrl, configs.Wallet(), cancel);
            var token = await WalletClient.ReadTokenAsync(configs.TokenFile, cancel);
            wallet = new WalletClient(new HttpClient { BaseAddress = walletUrl }, token);
            accounts = await RoleAccounts.EnsureAsync(wallet, cancel);
        }

        await StartOthersAsync(urls, configs, accounts, cancel);
        if (urls.TryGetValue(RoleTable.Node, out var nodeUrl) && wallet is not null)
        {
            var chain = new ChainClient(new HttpClient { BaseAddress = nodeUrl });
            await RoleAccounts.TopUpAsync(chain, wallet, accounts.Values, cancel);
        }

        var probe = new HealthProbe(http, time);
        foreach (var process in processes)
            await probe.WaitAsync(process, StartTimeout, cancel);
        if (urls.ContainsKey(RoleTable.Provider))
            await WaitForProviderAsync(urls[RoleTable.Coordinator], cancel);
        return Publish(configs, wallet is not null);
    }

    private async Task StartOthersAsync(
        IReadOnlyDictionary<string, Uri> urls,
        RoleConfigs configs,
        IReadOnlyDictionary<string, Address> accounts,
        CancellationToken cancel)
    {
        var starting = new List<Task>();
        if (urls.TryGetValue(RoleTable.Node, out var node))
        {
            if (!File.Exists(configs.GenesisFile))
                GenesisFile.Devnet(accounts.Values, time.GetUtcNow()).Write(configs.GenesisFile);
            var miner = accounts.TryGetValue(RoleAccounts.Validator, out var own) ? own : TestAccounts.Addresses()[^1];
            starting.Add(RunAsync(RoleTable.Node, node, configs.Node(miner), cancel));
        }

        if (urls.TryGetValue(RoleTable.Coordinator, out var coordinator))
            starting.Add(RunAsync(RoleTable.Coordinator, coordinator, configs.Coordinator(), cancel));
        if (urls.TryGetValue(RoleTable.Provider, out var provider))
            starting.Add(RunAsync(RoleTable.Provider, provider, configs.Provider(), cancel));
        await Task.WhenAll(starting);
    }

    private async Task RunAsync(string role, Uri url, string config, CancellationToken cancel)
    {
        progress.WriteLine($"starting the {role} on {url.GetLeftPart(UriPartial.Authority)}");
        var process = RoleProcess.Start(role, url, config, Path.Combine(folder.Folder("logs"), role + ".log"));
        processes.Add(process);
        leftovers.Remember(processes);
        await process.ReadyAsync(StartTimeout, cancel);
    }

    /// <summary>A network is ready when an order finds somebody to do it.</summary>
    private async Task WaitForProviderAsync(Uri coordinator, CancellationToken cancel)
    {
        var market = new MarketClient(new HttpClient { BaseAddress = coordinator });
        var started = time.GetTimestamp();
        while (!(await market.ProvidersAsync(cancel: cancel)).Providers.Any(p => p.Online))
        {
            if (time.GetElapsedTime(started) > StartTimeout)
            {
                throw new StartFailure(
                    StartCodes.RoleSlow, $"No provider registered within {StartTimeout.TotalSeconds:0} s.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancel);
        }
    }

    private DevnetReady Publish(RoleConfigs configs, bool hasWallet)
    {
        var file = new DevnetFile(
            DevnetOptions.ChainId,
            processes.ToDictionary(p => p.Role, p => p.Url.GetLeftPart(UriPartial.Authority)),
            hasWallet ? configs.TokenFile : null,
            processes.ToDictionary(p => p.Role, p => p.Pid));
        SafeFile.Write(
            folder.File(FileName), JsonSerializer.SerializeToUtf8Bytes(file, HostJson.Default.DevnetFile));
        return new DevnetReady(
            true,
            [.. processes.Select(p => new RoleReady(p.Role, p.Pid, p.Url.GetLeftPart(UriPartial.Authority)))],
            DevnetOptions.ChainId,
            folder.Path);
    }
}
