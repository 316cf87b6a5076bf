using System.Tests.Processes;
using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Primitives;
using Aitbc.Primitives.Keys;
using Aitbc.Sdk.Chain;
using Aitbc.Testing;

namespace System.Tests.Chaos.Running;

/// <summary>
/// Four validators, a process each, with keys, genesis and configuration as operators would write them, of which each
/// can be killed, stopped, wiped and started in other circumstances.
/// </summary>
internal sealed class ChaosNetwork : IAsyncDisposable
{
    public const int Count = 4;
    public const int Accounts = 8;
    public const ulong ChainId = 7777;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    private readonly TemporaryFolder folder = new();
    private readonly ValidatorProcess?[] processes = new ValidatorProcess?[Count];
    private readonly bool[] paused = new bool[Count];
    private readonly HttpClient[] clients = new HttpClient[Count];
    private readonly ValidatorPlace[] places;

    private ChaosNetwork(
        Func<IReadOnlyList<NodeKeys>, IReadOnlyList<ValidatorPlace>> wire, Action<Func<int, string>>? prepare)
    {
        prepare?.Invoke(DataOf);
        var keys = Enumerable.Range(0, Count).Select(i => NodeKeys.ReadOrCreate(DataOf(i))).ToList();
        places = [.. wire(keys)];
        File.WriteAllText(folder["genesis.json"], Genesis(keys).ToJsonString());
        for (var i = 0; i < Count; i++)
        {
            File.WriteAllText(ConfigOf(i), Config(i).ToJsonString());
            clients[i] = places[i].Client();
        }
    }

    /// <summary>Those that run and are not stopped.</summary>
    public IReadOnlyList<int> Awake =>
        [.. Enumerable.Range(0, Count).Where(i => processes[i] is not null && !paused[i])];

    /// <param name="wire">Where they are and how they meet, by their keys.</param>
    /// <param name="prepare">Sees the folders of their data before anything is in them.</param>
    public static async Task<ChaosNetwork> StartAsync(
        Func<IReadOnlyList<NodeKeys>, IReadOnlyList<ValidatorPlace>> wire, Action<Func<int, string>>? prepare = null)
    {
        var network = new ChaosNetwork(wire, prepare);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Count).Select(i => network.StartAsync(i)));
            for (var i = 0; i < Count; i++)
                await network.SignsAsync(i);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    // The indexes ascend with the operators, so that they are those in the set.
    public static Address Operator(int index) =>
        Address.FromBytes([(byte)(index + 1), .. Enumerable.Repeat((byte)0x22, 19)]);

    public string DataOf(int index)
    {
        var data = folder[$"node{index}"];
        Directory.CreateDirectory(data);
        return data;
    }

    public ChainClient Client(int index) => new(clients[index]);

    public ValidatorProcess Process(int index) =>
        processes[index] ?? throw new InvalidOperationException($"Validator {index} does not run.");

    public async Task StartAsync(int index, params (string Name, string Value)[] set) => processes[index] =
        await ValidatorProcess.StartAsync(ConfigOf(index), places[index].Before ?? [], set);

    public async Task KillAsync(int index)
    {
        var process = Process(index);
        (processes[index], paused[index]) = (null, false);
        await process.KillAsync();
        process.Dispose();
    }

    /// <summary>Forgets one that ended by itself.</summary>
    public void Bury(int index)
    {
        Process(index).Dispose();
        processes[index] = null;
    }

    /// <summary>Starts those that are down and lets those go on that are stopped.</summary>
    public async Task WakeAsync()
    {
        for (var i = 0; i < Count; i++)
        {
            if (processes[i] is { HasEnded: true })
                Bury(i);
            if (processes[i] is null)
                await StartAsync(i);
            else if (paused[i])
                Continue(i);
        }
    }

    public void Pause(int index)
    {
        Signals.Pause(Process(index).Pid);
        paused[index] = true;
    }

    public void Continue(int index)
    {
        Signals.Continue(Process(index).Pid);
        paused[index] = false;
    }

    /// <summary>All that it kept is gone but its keys.</summary>
    public void Wipe(int index)
    {
        foreach (var name in new[] { "chain", "consensus" })
            Directory.Delete(Path.Combine(DataOf(index), name), recursive: true);
        File.Delete(Path.Combine(DataOf(index), "sign.guard"));
    }

    /// <summary>Waits until all that are awake have so many blocks more than the lowest of them now.</summary>
    public async Task ProgressAsync(ulong blocks, params int[] of)
    {
        int[] watched = of.Length > 0 ? of : [.. Awake];
        var goal = (await Task.WhenAll(watched.Select(HeightAsync))).Max() + blocks;
        await UntilAsync(
            async () => (await Task.WhenAll(watched.Select(HeightAsync))).All(h => h >= goal), $"height {goal}");
    }

    /// <summary>Waits until nobody has had a new block for so long; what was on its way may still make one.</summary>
    public async Task StandsStillAsync(TimeSpan period)
    {
        var before = new ulong[Count];
        await UntilAsync(
            async () =>
            {
                var now = await Task.WhenAll(Awake.Select(HeightAsync));
                var isStill = now.SequenceEqual(before);
                before = now;
                if (!isStill)
                    await Task.Delay(period);
                return isStill;
            },
            "standstill");
    }

    /// <summary>Waits until one has caught up and its key signs.</summary>
    public Task SignsAsync(int index) => UntilAsync(
        async () =>
        {
            var standing = await new ConsensusClient(Client(index)).ConsensusAsync();
            return standing is { Signing: "yes" } && standing.BestPeerTip <= standing.Height;
        },
        $"signatures of validator {index}");

    public Task<ulong> HeightAsync(int index) => Client(index).BlockNumberAsync();

    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                if (await condition())
                    return;
            }
            catch (ChainUnavailableException)
            {
                // It is not up yet, or has no time.
            }

            if (late.IsCancellationRequested)
                throw new TimeoutException($"No {what} within {Patience}.\n{Logs()}");
            await Task.Delay(Poll);
        }
    }

    public ValueTask DisposeAsync() => DisposeAsync(() => { });

    /// <summary>Ends all, does this, and removes what they left.</summary>
    public async ValueTask DisposeAsync(Action between)
    {
        foreach (var process in processes)
        {
            if (process is not null)
            {
                await process.KillAsync();
                process.Dispose();
            }
        }

        Array.ForEach(clients, c => c.Dispose());
        between();
        folder.Dispose();
    }

    private string ConfigOf(int index) => folder[$"node{index}.json"];

    private string Logs() => string.Join('\n', Enumerable.Range(0, Count).Select(i =>
        $"--- {i}\n{string.Join('\n', (processes[i]?.Log ?? "down").Split('\n').TakeLast(12))}"));

    private JsonObject Config(int index)
    {
        var place = places[index];
        return new JsonObject
        {
            ["listen"] = place.Url.ToString(),
            ["options"] = new JsonObject
            {
                ["dataDirectory"] = DataOf(index),
                ["genesisFile"] = folder["genesis.json"],
                ["miner"] = Operator(index).ToString(),
                ["p2pListen"] = place.P2pListen,
                ["peers"] = new JsonArray([.. place.Peers.Select(p => (JsonNode)p)]),
                ["redis"] = place.Redis,
            },
        };
    }

    private static JsonObject Genesis(List<NodeKeys> keys)
    {
        var alloc = new JsonObject();
        for (var i = 0; i < Accounts; i++)
        {
            using var key = TestAccounts.Key(i);
            alloc[key.Address.ToString()] = "10000000000000000000000";
        }

        return new JsonObject
        {
            ["network"] = "ait-devnet",
            ["chainId"] = ChainId,
            ["timestamp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            ["gasLimit"] = 300_000_000,
            ["baseFee"] = "1000000000",
            ["validators"] = new JsonArray([.. keys.Select((k, i) => new JsonObject
            {
                ["operator"] = Operator(i).ToString(),
                ["consensusKey"] = k.ConsensusKey.ToString(),
                ["transportKeyHash"] = k.TransportKeyHash.ToString(),
            })]),
            ["alloc"] = alloc,
        };
    }
}
