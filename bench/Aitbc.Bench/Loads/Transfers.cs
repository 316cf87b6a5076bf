using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Keys;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Bench.Loads;

/// <summary>
/// Signed EIP-1559 transfers of the ten test accounts to as many receivers as there are transfers, sent in batches over
/// several connections until the chain has included each one. All signing is done before the clock starts.
/// </summary>
internal sealed class Transfers : IDisposable
{
    public const int Batch = 100;
    public const int Connections = 8;
    private const int Senders = 10;
    private const ulong LastingFee = 100_000_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly PrivateKey[] keys;

    public Transfers()
    {
        using var root = HdKey.FromSeed(
            Mnemonic.ToSeed("test test test test test test test test test test test junk"));
        keys = [.. Enumerable.Range(0, Senders).Select(i => root.Derive($"m/44'/60'/0'/0/{i}"))];
    }

    /// <summary>Signs the next transfers of each account and makes them the bodies of requests.</summary>
    public async Task<Load> SignAsync(JsonRpc rpc, int count, int receivers = int.MaxValue)
    {
        var chain = await rpc.NumberAsync("eth_chainId");
        var fee = (await rpc.NumberAsync("eth_gasPrice") * 4) + 1;
        var nonces = await NoncesAsync(rpc);
        var signed = new Transaction[count];
        Parallel.For(0, count, i => signed[i] = new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = chain,
            Nonce = nonces[i % Senders] + (ulong)(i / Senders),
            MaxPriorityFeePerGas = 1,
            MaxFeePerGas = fee,
            GasLimit = 21_000,
            To = Address.FromBytes(Keccak256.Hash(BitConverter.GetBytes(i % receivers)).ToArray().AsSpan(12)),
            Value = 1,
        }.Sign(keys[i % Senders]));
        var last = new ulong[Senders];
        for (var i = 0; i < Senders; i++)
            last[i] = nonces[i] + (ulong)((count - i + Senders - 1) / Senders);
        return new Load(signed, [.. signed.Chunk(Batch).Select(Body)], last);
    }

    /// <summary>Address of an account.</summary>
    public Address AddressOf(int account) => keys[account].Address;

    /// <summary>One signed transfer of an account, with a fee that lasts.</summary>
    public Transaction Sign(int account, ulong chain, ulong nonce) => new Transaction
    {
        Type = TransactionType.DynamicFee,
        ChainId = chain,
        Nonce = nonce,
        MaxPriorityFeePerGas = 1,
        MaxFeePerGas = LastingFee,
        GasLimit = 21_000,
        To = keys[account].Address,
        Value = 1,
    }.Sign(keys[account]);

    /// <summary>One signed transfer as its hex.</summary>
    public async Task<string[]> SignOneByOneAsync(JsonRpc rpc, int count)
    {
        var load = await SignAsync(rpc, count * Senders);
        return [.. load.Signed.Where((_, i) => i % Senders == 0).Select(t => Hex.ToHex(t.Encode().Span))];
    }

    /// <summary>Sends everything; returns seconds until all was accepted and until all was included.</summary>
    public async Task<(double Accepted, double Included)> RunAsync(JsonRpc rpc, Load load)
    {
        var from = Stopwatch.GetTimestamp();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            int at;
            while ((at = Interlocked.Increment(ref next)) < load.Bodies.Length)
            {
                var answer = await rpc.PostAsync(load.Bodies[at]);
                if (answer.AsSpan().IndexOf("\"error\""u8) is var error and >= 0)
                    throw new InvalidOperationException(Encoding.UTF8.GetString(answer.AsSpan(error).Slice(
                        0, Math.Min(200, answer.Length - error))));
            }
        }));
        var accepted = Stopwatch.GetElapsedTime(from).TotalSeconds;
        while (true)
        {
            var nonces = await NoncesAsync(rpc);
            if (nonces.Zip(load.Last).All(n => n.First >= n.Second))
                return (accepted, Stopwatch.GetElapsedTime(from).TotalSeconds);
            if (Stopwatch.GetElapsedTime(from) > Patience)
                throw new TimeoutException("Not every transfer was included in two minutes.");
            await Task.Delay(Poll);
        }
    }

    public void Dispose() => Array.ForEach(keys, k => k.Dispose());

    private async Task<ulong[]> NoncesAsync(JsonRpc rpc)
    {
        var requests = keys.Select((key, i) => (JsonNode)new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = i,
            ["method"] = "eth_getTransactionCount",
            ["params"] = new JsonArray(key.Address.ToHex(), "latest"),
        });
        var body = Encoding.UTF8.GetBytes(new JsonArray([.. requests]).ToJsonString());
        var nonces = new ulong[keys.Length];
        foreach (var answer in JsonNode.Parse(await rpc.PostAsync(body))!.AsArray())
            nonces[(int)answer!["id"]!] = JsonRpc.Number((string)answer["result"]!);
        return nonces;
    }

    private static byte[] Body(Transaction[] transfers)
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < transfers.Length; i++)
        {
            text.Append(i == 0 ? "" : ",").Append("{\"jsonrpc\":\"2.0\",\"id\":").Append(i)
                .Append(",\"method\":\"eth_sendRawTransaction\",\"params\":[\"")
                .Append(Hex.ToHex(transfers[i].Encode().Span)).Append("\"]}");
        }

        return Encoding.UTF8.GetBytes(text.Append(']').ToString());
    }

    /// <summary>What is sent: the transfers, the bodies and the nonce of each account when all are included.</summary>
    internal sealed record Load(Transaction[] Signed, byte[][] Bodies, ulong[] Last);
}
