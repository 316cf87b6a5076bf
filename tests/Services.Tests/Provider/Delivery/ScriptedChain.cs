using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Services.Tests.Provider.Delivery;

/// <summary>
/// A node over real HTTP whose chain is nothing but the escrow: jobs are put there as a test wants them, and the
/// provider's transactions move them by the escrow's rules. It can be told to fail in the ways in which nodes fail.
/// </summary>
internal sealed class ScriptedChain : IAsyncDisposable
{
    public const ulong ChainId = 7777;
    private static readonly AbiFunction GetJob = AbiFunction.Parse(
        "getJob(uint256)"
        + "((uint256,address,address,address,string,uint256,uint256,uint8,address,address,uint256,uint256))");

    private static readonly AbiFunction JobByKey = AbiFunction.Parse("jobByKey(bytes32)(uint256)");
    private static readonly AbiFunction JobTerms =
        AbiFunction.Parse("jobTerms(uint256)(bytes32,bytes32,uint256,uint256,bytes32)");

    private static readonly AbiFunction JobLevel =
        AbiFunction.Parse("jobLevel(uint256)(uint256,uint256,uint256,uint256)");

    private static readonly AbiFunction Submit = AbiFunction.Parse("submit(uint256,bytes32,bytes)");
    private static readonly AbiFunction ClaimPayment = AbiFunction.Parse("claimPayment(uint256)");

    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, EscrowJob> _jobs = [];
    private readonly ConcurrentDictionary<Hash256, bool> _receipts = new();
    private readonly Dictionary<Address, ulong> _nonces = [];

    private ScriptedChain(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    /// <summary>Answers nothing usable while set.</summary>
    public bool Down { get; set; }

    /// <summary>Refuses transactions while set; reads work.</summary>
    public bool RefusesTransactions { get; set; }

    /// <summary>Includes the next transaction and then goes down: the sender never learns what became of it.</summary>
    public bool GoesDownAfterTransaction { get; set; }

    public ulong NowSeconds { get; set; }

    public int Submissions { get; private set; }

    public int Claims { get; private set; }

    public static async Task<ScriptedChain> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var chain = new ScriptedChain(app);
        app.MapPost("/", chain.AnswerAsync);
        await app.StartAsync();
        return chain;
    }

    public EscrowJob Put(EscrowJob job)
    {
        lock (_gate)
            return _jobs[job.Id] = job;
    }

    public EscrowJob Job(ulong id)
    {
        lock (_gate)
            return _jobs[id];
    }

    public void Change(ulong id, Func<EscrowJob, EscrowJob> change)
    {
        lock (_gate)
            _jobs[id] = change(_jobs[id]);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var request = await JsonDocument.ParseAsync(http.Request.Body);
        var method = request.RootElement.GetProperty("method").GetString()!;
        if (Down)
        {
            http.Response.StatusCode = 503;
            return;
        }

        var id = request.RootElement.GetProperty("id").GetInt64();
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id };
        lock (_gate)
        {
            try
            {
                answer["result"] = Result(method, request.RootElement.GetProperty("params"));
            }
            catch (Reverted refused)
            {
                answer["error"] = new JsonObject { ["code"] = refused.Code, ["message"] = refused.Message };
            }
        }

        if (Down)
        {
            http.Abort();
            return;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer.ToJsonString());
    }

    private JsonNode? Result(string method, JsonElement parameters) => method switch
    {
        "eth_chainId" => Quantity(ChainId),
        "eth_blockNumber" => Quantity(1),
        "eth_maxPriorityFeePerGas" => Quantity(1),
        "eth_feeHistory" => new JsonObject { ["baseFeePerGas"] = new JsonArray("0x1", "0x1") },
        "eth_estimateGas" => Estimate(parameters[0]),
        "eth_getTransactionCount" => Quantity(_nonces.GetValueOrDefault(Address.Parse(parameters[0].GetString()!))),
        "eth_call" => Hex.ToHex(Call(Hex.Parse(parameters[0].GetProperty("data").GetString()!))),
        "eth_sendRawTransaction" => Include(Hex.Parse(parameters[0].GetString()!)),
        "eth_getTransactionReceipt" => Receipt(Hash256.Parse(parameters[0].GetString()!)),
        _ => throw new Reverted(-32601, $"the method {method} does not exist"),
    };

    private byte[] Call(byte[] data)
    {
        var selector = data.AsSpan(0, 4);
        if (selector.SequenceEqual(JobByKey.Selector))
        {
            var key = (Hash256)JobByKey.DecodeCall(data)[0]!;
            var found = _jobs.Values.FirstOrDefault(j => j.JobKey == key)?.Id ?? 0;
            return JobByKey.EncodeResult((UInt256)found);
        }

        if (selector.SequenceEqual(JobLevel.Selector))
        {
            var level = _jobs[(ulong)(UInt256)JobLevel.DecodeCall(data)[0]!].Level;
            return JobLevel.EncodeResult(
                (UInt256)(level?.Seconds ?? 0), (UInt256)(level?.CreditBasisPoints ?? 0),
                (UInt256)(level?.DueAt ?? 0), level?.Credit ?? default);
        }

        var getJob = selector.SequenceEqual(GetJob.Selector);
        var job = _jobs[(ulong)(UInt256)(getJob ? GetJob : JobTerms).DecodeCall(data)[0]!];
        return getJob
            ? GetJob.EncodeResult((object)new object?[]
            {
                (UInt256)job.Id, job.Client, job.Provider, job.Evaluator, job.Description, job.Budget,
                (UInt256)job.ExpiredAt,
                (UInt256)(ulong)job.Status, job.Hook, job.PaymentToken, job.ProviderAgentId, (UInt256)job.SubmittedAt,
            })
            : JobTerms.EncodeResult(job.JobKey, job.Terms, (UInt256)job.EvaluationWindow, job.Charge, job.Deliverable);
    }

    private string Estimate(JsonElement call)
    {
        var data = Hex.Parse(call.GetProperty("data").GetString()!);
        var before = new Dictionary<ulong, EscrowJob>(_jobs);
        Apply(Address.Parse(call.GetProperty("from").GetString()!), data);
        foreach (var (id, job) in before)
            _jobs[id] = job;
        return Quantity(100_000);
    }

    private string Include(byte[] raw)
    {
        if (RefusesTransactions)
            throw new Reverted(-32000, "the pool is full");
        if (!TransactionCodec.TryDecode(raw, out var transaction, out _)
            || !transaction!.TryRecoverSender(out var sender))
            throw new Reverted(-32000, "not a transaction");
        if (transaction.Nonce != _nonces.GetValueOrDefault(sender))
            throw new Reverted(-32000, "nonce too low");
        _nonces[sender] = transaction.Nonce + 1;
        var applied = true;
        try
        {
            var data = transaction.Data.ToArray();
            Apply(sender, data);
            Submissions += data.AsSpan(0, 4).SequenceEqual(Submit.Selector) ? 1 : 0;
            Claims += data.AsSpan(0, 4).SequenceEqual(ClaimPayment.Selector) ? 1 : 0;
        }
        catch (Reverted)
        {
            applied = false;
        }

        _receipts[transaction.Hash] = applied;
        Down |= GoesDownAfterTransaction;
        return transaction.Hash.ToString();
    }

    private void Apply(Address sender, byte[] data)
    {
        if (data.AsSpan(0, 4).SequenceEqual(Submit.Selector))
        {
            var arguments = Submit.DecodeCall(data);
            var job = _jobs[(ulong)(UInt256)arguments[0]!];
            var options = (byte[])arguments[2]!;
            if (job.Status != EscrowStatus.Funded || sender != job.Provider || NowSeconds >= job.ExpiredAt)
                throw new Reverted(3, "execution reverted: WrongStatus");
            var charge = options.Length == 32 ? UInt256.FromBigEndian(options) : job.Budget;
            _jobs[job.Id] = job with
            {
                Status = EscrowStatus.Submitted,
                Deliverable = (Hash256)arguments[1]!,
                Charge = charge,
                SubmittedAt = NowSeconds,
                Level = job.Level is { } level && NowSeconds > level.DueAt
                    ? level with { Credit = ((charge * level.CreditBasisPoints) + 9_999UL) / 10_000UL } : job.Level,
            };
            return;
        }

        var claimed = _jobs[(ulong)(UInt256)ClaimPayment.DecodeCall(data)[0]!];
        if (claimed.Status != EscrowStatus.Submitted || NowSeconds < claimed.SubmittedAt + claimed.EvaluationWindow)
            throw new Reverted(3, "execution reverted: GracePeriodActive");
        _jobs[claimed.Id] = claimed with { Status = EscrowStatus.Completed };
    }

    private JsonObject? Receipt(Hash256 hash) => !_receipts.TryGetValue(hash, out var succeeded) ? null : new JsonObject
    {
        ["transactionHash"] = hash.ToString(),
        ["blockHash"] = hash.ToString(),
        ["blockNumber"] = "0x1",
        ["transactionIndex"] = "0x0",
        ["from"] = Address.Zero.ToHex(),
        ["to"] = SystemContractAddresses.JobEscrow.ToHex(),
        ["status"] = succeeded ? "0x1" : "0x0",
        ["gasUsed"] = "0x1",
        ["effectiveGasPrice"] = "0x1",
        ["logs"] = new JsonArray(),
    };

    private static string Quantity(ulong value) => $"0x{value:x}";

    private sealed class Reverted(int code, string message) : Exception(message)
    {
        public int Code { get; } = code;
    }
}
