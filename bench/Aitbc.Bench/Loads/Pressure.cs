using System.Diagnostics;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Bench.Loads;

/// <summary>
/// Transfers of ten accounts, given to two nodes each, again and again until they are included: there is always work,
/// and a node that dies takes nothing with it.
/// </summary>
internal sealed class Pressure(JsonRpc[] rpcs) : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Transfers transfers = new();
    private readonly List<string>[] signed = [.. Enumerable.Range(0, 10).Select(_ => new List<string>())];
    private readonly List<string> hashes = [];
    private ulong chain;
    private int turn;

    /// <summary>Sends until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        chain = await rpcs[0].NumberAsync("eth_chainId");
        while (!stop.IsCancellationRequested)
        {
            var account = turn % signed.Length;
            var transfer = transfers.Sign(account, chain, (ulong)signed[account].Count);
            var raw = Hex.ToHex(transfer.Encode().Span);
            signed[account].Add(raw);
            hashes.Add(transfer.Hash.ToString());
            await Task.WhenAll(GiveAsync(turn, raw), GiveAsync(turn + 1, raw));
            turn++;
            if (turn % 40 == 0)
                await AgainAsync();
            await Task.Delay(Pace, CancellationToken.None);
        }
    }

    /// <summary>Waits until every node has included everything; the hashes of all transfers.</summary>
    public async Task<IReadOnlyList<string>> FinishAsync()
    {
        var from = Stopwatch.GetTimestamp();
        while (!await IsDoneAsync())
        {
            if (Stopwatch.GetElapsedTime(from) > Patience)
                throw new TimeoutException("Not every transfer was included on every node in two minutes.");
            await AgainAsync();
            await Task.Delay(Pace);
        }

        return hashes;
    }

    public void Dispose() => transfers.Dispose();

    private async Task GiveAsync(int node, string raw)
    {
        try
        {
            await rpcs[node % rpcs.Length].CallAsync("eth_sendRawTransaction", raw);
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException)
        {
            // Down, or known there already.
        }
    }

    // What is not included yet goes once more to the first node that answers.
    private async Task AgainAsync()
    {
        for (var node = 0; node < rpcs.Length; node++)
        {
            try
            {
                await AgainAsync(node);
                return;
            }
            catch (HttpRequestException)
            {
                // It is down in this moment.
            }
        }
    }

    private async Task AgainAsync(int node)
    {
        for (var account = 0; account < signed.Length; account++)
        {
            var next = await rpcs[node].NumberAsync(
                "eth_getTransactionCount", transfers.AddressOf(account).ToHex(), "latest");
            foreach (var raw in signed[account].Skip((int)next))
                await GiveAsync(node, raw);
        }
    }

    private async Task<bool> IsDoneAsync()
    {
        foreach (var rpc in rpcs)
        {
            for (var account = 0; account < signed.Length; account++)
            {
                var next = await rpc.NumberAsync(
                    "eth_getTransactionCount", transfers.AddressOf(account).ToHex(), "latest");
                if (next < (ulong)signed[account].Count)
                    return false;
            }
        }

        return true;
    }
}
