using System.Text.Json.Nodes;
using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Node;
using Aitbc.Node.Bft.Running;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Node.Tests.Running;

namespace Node.Tests.Bft;

/// <summary>Whole nodes of one chain in this process, each with RocksDB, a socket and a folder of its own.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-bft-").FullName;
    private readonly string genesis;
    private readonly TestNode?[] nodes;
    private readonly NodeOptions[] options;

    public Cluster(int validators, int followers = 0)
    {
        nodes = new TestNode?[validators + followers];
        options = new NodeOptions[nodes.Length];
        genesis = Path.Combine(folder, "genesis.json");
        WriteGenesis(validators);
        for (var i = 0; i < nodes.Length; i++)
            options[i] = OptionsOf(i);
    }

    public MemoryNetwork Network { get; } = new(TimeProvider.System);

    /// <summary>Each node's side of the network; null before its first start.</summary>
    public MemoryGossip[] Gossips { get; private set; } = new MemoryGossip[8];

    public int Count => nodes.Length;

    public TestNode this[int index] => nodes[index] ?? throw new InvalidOperationException($"Node {index} is down.");

    public static byte[] Seed(int index) => [.. Enumerable.Repeat((byte)(index + 1), 32)];

    // Operators ascend with the index, so that the index in the set is the same.
    public static Address Operator(int index) =>
        Address.FromBytes([(byte)(index + 1), .. Enumerable.Repeat((byte)0x11, 19)]);

    public NodeOptions Options(int index) => options[index];

    public string DataOf(int index) => Path.Combine(folder, $"node{index}");

    public Chain ChainOf(int index) => this[index].Service<Chain>();

    /// <summary>Where consensus stands at a node.</summary>
    public Standing Standing(int index) => this[index].Service<BftService>().Standing!;

    public static async Task<Cluster> StartAsync(int validators, int followers = 0)
    {
        var cluster = new Cluster(validators, followers);
        for (var i = 0; i < cluster.Count; i++)
            await cluster.StartAsync(i);
        return cluster;
    }

    public async Task StartAsync(int index)
    {
        var gossip = Gossips[index] = Network.Join(index, Ed25519Keys.PublicKeyOf(Seed(index)));
        nodes[index] = await TestNode.StartAsync(
            options[index], services => services.AddSingleton<IGossip>(gossip));
    }

    /// <summary>As a process that is killed: it leaves the network first, and says nothing more.</summary>
    public async Task StopAsync(int index)
    {
        Gossips[index]?.Dispose();
        if (nodes[index] is { } node)
            await node.DisposeAsync();
        nodes[index] = null;
    }

    /// <summary>All that a node kept is gone but its keys.</summary>
    public void Wipe(int index)
    {
        Directory.Delete(Path.Combine(DataOf(index), "chain"), recursive: true);
        Directory.Delete(Path.Combine(DataOf(index), "consensus"), recursive: true);
        File.Delete(Path.Combine(DataOf(index), "sign.guard"));
    }

    /// <summary>Waits until they have heard how far the others are.</summary>
    public Task BegunAsync(params int[] of) =>
        UntilAsync(() => Running(of).All(i => !Standing(i).WaitsAtStart), "beginning");

    /// <summary>Lets the chain go on until a validator signs; the next nonce of the sender.</summary>
    public async Task<ulong> SignsAsync(int index, int sender, ulong nonce)
    {
        await BegunAsync(index);
        while (Standing(index).Permit == PermitState.Watching)
            await FinalAsync(await SendAsync(0, sender, nonce++));
        return Standing(index).Permit == PermitState.Granted
            ? nonce
            : throw new InvalidOperationException($"It does not sign: {Standing(index).Permit}.");
    }

    /// <summary>Sends a transfer of an account of its own to a node.</summary>
    public async Task<string> SendAsync(int node, int account, ulong nonce) =>
        (string)(await this[node].SendRawAsync(
            TestAccounts.Transfer(account, nonce, Address.Parse("0x00000000000000000000000000000000000000aa"), 1)
                .Bytes()))!;

    /// <summary>Waits until all that run have a height.</summary>
    public Task HeightAsync(ulong height, params int[] of) => UntilAsync(
        () => Running(of).All(i => ChainOf(i).Head.Header.Number >= height), $"height {height}");

    /// <summary>Waits until a transaction is final on all that run.</summary>
    public Task FinalAsync(string hash, params int[] of) => UntilAsync(
        () => Running(of).All(i => ChainOf(i).Store.Locate(Hash256.Parse(hash)) is not null), $"transaction {hash}");

    /// <summary>Waits until a node has voted on the height above its tip.</summary>
    public Task VoteAsync(int index) => UntilAsync(
        () => Standing(index).Engine is { Step: RoundStep.Prevote or RoundStep.Precommit } engine
            && engine.Height == ChainOf(index).Head.Header.Number + 1,
        "vote");

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!condition())
        {
            if (late.IsCancellationRequested)
                throw new TimeoutException($"No {what}. {Describe()}");
            await Task.Delay(5);
        }
    }

    /// <summary>The hash of every height that all of them have, which is one; throws otherwise.</summary>
    public ulong OneHashAtEveryHeight(params int[] of)
    {
        var running = Running(of).ToArray();
        var lowest = running.Min(i => ChainOf(i).Head.Header.Number);
        for (var height = 0UL; height <= lowest; height++)
        {
            var hashes = running.Select(i => ChainOf(i).Store.Header(height)!.Hash()).Distinct().ToList();
            if (hashes.Count != 1)
                throw new InvalidOperationException($"Height {height} has {hashes.Count} blocks.");
        }

        return lowest;
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = 0; i < nodes.Length; i++)
            await StopAsync(i);
        Directory.Delete(folder, recursive: true);
    }

    private IEnumerable<int> Running(int[] of) =>
        Enumerable.Range(0, nodes.Length).Where(i => nodes[i] is not null && (of.Length == 0 || of.Contains(i)));

    private string Describe() => string.Join("; ", Running([]).Select(i =>
    {
        var standing = Standing(i);
        return $"{i}: tip {ChainOf(i).Head.Header.Number}, round {standing.Engine?.Round} {standing.Engine?.Step}, "
            + $"{standing.Permit}, waits {standing.WaitsAtStart}, pool {ChainOf(i).Pool.Count}, "
            + string.Join(" | ", Gossips[i].Complaints.Take(2));
    }));

    private void WriteGenesis(int validators)
    {
        var alloc = new JsonObject();
        for (var i = 0; i < 8; i++)
            alloc[TestAccounts.Key(i).Address.ToString()] = "10000000000000000000000";
        var members = new JsonArray();
        for (var i = 0; i < validators; i++)
        {
            members.Add(new JsonObject
            {
                ["operator"] = Operator(i).ToString(),
                ["consensusKey"] = "0x" + Convert.ToHexStringLower(Ed25519Keys.PublicKeyOf(Seed(i))),
            });
        }

        File.WriteAllText(genesis, new JsonObject
        {
            ["network"] = "ait-devnet",
            ["chainId"] = 7777,
            ["timestamp"] = 1_790_000_000,
            ["gasLimit"] = 300_000_000,
            ["baseFee"] = "1000000000",
            ["validators"] = members,
            ["alloc"] = alloc,
        }.ToJsonString());
    }

    private NodeOptions OptionsOf(int index)
    {
        Directory.CreateDirectory(DataOf(index));
        File.WriteAllBytes(Path.Combine(DataOf(index), "validator.key"), Seed(index));
        return new NodeOptions
        {
            DataDirectory = DataOf(index),
            GenesisFile = genesis,
            Miner = Operator(index).ToString(),
            DatabaseCache = 4UL << 20,
            // A silent proposer costs little, and no block is made for nothing.
            Times = new BftParameters(400, 100, 150, 50, 250, 60_000, 2_000),
        };
    }
}
