using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Testing;

namespace System.Tests.Chaos.Running;

/// <summary>
/// Transfers of eight accounts to two validators each, again until they are final; and what a client was told is final.
/// </summary>
internal sealed class TransferLoad(ChaosNetwork network) : IAsyncDisposable
{
    private const int MostAtOnce = 32;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);
    private static readonly Address Receiver = Address.Parse("0x00000000000000000000000000000000000000aa");

    private readonly List<(Hash256 Hash, byte[] Raw)>[] sent =
        [.. Enumerable.Range(0, ChaosNetwork.Accounts).Select(_ => new List<(Hash256, byte[])>())];

    private readonly Queue<Hash256> open = [];
    private readonly Dictionary<Hash256, Hash256> final = [];
    private CancellationTokenSource? stop;
    private Task running = Task.CompletedTask;
    private int turn;

    /// <summary>Blocks of the transfers of which a node said that they are final.</summary>
    public IReadOnlyDictionary<Hash256, Hash256> Final => final;

    /// <summary>All that have money.</summary>
    public static IEnumerable<Address> Holders => Enumerable.Range(0, ChaosNetwork.Accounts).Select(AddressOf)
        .Append(Receiver).Concat(Enumerable.Range(0, ChaosNetwork.Count).Select(ChaosNetwork.Operator));

    public void Start()
    {
        stop = new CancellationTokenSource();
        running = RunAsync(stop.Token);
    }

    /// <summary>Sends nothing new, and waits until every node has all that was sent.</summary>
    public async Task DrainAsync()
    {
        await StopAsync();
        var again = 0;
        await network.UntilAsync(
            async () =>
            {
                if (again++ % 40 == 0)
                    await AgainAsync();
                foreach (var node in network.Awake)
                {
                    for (var account = 0; account < sent.Length; account++)
                    {
                        if (await network.Client(node).FinalNonceAsync(AddressOf(account)) < (ulong)sent[account].Count)
                            return false;
                    }
                }

                return true;
            },
            "inclusion of all transfers");
        while (open.Count > 0)
            await AskAsync(network.Awake[0]);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static Address AddressOf(int account)
    {
        using var key = TestAccounts.Key(account);
        return key.Address;
    }

    private async Task StopAsync()
    {
        if (stop is null)
            return;
        await stop.CancelAsync();
        await running;
        stop.Dispose();
        stop = null;
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            var account = turn++ % sent.Length;
            var transfer = TestAccounts.Transfer(account, (ulong)sent[account].Count, Receiver, 1);
            sent[account].Add((transfer.Hash, transfer.Bytes()));
            open.Enqueue(transfer.Hash);
            var awake = network.Awake;
            await Task.WhenAll(
                GiveAsync(awake[turn % awake.Count], sent[account][^1].Raw),
                GiveAsync(awake[(turn + 1) % awake.Count], sent[account][^1].Raw));
            if (turn % 10 == 0)
                await AskAsync(awake[turn / 10 % awake.Count]);
            if (turn % 80 == 0)
                await AgainAsync();
            await Task.Delay(Pace, CancellationToken.None);
        }
    }

    private async Task GiveAsync(int node, byte[] raw)
    {
        try
        {
            await network.Client(node).SendRawAsync(raw);
        }
        catch (Exception e) when (e is ChainUnavailableException or RpcException)
        {
            // Down in this moment, or known there.
        }
    }

    // What a node says is final must stay so for ever, on all nodes.
    private async Task AskAsync(int node)
    {
        for (var left = Math.Min(MostAtOnce, open.Count); left > 0; left--)
        {
            var hash = open.Dequeue();
            try
            {
                if (await network.Client(node).ReceiptAsync(hash) is { } receipt)
                {
                    final.Add(hash, receipt.BlockHash);
                    continue;
                }
            }
            catch (ChainUnavailableException)
            {
                // Asked again, of another.
            }

            open.Enqueue(hash);
        }
    }

    private async Task AgainAsync()
    {
        foreach (var node in network.Awake)
        {
            for (var account = 0; account < sent.Length; account++)
            {
                try
                {
                    var next = (int)await network.Client(node).FinalNonceAsync(AddressOf(account));
                    foreach (var (_, raw) in sent[account].Skip(next).Take(MostAtOnce))
                        await GiveAsync(node, raw);
                }
                catch (ChainUnavailableException)
                {
                    break;
                }
            }
        }
    }
}
