using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Keys;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;

namespace Aitbc.Bench.Loads;

/// <summary>
/// Signed transfers of ten accounts, sent in batches of 100 over 8 connections until the chain has included each one.
/// The clock runs from the first request until the last nonce is final. The ratio is to what one core can recover
/// senders in the same run: the least that any honest node must do for a transfer.
/// </summary>
internal static class TransferLoad
{
    private const int Senders = 10;
    private const int Batch = 100;
    private const int Connections = 8;
    private const ulong ChainId = 7777;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        using var network = await Network.StartAsync("node,wallet");
        using var http = network.Client("node");
        var chain = new ChainClient(http);
        var keys = Enumerable.Range(0, Senders).Select(Key).ToArray();
        var included = new List<double>();
        var recovered = new List<double>();
        for (var round = 0; round < arguments.Rounds; round++)
        {
            var transfers = await SignAsync(chain, keys, arguments.Count);
            recovered.Add(RecoveredPerSecond(transfers));
            var from = Stopwatch.GetTimestamp();
            await SendAsync(http, transfers);
            await UntilFinalAsync(chain, keys, transfers, from);
            included.Add(arguments.Count / Stopwatch.GetElapsedTime(from).TotalSeconds);
            Console.WriteLine(
                $"round {round + 1}: {Figures.Text(included[^1])} transfers/s included, "
                + $"{Figures.Text(recovered[^1])} senders/s recovered by one core ({Secp256k1.Backend})");
        }

        Array.ForEach(keys, k => k.Dispose());
        var (rate, floor) = (Figures.Quantile(included, 0.5), Figures.Quantile(recovered, 0.5));
        Console.WriteLine(
            $"transfers: median {Figures.Text(rate)} included per second over {arguments.Rounds} rounds of "
            + $"{arguments.Count}; {rate / floor:0.00} of what one core recovers");
        return 0;
    }

    private static async Task<Transaction[]> SignAsync(ChainClient chain, PrivateKey[] keys, int count)
    {
        var nonces = new ulong[keys.Length];
        for (var i = 0; i < keys.Length; i++)
            nonces[i] = await chain.FinalNonceAsync(keys[i].Address);
        var fees = await chain.FeesAsync();
        var signed = new Transaction[count];
        Parallel.For(0, count, i => signed[i] = new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = ChainId,
            Nonce = nonces[i % keys.Length] + (ulong)(i / keys.Length),
            MaxPriorityFeePerGas = fees.MaxPriorityFeePerGas,
            MaxFeePerGas = fees.MaxFeePerGas * 8,
            GasLimit = 21_000,
            To = Address.FromBytes(Keccak256.Hash(BitConverter.GetBytes(i)).ToArray().AsSpan(12)),
            Value = 1,
        }.Sign(keys[i % keys.Length]));
        return signed;
    }

    private static double RecoveredPerSecond(Transaction[] transfers)
    {
        var sample = transfers.Take(2_000).ToArray();
        var from = Stopwatch.GetTimestamp();
        foreach (var transfer in sample)
        {
            if (!transfer.TryRecoverSender(out _))
                throw new InvalidOperationException("A transfer has no sender.");
        }

        return sample.Length / Stopwatch.GetElapsedTime(from).TotalSeconds;
    }

    private static async Task SendAsync(HttpClient http, Transaction[] transfers)
    {
        var bodies = transfers.Chunk(Batch).Select(Body).ToArray();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            for (var at = Interlocked.Increment(ref next); at < bodies.Length; at = Interlocked.Increment(ref next))
            {
                using var content = new ByteArrayContent(bodies[at]);
                content.Headers.ContentType = new("application/json");
                using var answer = await http.PostAsync("", content);
                var text = await answer.Content.ReadAsStringAsync();
                if (text.Contains("\"error\"", StringComparison.Ordinal))
                    throw new InvalidOperationException(text[..Math.Min(text.Length, 400)]);
            }
        }));
    }

    private static byte[] Body(Transaction[] transfers) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        transfers.Select((t, i) => new
        {
            jsonrpc = "2.0",
            id = i,
            method = "eth_sendRawTransaction",
            @params = new[] { Hex.ToHex(t.Encode().Span) },
        })));

    private static async Task UntilFinalAsync(ChainClient chain, PrivateKey[] keys, Transaction[] transfers, long from)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            var last = transfers.Where((_, t) => t % keys.Length == i).Max(t => t.Nonce);
            while (await chain.FinalNonceAsync(keys[i].Address) <= last)
            {
                if (Stopwatch.GetElapsedTime(from) > Patience)
                    throw new TimeoutException("Not every transfer was included in two minutes.");
                await Task.Delay(5);
            }
        }
    }

    private static PrivateKey Key(int index)
    {
        using var root = HdKey.FromSeed(
            Mnemonic.ToSeed("test test test test test test test test test test test junk"));
        return root.Derive($"m/44'/60'/0'/0/{index}");
    }
}
