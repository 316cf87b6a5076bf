using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Xunit;

namespace Services.Tests.Chain;

/// <summary>The client's bytes against the selectors of the reference contract and against the ABI codec.</summary>
public sealed class EscrowClientTests
{
    private static readonly Address Client = Address.Parse("0x00000000000000000000000000000000000000c1");
    private static readonly Address Provider = Address.Parse("0x00000000000000000000000000000000000000d2");
    private static readonly Address Evaluator = Address.Parse("0x00000000000000000000000000000000000000e3");
    private static readonly Hash256 Key = Hash256.Parse("0x" + new string('a', 64));
    private static readonly Hash256 Terms = Hash256.Parse("0x" + new string('b', 64));
    private static readonly Hash256 Deliverable = Hash256.Parse("0x" + new string('c', 64));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_read_with_its_terms()
    {
        await using var node = await ScriptedNode.StartAsync();
        Serve(node, status: 2);

        var job = await new EscrowClient(node.Client()).GetJobAsync(7, Cancel);

        Assert.NotNull(job);
        Assert.Equal(7UL, job.Id);
        Assert.Equal(Client, job.Client);
        Assert.Equal(Provider, job.Provider);
        Assert.Equal(Evaluator, job.Evaluator);
        Assert.Equal("text", job.Description);
        Assert.Equal(1000UL, job.Budget);
        Assert.Equal(ulong.MaxValue, job.ExpiredAt);
        Assert.Equal(EscrowStatus.Submitted, job.Status);
        Assert.False(job.IsTerminal);
        Assert.Equal(SystemContractAddresses.Token, job.PaymentToken);
        Assert.Equal(50UL, job.SubmittedAt);
        Assert.Equal(Key, job.JobKey);
        Assert.Equal(Terms, job.Terms);
        Assert.Equal(60UL, job.EvaluationWindow);
        Assert.Equal(900UL, job.Charge);
        Assert.Equal(Deliverable, job.Deliverable);
        Assert.Equal(new EscrowLevel(60, 2500, 49, 225UL), job.Level);
        Assert.True(job.IsLate);
        Assert.Equal((UInt256)675UL, job.Payment);
        Assert.False((job with { SubmittedAt = 49 }).IsLate);
        Assert.Equal(job, await new EscrowClient(node.Client()).FindJobAsync(Key, Cancel));
    }

    [Fact]
    public async Task A_job_that_is_not_there_is_null()
    {
        await using var node = await ScriptedNode.StartAsync();
        node.On("eth_call", p => Data(p).StartsWith("0xbf22c457", StringComparison.Ordinal)
            ? Hex.ToHex(EncodeJob(0, 0))
            : "0x" + new string('0', 64));
        var escrow = new EscrowClient(node.Client());

        Assert.Null(await escrow.GetJobAsync(7, Cancel));
        Assert.Null(await escrow.GetJobAsync(0, Cancel));
        Assert.Null(await escrow.JobByKeyAsync(Key, Cancel));
        Assert.Null(await escrow.FindJobAsync(Key, Cancel));
        node.On("eth_call", _ => throw ScriptedNode.Error(3, "execution reverted", "0x71c8f460"));
        Assert.Null(await escrow.JobTermsAsync(7, Cancel));
    }

    [Fact]
    public async Task Writes_carry_the_selectors_and_arguments_of_the_reference()
    {
        await using var chain = await PoolNode.StartAsync();
        var escrow = new EscrowClient(chain.Node.Client(), chain.Sender(new TransactionSenderOptions()));

        await escrow.SubmitAsync(chain.Account, 7, Deliverable, charge: 900UL, Cancel);
        await escrow.SubmitAsync(chain.Account, 7, Deliverable, charge: null, Cancel);
        await escrow.CompleteAsync(chain.Account, 7, Terms, Cancel);
        await escrow.RejectAsync(chain.Account, 7, default, Cancel);
        await escrow.ClaimRefundAsync(chain.Account, 7, Cancel);
        await escrow.ClaimPaymentAsync(chain.Account, 7, Cancel);

        var sent = chain.Included.Select(t => Hex.ToHex(t.Data.Span)).ToList();
        var seven = Word(7);
        Assert.Equal(
            "0x9e63798d" + seven + Deliverable.ToString()[2..] + Word(96) + Word(32) + Word(900), sent[0]);
        Assert.Equal("0x9e63798d" + seven + Deliverable.ToString()[2..] + Word(96) + Word(0), sent[1]);
        Assert.Equal("0xd75bbdf3" + seven + Terms.ToString()[2..] + Word(96) + Word(0), sent[2]);
        Assert.Equal("0x41dd26f5" + seven + Word(0) + Word(96) + Word(0), sent[3]);
        Assert.Equal("0x5b7baf64" + seven, sent[4]);
        Assert.All(chain.Included, t => Assert.Equal(SystemContractAddresses.JobEscrow, t.To));
        Assert.All(chain.Included, t => Assert.True(t.Value.IsZero));
    }

    [Fact]
    public async Task Opening_a_job_pays_its_budget_and_returns_its_number()
    {
        await using var chain = await PoolNode.StartAsync();
        chain.Logs = [JobCreated(12)];
        var escrow = new EscrowClient(chain.Node.Client(), chain.Sender(new TransactionSenderOptions()));

        var opened = await escrow.OpenJobAsync(chain.Account, Request(), Cancel);

        Assert.Equal(12UL, opened.JobId);
        var tx = Assert.Single(chain.Included);
        Assert.Equal(tx.Hash, opened.Transaction!.Hash);
        Assert.Equal(1000UL, tx.Value);
        var expected = AbiFunction.Parse("openJob(bytes32,address,address,uint256,uint256,bytes32)").EncodeCall(
            Key, Provider, Evaluator, (UInt256)5000UL, (UInt256)60UL, Terms);
        Assert.Equal(Hex.ToHex(expected), Hex.ToHex(tx.Data.Span));
    }

    [Fact]
    public async Task A_level_is_opened_with_the_job_and_none_reads_as_none()
    {
        await using var chain = await PoolNode.StartAsync();
        chain.Logs = [JobCreated(12)];
        var escrow = new EscrowClient(chain.Node.Client(), chain.Sender(new TransactionSenderOptions()));

        await escrow.OpenJobAsync(chain.Account, Request() with { Level = new JobLevel(60, 2500) }, Cancel);

        var expected = AbiFunction
            .Parse("openJobWithLevel(bytes32,address,address,uint256,uint256,bytes32,uint256,uint256)").EncodeCall(
                Key, Provider, Evaluator, (UInt256)5000UL, (UInt256)60UL, Terms, (UInt256)60UL, (UInt256)2500UL);
        Assert.Equal(Hex.ToHex(expected), Hex.ToHex(Assert.Single(chain.Included).Data.Span));
        chain.Node.On("eth_call", _ => "0x" + Word(0) + Word(0) + Word(0) + Word(0));
        Assert.Null(await escrow.JobLevelAsync(7, Cancel));
        chain.Node.On("eth_call", _ => throw ScriptedNode.Error(3, "execution reverted", "0x71c8f460"));
        Assert.Null(await escrow.JobLevelAsync(7, Cancel));
    }

    [Fact]
    public async Task Opening_a_job_again_with_its_key_finds_it_and_pays_nothing()
    {
        await using var chain = await PoolNode.StartAsync();
        var used = AbiFunction.Parse("JobKeyUsed(uint256)").EncodeCall((UInt256)12UL);
        chain.Node.On(
            "eth_estimateGas", _ => throw ScriptedNode.Error(3, "execution reverted", Hex.ToHex(used)));
        var escrow = new EscrowClient(chain.Node.Client(), chain.Sender(new TransactionSenderOptions()));

        var opened = await escrow.OpenJobAsync(chain.Account, Request(), Cancel);

        Assert.Equal(12UL, opened.JobId);
        Assert.Null(opened.Transaction);
        Assert.Empty(chain.Included);
    }

    [Fact]
    public async Task A_write_that_reverts_in_its_block_says_why()
    {
        await using var chain = await PoolNode.StartAsync();
        chain.Succeed = false;
        chain.Node.On("eth_call", _ => throw ScriptedNode.Error(3, "execution reverted", "0x8e78f0cb"));
        var escrow = new EscrowClient(chain.Node.Client(), chain.Sender(new TransactionSenderOptions()));

        var reverted = await Assert.ThrowsAsync<TransactionRevertedException>(
            () => escrow.CompleteAsync(chain.Account, 7, default, Cancel));

        Assert.Equal("WrongStatus", reverted.Revert!.Name);
        Assert.False(reverted.Receipt.Succeeded);
    }

    [Fact]
    public async Task A_client_without_a_sender_only_reads()
    {
        await using var node = await ScriptedNode.StartAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => new EscrowClient(node.Client()).ClaimRefundAsync(Client, 7, Cancel));
        Assert.Empty(node.Calls);
    }

    private static OpenJobRequest Request() => new(Key, Provider, Evaluator, 5000, 60, Terms, 1000UL);

    private static void Serve(ScriptedNode node, byte status) => node.On("eth_call", p =>
    {
        var data = Data(p);
        if (data == "0xbf22c457" + Word(7))
            return Hex.ToHex(EncodeJob(7, status));
        if (data == "0x9bed76eb" + Word(7))
            return "0x" + Word(60) + Word(2500) + Word(49) + Word(225);
        if (data.EndsWith(Key.ToString()[2..], StringComparison.Ordinal))
            return "0x" + Word(7);
        return "0x" + Key.ToString()[2..] + Terms.ToString()[2..] + Word(60) + Word(900) + Deliverable.ToString()[2..];
    });

    // A dynamic tuple: offset, then the head of twelve words with the string at its end.
    private static byte[] EncodeJob(ulong id, byte status) => Hex.Parse(
        "0x" + Word(32) + Word(id)
        + Word(Client) + Word(Provider) + Word(Evaluator) + Word(384) + Word(1000) + new string('f', 64) + Word(status)
        + Word(0) + Word(SystemContractAddresses.Token) + Word(0) + Word(50)
        + Word(4) + "74657874".PadRight(64, '0'));

    private static JsonObject JobCreated(ulong id) => new()
    {
        ["address"] = SystemContractAddresses.JobEscrow.ToHex(),
        ["topics"] = new JsonArray(
            "0xb0f0239bfdd96453e24733e18bfc24b70d8fadf123dd977473518dd577ee79b9",
            "0x" + Word(id),
            "0x" + Word(Client),
            "0x" + Word(Provider)),
        ["data"] = "0x",
        ["blockNumber"] = "0x9",
        ["blockHash"] = Key.ToString(),
        ["transactionHash"] = Key.ToString(),
        ["transactionIndex"] = "0x0",
        ["logIndex"] = "0x0",
        ["removed"] = false,
    };

    private static string Data(JsonArray parameters) => (string)parameters[0]!["data"]!;

    private static string Word(ulong value) => value.ToString("x").PadLeft(64, '0');

    private static string Word(Address address) => address.ToHex()[2..].PadLeft(64, '0');
}
