using System.Text.Json;
using Aitbc.Host.Errors;
using Aitbc.Host.Roles;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Host.Devnet;

/// <summary>
/// A whole network of one machine: one process for each role and each validator, started in the order of their needs
/// and stopped in the opposite one. If one of them ends, all end, but for validators as long as another is left.
/// </summary>
internal sealed class DevnetNetwork : IAsyncDisposable
{
    private const string FileName = "devnet.json";
    private const string GenesisName = "genesis.json";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly DataFolder folder;
    private readonly TextWriter progress;
    private readonly TimeProvider time;
    private readonly Leftovers leftovers;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly List<RoleProcess> processes = [];
    private readonly Dictionary<string, string> ended = [];
    private NetworkPlan plan = new(new Dictionary<string, Uri>(), []);
    private DevnetOptions options;
    private EmbeddedRedis? redis;
    private string? tokenFile;

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

    /// <summary>
    /// Waits until a role ends that the others cannot do without, although nobody asked it to. Of a validator among
    /// several it is told, whichever it is, and the others go on.
    /// </summary>
    public async Task<StartFailure> RoleEndedAsync(CancellationToken cancel)
    {
        var running = processes.ToList();
        while (true)
        {
            var first = await Task.WhenAny(running.Select(p => p.Ended)).WaitAsync(cancel);
            var process = running.First(p => p.Ended == first);
            running.Remove(process);
            if (options.Restart)
            {
                running.Add(await AgainAsync(process, cancel));
                continue;
            }

            if (process.Role != RoleTable.Node || running.All(p => p.Role != RoleTable.Node))
                return process.Ending();
            Lose(process, running.Where(p => p.Role == RoleTable.Node));
        }
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(folder.File(FileName));
        for (var i = processes.Count - 1; i >= 0; i--)
        {
            await processes[i].StopAsync();
            processes[i].Dispose();
        }

        if (redis is not null)
            await redis.DisposeAsync();
        leftovers.Forget();
        http.Dispose();
        folder.Dispose();
    }

    private async Task<DevnetReady> StartAsync(CancellationToken cancel)
    {
        await leftovers.WaitAsync(cancel);
        var validators = DevnetValidators.Count(options, folder.File(GenesisName));
        plan = PortPlan.Make(options, validators);
        var urls = plan.Urls;
        if (plan.RedisPort is { } port)
        {
            progress.WriteLine($"starting the embedded Redis on 127.0.0.1:{port}");
            redis = await EmbeddedRedis.StartAsync(port, StartTimeout, cancel);
            options = options with { Redis = redis.Connection };
        }

        var configs = new RoleConfigs(folder, plan, options);
        WalletClient? wallet = null;
        IReadOnlyDictionary<string, Address> accounts = new Dictionary<string, Address>();
        if (urls.TryGetValue(RoleTable.Wallet, out var walletUrl))
        {
            await RunAsync(RoleTable.Wallet, walletUrl, configs.Wallet(), cancel);
            var token = await WalletClient.ReadTokenAsync(configs.TokenFile, cancel);
            wallet = new WalletClient(new HttpClient { BaseAddress = walletUrl }, token);
            accounts = await RoleAccounts.EnsureAsync(wallet, validators, cancel);
        }

        await StartOthersAsync(configs, accounts, cancel);
        if (plan.Nodes.Count > 1)
            await new PeerProbe(time).WaitAsync([.. plan.Nodes.Select(n => n.Url)], options.Redis is not null, cancel);
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
        return Publish(wallet is null ? null : configs.TokenFile);
    }

    private async Task StartOthersAsync(
        RoleConfigs configs, IReadOnlyDictionary<string, Address> accounts, CancellationToken cancel)
    {
        var starting = new List<Task>();
        var validators = DevnetValidators.Make(plan, folder, accounts);
        if (validators.Count > 0 && !File.Exists(configs.GenesisFile))
            GenesisFile.Devnet(accounts.Values, validators, time.GetUtcNow()).Write(configs.GenesisFile);
        foreach (var validator in validators)
        {
            var (place, config) = (validator.Place, configs.Node(validator, validators));
            starting.Add(RunAsync(RoleTable.Node, place.Name, place.Url, config, cancel));
        }

        if (plan.Urls.TryGetValue(RoleTable.Coordinator, out var coordinator))
            starting.Add(RunAsync(RoleTable.Coordinator, coordinator, configs.Coordinator(), cancel));
        if (plan.Urls.TryGetValue(RoleTable.Provider, out var provider))
            starting.Add(RunAsync(RoleTable.Provider, provider, configs.Provider(), cancel));
        await Task.WhenAll(starting);
    }

    private Task RunAsync(string role, Uri url, string config, CancellationToken cancel) =>
        RunAsync(role, role, url, config, cancel);

    private async Task RunAsync(string role, string name, Uri url, string config, CancellationToken cancel)
    {
        var what = name == role ? $"the {role}" : name;
        progress.WriteLine($"starting {what} on {url.GetLeftPart(UriPartial.Authority)}");
        var process = RoleProcess.Start(role, name, url, config, Path.Combine(folder.Folder("logs"), name + ".log"));
        processes.Add(process);
        leftovers.Remember(processes);
        await process.ReadyAsync(StartTimeout, cancel);
    }

    /// <summary>The same on the same data, as whoever keeps a daemon running would start it.</summary>
    private async Task<RoleProcess> AgainAsync(RoleProcess ended, CancellationToken cancel)
    {
        processes.Remove(ended);
        ended.Dispose();
        var config = Path.Combine(folder.Folder("config"), ended.Name + ".json");
        await RunAsync(ended.Role, ended.Name, ended.Url, config, cancel);
        WriteFile();
        return processes[^1];
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

    private DevnetReady Publish(string? tokenFile)
    {
        this.tokenFile = tokenFile;
        WriteFile();
        return new DevnetReady(true, [.. processes.Select(Describe)], DevnetOptions.ChainId, folder.Path);
    }

    private void WriteFile()
    {
        var file = new DevnetFile(
            DevnetOptions.ChainId,
            processes.ToDictionary(p => p.Name, p => p.Url.GetLeftPart(UriPartial.Authority)),
            tokenFile,
            processes.ToDictionary(p => p.Name, p => p.Pid),
            ended.Count > 0 ? ended : null);
        SafeFile.Write(
            folder.File(FileName), JsonSerializer.SerializeToUtf8Bytes(file, HostJson.Default.DevnetFile));
    }

    private RoleReady Describe(RoleProcess process)
    {
        var isOneOfMany = process.Role == RoleTable.Node && plan.Nodes.Count > 1;
        return new RoleReady(process.Role, process.Pid, process.Url.GetLeftPart(UriPartial.Authority))
        {
            Name = isOneOfMany ? process.Name : null,
            Peers = plan.Nodes.FirstOrDefault(n => n.Name == process.Name)?.Peers,
        };
    }

    // Without one of several the chain goes on, or waits; starting it again is for who knows why it ended.
    private void Lose(RoleProcess process, IEnumerable<RoleProcess> left)
    {
        ended[process.Name] = process.Ending().Message;
        progress.WriteLine(ended[process.Name]);
        progress.WriteLine(DevnetValidators.Left(plan.Nodes.Count - ended.Count, plan.Nodes.Count));
        progress.WriteLine("They answer on " + string.Join(
            ", ", left.Select(p => $"{p.Url.GetLeftPart(UriPartial.Authority)} ({p.Name})")) + ".");
        var config = Path.Combine(folder.Folder("config"), process.Name + ".json");
        progress.WriteLine($"'aitbcd run node --config {config}' starts {process.Name} again.");
        WriteFile();
    }
}
