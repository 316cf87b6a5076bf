using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Xunit;

namespace Services.Tests.Chain;

/// <summary>
/// A scripted node with one account that includes transactions at once, and that can lose things on demand.
/// </summary>
internal sealed class PoolNode : IAsyncDisposable
{
    private readonly Lock guard = new();
    private readonly PrivateKey key = PrivateKey.FromBytes(
        Hex.Parse("0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
    private readonly LocalSigner signer;
    private readonly List<Transaction> included = [];
    private Action? beforeNextSend;

    private PoolNode(ScriptedNode node)
    {
        Node = node;
        signer = new LocalSigner(key);
    }

    public ScriptedNode Node { get; }

    public Address Account => signer.Address;

    /// <summary>Raw bytes in hex of every eth_sendRawTransaction, in order.</summary>
    public ConcurrentQueue<string> Delivered { get; } = new();

    public IReadOnlyList<Transaction> Included
    {
        get
        {
            lock (guard)
                return [.. included];
        }
    }

    /// <summary>So many sends are included but their answer never arrives.</summary>
    public int LoseAnswersOfSends { get; set; }

    /// <summary>So many sends are answered and then forgotten.</summary>
    public int ForgetSends { get; set; }

    public string? RefuseNextSend { get; set; }

    /// <summary>Status of every receipt.</summary>
    public bool Succeed { get; set; } = true;

    /// <summary>Events of every receipt.</summary>
    public JsonArray Logs { get; set; } = [];

    /// <summary>Runs once, when the next send arrives.</summary>
    public Action? BeforeNextSend
    {
        get => beforeNextSend;
        set => beforeNextSend = value;
    }

    public static async Task<PoolNode> StartAsync()
    {
        var pool = new PoolNode(await ScriptedNode.StartAsync());
        pool.Node
            .On("eth_chainId", "\"0x1e61\"")
            .On("eth_estimateGas", "\"0x5208\"")
            .On("eth_maxPriorityFeePerGas", "\"0x2\"")
            .On("eth_feeHistory", "{\"oldestBlock\":\"0x1\",\"baseFeePerGas\":[\"0x5\",\"0x7\"],\"gasUsedRatio\":[0]}")
            .On("eth_getTransactionCount", _ => "0x" + pool.Included.Count.ToString("x"))
            .On("eth_sendRawTransaction", pool.Receive)
            .On("eth_getTransactionReceipt", pool.Receipt);
        pool.Node.Intercept = (http, method) =>
        {
            if (method != "eth_sendRawTransaction" || pool.LoseAnswersOfSends == 0)
                return Task.FromResult(false);
            pool.LoseAnswersOfSends--;
            var raw = (string)JsonNode.Parse(pool.Node.Calls.Last(c => c.Method == method).Parameters)![0]!;
            try
            {
                pool.Receive([raw]);
            }
            catch (Exception)
            {
                // The refusal is lost like any other answer.
            }

            http.Abort();
            return Task.FromResult(true);
        };
        return pool;
    }

    public TransactionSender Sender(TransactionSenderOptions options) => new(Node.Client(), signer, options);

    public Transaction Sign(ulong nonce, ulong value = 1) => new Transaction
    {
        Type = TransactionType.DynamicFee,
        ChainId = 7777UL,
        Nonce = nonce,
        MaxPriorityFeePerGas = 1UL,
        MaxFeePerGas = 10UL,
        GasLimit = 21_000,
        To = Account,
        Value = value,
        Data = default,
        AccessList = [],
    }.Sign(key);

    public void Include(Transaction transaction)
    {
        lock (guard)
            included.Add(transaction);
    }

    public async ValueTask DisposeAsync()
    {
        signer.Dispose();
        await Node.DisposeAsync();
    }

    private JsonNode? Receive(JsonArray parameters)
    {
        var hex = (string)parameters[0]!;
        Delivered.Enqueue(hex);
        Interlocked.Exchange(ref beforeNextSend, null)?.Invoke();
        Assert.True(TransactionCodec.TryDecode(Hex.Parse(hex), out var tx, out _));
        lock (guard)
        {
            if (RefuseNextSend is { } refusal)
            {
                RefuseNextSend = null;
                throw ScriptedNode.Error(-32000, refusal);
            }

            if (tx!.Nonce < (ulong)included.Count)
                throw ScriptedNode.Error(-32000, "nonce too low");
            if (ForgetSends > 0)
                ForgetSends--;
            else
                included.Add(tx);
            return tx.Hash.ToString();
        }
    }

    private JsonNode? Receipt(JsonArray parameters)
    {
        var hash = Hash256.Parse((string)parameters[0]!);
        return Included.Any(t => t.Hash.Equals(hash)) ? ReceiptJson.Of(hash, Succeed, Copy(Logs)) : null;
    }

    private static JsonArray Copy(JsonArray array) => (JsonArray)array.DeepClone();
}
