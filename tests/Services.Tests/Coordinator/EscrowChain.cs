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

namespace Services.Tests.Coordinator;

/// <summary>
/// A node over real HTTP whose chain is the escrow alone: tests put jobs into states, and the evaluator's
/// transactions move them by the escrow's rules. It counts what was sent, and can fail in the ways in which nodes
/// fail.
/// </summary>
internal sealed class EscrowChain : IAsyncDisposable
{
    public const ulong ChainId = 7777;
    private static readonly AbiFunction GetJob = AbiFunction.Parse(
        "getJob(uint256)"
        + "((uint256,address,address,address,string,uint256,uint256,uint8,address,address,uint256,uint256))");

    private static readonly AbiFunction JobByKey = AbiFunction.Parse("jobByKey(bytes32)(uint256)");
    private static readonly AbiFunction JobTermsCall =
        AbiFunction.Parse("jobTerms(uint256)(bytes32,bytes32,uint256,uint256,bytes32)");

    private static readonly AbiFunction JobLevelCall =
        AbiFunction.Parse("jobLevel(uint256)(uint256,uint256,uint256,uint256)");

    private static readonly AbiFunction Complete = AbiFunction.Parse("complete(uint256,bytes32,bytes)");
    private static readonly AbiFunction Reject = AbiFunction.Parse("reject(uint256,bytes32,bytes)");
    private static readonly AbiFunction ClaimRefund = AbiFunction.Parse("claimRefund(uint256)");
    private static readonly Hash256 Completed =
        AbiEvent.Parse("JobCompleted(uint256 indexed,address indexed,bytes32)").Topic0;

    private static readonly Hash256 Rejected =
        AbiEvent.Parse("JobRejected(uint256 indexed,address indexed,bytes32)").Topic0;

    private static readonly Hash256 Expired = AbiEvent.Parse("JobExpired(uint256 indexed)").Topic0;

    private static readonly AbiFunction ClaimPayment = AbiFunction.Parse("claimPayment(uint256)");
    private static readonly AbiFunction DisputeOf =
        AbiFunction.Parse("disputes(uint256)(uint8,address,uint256,uint256,bytes32)");

    private static readonly AbiFunction DisputeTerms =
        AbiFunction.Parse("disputeTerms(uint256)(address[],uint256,uint256,uint256)");

    private static readonly AbiFunction Claimed = AbiFunction.Parse("claimedResult(uint256)(bytes32)");
    private static readonly AbiFunction Vote = AbiFunction.Parse("vote(uint256,bytes32)");
    private static readonly AbiFunction VoteOf = AbiFunction.Parse("voteOf(uint256,address)(bytes32)");
    private static readonly Hash256 Opened =
        AbiEvent.Parse("JobDisputed(uint256 indexed,address indexed,uint256,uint256)").Topic0;

    private static readonly AbiFunction OwnerOf = AbiFunction.Parse("ownerOf(uint256)(address)");
    private static readonly AbiFunction WalletOf = AbiFunction.Parse("getAgentWallet(uint256)(address)");
    private static readonly AbiFunction UriOf = AbiFunction.Parse("tokenURI(uint256)(string)");
    private static readonly AbiFunction BondOf = AbiFunction.Parse("bondOf(address)(uint256)");
    private static readonly AbiFunction NoToken = AbiFunction.Parse("ERC721NonexistentToken(uint256)");

    private readonly WebApplication app;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, EscrowJob> jobs = [];
    private readonly Dictionary<Hash256, bool> receipts = [];
    private readonly Dictionary<Address, ulong> nonces = [];
    private readonly List<(Hash256 Topic, ulong Job, Hash256 Transaction)> events = [];

    private EscrowChain(WebApplication app, TimeProvider time) => (this.app, this.time) = (app, time);

    public Uri Url => new(app.Urls.Single());

    public bool Down { get; set; }

    /// <summary>
    /// Takes the next transaction into its pool and never tells: as a node killed after accepting it.
    /// </summary>
    public bool KeepsPending { get; set; }

    /// <summary>Includes the next transaction, then goes down: the sender never learns what became of it.</summary>
    public bool GoesDownAfterTransaction { get; set; }

    /// <summary>Agents of the identity registry, each with its owner and its wallet.</summary>
    public ConcurrentDictionary<ulong, (Address Owner, Address Wallet)> Agents { get; } = new();

    /// <summary>What the re-execution hook holds of jobs, by the escrow's number.</summary>
    public ConcurrentDictionary<ulong, Dispute> Disputes { get; } = new();

    /// <summary>What re-executors voted for, by the escrow's number.</summary>
    public ConcurrentDictionary<(ulong Job, Address Reexecutor), Hash256> Votes { get; } = new();

    /// <summary>What providers have bonded.</summary>
    public ConcurrentDictionary<Address, UInt256> Bonds { get; } = new();

    /// <summary>Transactions taken, by what they call.</summary>
    public List<string> Sent { get; } = [];

    public static async Task<EscrowChain> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var chain = new EscrowChain(app, time);
        app.MapPost("/", chain.AnswerAsync);
        await app.StartAsync();
        return chain;
    }

    public EscrowJob Put(EscrowJob job)
    {
        lock (gate)
            return jobs[job.Id] = job;
    }

    public EscrowJob Job(Hash256 key)
    {
        lock (gate)
            return jobs.Values.Single(j => j.JobKey == key);
    }

    public void Change(Hash256 key, Func<EscrowJob, EscrowJob> change)
    {
        lock (gate)
        {
            var job = jobs.Values.Single(j => j.JobKey == key);
            jobs[job.Id] = change(job);
        }
    }

    public int Count()
    {
        lock (gate)
            return jobs.Count;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var request = await JsonDocument.ParseAsync(http.Request.Body);
        if (Down)
        {
            http.Response.StatusCode = 503;
            return;
        }

        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = request.RootElement.GetProperty("id").GetInt64() };
        lock (gate)
        {
            try
            {
                answer["result"] = Result(
                    request.RootElement.GetProperty("method").GetString()!, request.RootElement.GetProperty("params"));
            }
            catch (InvalidOperationException refused)
            {
                answer["error"] = new JsonObject
                {
                    ["code"] = 3,
                    ["message"] = refused.Message,
                    ["data"] = refused.Data["revert"] as string,
                };
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
        "eth_getTransactionCount" => Quantity(
            nonces.GetValueOrDefault(Address.Parse(parameters[0].GetString()!))
                + (KeepsPending && Sent.Count > 0 && parameters[1].GetString() == "pending" ? 1UL : 0)),
        "eth_call" => Hex.ToHex(Call(Hex.Parse(parameters[0].GetProperty("data").GetString()!))),
        "eth_sendRawTransaction" => Include(Hex.Parse(parameters[0].GetString()!)),
        "eth_getTransactionReceipt" => Receipt(Hash256.Parse(parameters[0].GetString()!)),
        "eth_getLogs" => Logs(parameters[0]),
        _ => throw new InvalidOperationException($"the method {method} does not exist"),
    };

    private byte[] Call(byte[] data)
    {
        if (Calls(BondOf, data))
            return BondOf.EncodeResult(Bonds.GetValueOrDefault((Address)BondOf.DecodeCall(data)[0]!));
        if (Array.Find([OwnerOf, WalletOf, UriOf], f => Calls(f, data)) is { } asked)
            return AgentAnswer(asked, (UInt256)asked.DecodeCall(data)[0]!);
        if (Calls(VoteOf, data))
        {
            var of = VoteOf.DecodeCall(data);
            return VoteOf.EncodeResult(Votes.GetValueOrDefault(((ulong)(UInt256)of[0]!, (Address)of[1]!)));
        }

        if (Array.Find([DisputeOf, DisputeTerms, Claimed], f => Calls(f, data)) is { } hook)
            return HookAnswer(hook, Disputes[(ulong)(UInt256)hook.DecodeCall(data)[0]!]);
        if (Calls(JobByKey, data))
        {
            var key = (Hash256)JobByKey.DecodeCall(data)[0]!;
            return JobByKey.EncodeResult((UInt256)(jobs.Values.FirstOrDefault(j => j.JobKey == key)?.Id ?? 0));
        }

        if (Calls(JobLevelCall, data))
            return LevelAnswer(jobs[(ulong)(UInt256)JobLevelCall.DecodeCall(data)[0]!].Level);
        var job = jobs[(ulong)(UInt256)(Calls(GetJob, data) ? GetJob : JobTermsCall).DecodeCall(data)[0]!];
        return Calls(GetJob, data)
            ? GetJob.EncodeResult((object)new object?[]
            {
                (UInt256)job.Id, job.Client, job.Provider, job.Evaluator, job.Description, job.Budget,
                (UInt256)job.ExpiredAt, (UInt256)(ulong)job.Status, job.Hook, job.PaymentToken, job.ProviderAgentId,
                (UInt256)job.SubmittedAt,
            })
            : JobTermsCall.EncodeResult(
                job.JobKey, job.Terms, (UInt256)job.EvaluationWindow, job.Charge, job.Deliverable);
    }

    private static byte[] LevelAnswer(EscrowLevel? level) => JobLevelCall.EncodeResult(
        (UInt256)(level?.Seconds ?? 0), (UInt256)(level?.CreditBasisPoints ?? 0), (UInt256)(level?.DueAt ?? 0),
        level?.Credit ?? default);

    private static byte[] HookAnswer(AbiFunction asked, Dispute of) => asked == Claimed
        ? asked.EncodeResult(of.Claimed)
        : asked == DisputeTerms
            ? asked.EncodeResult(
                of.Reexecutors.Cast<object?>().ToArray(), of.Bond, of.Fee, (UInt256)of.VotingTime)
            : asked.EncodeResult(
                (UInt256)(ulong)of.State, of.Disputer, of.Stake, (UInt256)of.Deadline, of.Result);

    private byte[] AgentAnswer(AbiFunction asked, UInt256 id)
    {
        if (!Agents.TryGetValue((ulong)id, out var agent))
        {
            var none = new InvalidOperationException("execution reverted");
            none.Data["revert"] = Hex.ToHex(NoToken.EncodeCall(id));
            throw none;
        }

        return asked == UriOf
            ? asked.EncodeResult("") : asked.EncodeResult(asked == OwnerOf ? agent.Owner : agent.Wallet);
    }

    private string Estimate(JsonElement call)
    {
        var from = Address.Parse(call.GetProperty("from").GetString()!);
        Next(from, Hex.Parse(call.GetProperty("data").GetString()!));
        return Quantity(100_000);
    }

    private string Include(byte[] raw)
    {
        if (!TransactionCodec.TryDecode(raw, out var transaction, out _)
            || !transaction!.TryRecoverSender(out var sender))
            throw new InvalidOperationException("not a transaction");
        if (transaction.Nonce != nonces.GetValueOrDefault(sender))
            throw new InvalidOperationException("nonce too low");
        var data = transaction.Data.ToArray();
        Sent.Add(Array.Find([Complete, Reject, ClaimRefund, ClaimPayment, Vote], f => Calls(f, data))!.Name);
        if (KeepsPending)
        {
            Down = true;
            return transaction.Hash.ToString();
        }

        nonces[sender] = transaction.Nonce + 1;
        var (job, topic) = Next(sender, data);
        if (Calls(Vote, data))
            Votes[(job.Id, sender)] = (Hash256)Vote.DecodeCall(data)[1]!;
        jobs[job.Id] = job;
        events.Add((topic, job.Id, transaction.Hash));
        receipts[transaction.Hash] = true;
        Down |= GoesDownAfterTransaction;
        return transaction.Hash.ToString();
    }

    private (EscrowJob Job, Hash256 Topic) Next(Address sender, byte[] data)
    {
        var call = Array.Find([Complete, Reject, ClaimRefund, ClaimPayment, Vote], f => Calls(f, data))!;
        var job = jobs[(ulong)(UInt256)call.DecodeCall(data)[0]!];
        var seconds = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        if (call == ClaimRefund)
        {
            return job.Status == EscrowStatus.Funded && seconds >= job.ExpiredAt
                ? (job with { Status = EscrowStatus.Expired }, Expired) : throw Reverted();
        }

        var isDisputed = Disputes.TryGetValue(job.Id, out var dispute) && dispute.IsOpen;
        if (call == Vote)
        {
            return isDisputed && seconds < dispute!.Deadline && dispute.Reexecutors.Contains(sender)
                && !Votes.ContainsKey((job.Id, sender)) ? (job, default) : throw Reverted();
        }

        if (call == ClaimPayment)
        {
            return job.Status == EscrowStatus.Submitted && seconds >= job.SubmittedAt + job.EvaluationWindow
                && (!isDisputed || seconds >= dispute!.Deadline)
                ? (job with { Status = EscrowStatus.Completed }, Completed) : throw Reverted();
        }

        // With the hook nobody rejects alone, and nobody completes while it is disputed.
        if (sender != job.Evaluator || isDisputed || (call == Reject && !job.Hook.IsZero))
            throw Reverted();
        return call == Complete
            ? job.Status == EscrowStatus.Submitted
                ? (job with { Status = EscrowStatus.Completed }, Completed) : throw Reverted()
            : job.Status is EscrowStatus.Funded or EscrowStatus.Submitted
                ? (job with { Status = EscrowStatus.Rejected }, Rejected) : throw Reverted();
    }

    private JsonArray Logs(JsonElement filter)
    {
        if (filter.GetProperty("topics") is { } topics && topics.GetArrayLength() == 1)
        {
            return [.. Disputes.Where(d => d.Value.State > DisputeState.Agreed)
                .Select(d => Log(Opened, d.Key, Opened))];
        }

        var job = filter.GetProperty("topics")[1].GetString()!;
        return [.. events.Where(e => Topic(e.Job) == job).Select(e => Log(e.Topic, e.Job, e.Transaction))];
    }

    private static JsonObject Log(Hash256 topic, ulong job, Hash256 transaction) => new JsonObject
    {
        ["address"] = SystemContractAddresses.JobEscrow.ToHex(),
        ["topics"] = new JsonArray(topic.ToString(), Topic(job)),
        ["data"] = "0x",
        ["blockNumber"] = "0x1",
        ["blockHash"] = transaction.ToString(),
        ["transactionHash"] = transaction.ToString(),
        ["logIndex"] = "0x0",
    };

    private JsonObject? Receipt(Hash256 hash) => !receipts.TryGetValue(hash, out var succeeded) ? null : new JsonObject
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

    private static string Topic(ulong number) => $"0x{number:x64}";

    private static bool Calls(AbiFunction function, byte[] data) =>
        data.AsSpan(0, 4).SequenceEqual(function.Selector);

    private static InvalidOperationException Reverted() => new("execution reverted: WrongStatus");

    private static string Quantity(ulong value) => $"0x{value:x}";
}
