using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Services.Tests.Chain;

public sealed class ChainClientTests
{
    private const string Someone = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    private static readonly Hash256 AnyHash = Hash256.Parse("0x" + new string('1', 64));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Simple_questions_are_asked_and_read_as_the_json_rpc_sheet_writes_them()
    {
        await using var node = await ScriptedNode.StartAsync();
        node.On("eth_chainId", "\"0x1e61\"")
            .On("eth_blockNumber", "\"0x0\"")
            .On("eth_getBalance", "\"0xde0b6b3a7640000\"")
            .On("eth_getTransactionCount", "\"0x5\"")
            .On("eth_maxPriorityFeePerGas", "\"0x2\"")
            .On("eth_feeHistory", "{\"oldestBlock\":\"0x1\",\"baseFeePerGas\":[\"0x5\",\"0x7\"],\"gasUsedRatio\":[0]}")
            .On("aitbc_status", """
                {"height":3,"pending":"0x1","includedTotal":"4","oldestPendingMs":5,
                "supply":{"genesis":"100000000000000000000000","burned":"1","total":"99999999999999999999999"},
                "conservation":true,"more":1}
                """);
        var chain = node.Client();
        var account = Address.Parse(Someone);

        Assert.Equal(7777UL, await chain.ChainIdAsync(Cancel));
        Assert.Equal(7777UL, await chain.ChainIdAsync(Cancel));
        Assert.Single(node.Calls, c => c.Method == "eth_chainId");
        Assert.Equal(0UL, await chain.BlockNumberAsync(Cancel));
        Assert.Equal(UInt256.Parse("1000000000000000000"), await chain.BalanceAsync(account, Cancel));
        Assert.Equal(5UL, await chain.NonceAsync(account, Cancel));
        var fees = await chain.FeesAsync(Cancel);
        Assert.Equal(new FeeSuggestion(7UL, 2UL, 16UL), fees);
        var status = await chain.StatusAsync(Cancel);
        Assert.Equal(
            new ChainStatus(
                3, 1, 4, 5,
                new ChainSupply(
                    UInt256.Parse("100000000000000000000000"), 1UL, UInt256.Parse("99999999999999999999999")),
                true),
            status);
        Assert.Contains(("eth_getBalance", $"[\"{Someone.ToLowerInvariant()}\",\"latest\"]"), node.Calls);
        Assert.Contains(("eth_getTransactionCount", $"[\"{Someone.ToLowerInvariant()}\",\"pending\"]"), node.Calls);
    }

    [Fact]
    public async Task An_error_carries_code_message_and_the_decoded_contract_error()
    {
        await using var node = await ScriptedNode.StartAsync();
        var chain = node.Client();
        var call = new CallRequest(SystemContractAddresses.JobEscrow);

        node.On("eth_call", _ => throw ScriptedNode.Error(3, "execution reverted", "0x8e78f0cb"));
        var error = await Assert.ThrowsAsync<RpcException>(() => chain.CallAsync(call, Cancel));
        Assert.Equal(RpcException.ExecutionReverted, error.Code);
        Assert.Equal("execution reverted", error.Message);
        Assert.True(error.IsRevert("WrongStatus"));

        node.On("eth_call", _ => throw ScriptedNode.Error(
            3,
            "execution reverted: no",
            "0x08c379a0"
            + "0000000000000000000000000000000000000000000000000000000000000020"
            + "0000000000000000000000000000000000000000000000000000000000000002"
            + "6e6f000000000000000000000000000000000000000000000000000000000000"));
        error = await Assert.ThrowsAsync<RpcException>(() => chain.CallAsync(call, Cancel));
        Assert.Equal("Error(no)", error.Revert!.ToString());

        foreach (var data in new[] { "0x", "0x01", "0x08c379a0", "0xdeadbeef", "no hex" })
        {
            node.On("eth_call", _ => throw ScriptedNode.Error(3, "execution reverted", data));
            error = await Assert.ThrowsAsync<RpcException>(() => chain.CallAsync(call, Cancel));
            Assert.Null(error.Revert);
        }

        error = await Assert.ThrowsAsync<RpcException>(() => chain.InvokeAsync("eth_nothing", null, Cancel));
        Assert.Equal(RpcException.MethodNotFound, error.Code);
    }

    [Theory]
    [InlineData("WrongStatus", "0x8e78f0cb")]
    [InlineData("InvalidJob", "0x71c8f460")]
    [InlineData("Unauthorized", "0x82b42900")]
    [InlineData("ZeroAddress", "0xd92e233d")]
    [InlineData("ExpiryTooShort", "0xf7a0748c")]
    [InlineData("ZeroBudget", "0xff97b861")]
    [InlineData("ProviderNotSet", "0xa9456d43")]
    [InlineData("BudgetMismatch", "0x99b0fc87")]
    [InlineData("ProviderCannotBeEvaluator", "0x0cc64429")]
    [InlineData("GracePeriodActive", "0x478f84e7")]
    [InlineData("HookNotWhitelisted", "0xa04b28ec")]
    public void Escrow_errors_are_known_by_the_selectors_of_the_reference(string name, string selector) =>
        Assert.Equal(name, RevertReason.TryDecode(Aitbc.Primitives.Encoding.Hex.Parse(selector))!.Name);

    [Fact]
    public async Task An_answer_that_cannot_be_used_is_an_unknown_outcome_and_never_a_value()
    {
        await using var node = await ScriptedNode.StartAsync();
        var chain = node.Client(new ChainClientOptions { MaxResponseBytes = 1000 });
        Func<HttpContext, Task>[] answers =
        [
            http => http.Response.WriteAsync("{"),
            http => http.Response.WriteAsync("[]"),
            http => http.Response.WriteAsync("{\"jsonrpc\":\"2.0\",\"id\":12345,\"result\":\"0x1\"}"),
            http => http.Response.WriteAsync("{\"jsonrpc\":\"2.0\",\"result\":\"0x1\"}"),
            http => http.Response.WriteAsync(new string(' ', 2000)),
            http =>
            {
                http.Response.StatusCode = 503;
                return Task.CompletedTask;
            },
            http =>
            {
                http.Abort();
                return Task.CompletedTask;
            },
        ];
        foreach (var answer in answers)
        {
            node.Intercept = async (http, _) =>
            {
                await answer(http);
                return true;
            };
            await Assert.ThrowsAsync<ChainUnavailableException>(() => chain.BlockNumberAsync(Cancel));
        }

        node.Intercept = null;
        foreach (var wrong in new[] { "null", "{}", "\"0xzz\"", "\"\"", "-1", "\"0x1" + new string('0', 64) + "\"" })
        {
            node.On("eth_blockNumber", wrong);
            await Assert.ThrowsAsync<ChainUnavailableException>(() => chain.BlockNumberAsync(Cancel));
        }
    }

    [Fact]
    public async Task A_node_that_does_not_answer_or_is_not_there_ends_the_wait_in_time()
    {
        await using var node = await ScriptedNode.StartAsync();
        var chain = node.Client(new ChainClientOptions { RequestTimeout = TimeSpan.FromMilliseconds(50) });
        node.Intercept = async (http, _) =>
        {
            var gone = new TaskCompletionSource();
            await using var registration = http.RequestAborted.Register(gone.SetResult);
            await gone.Task;
            return true;
        };
        var silent = await Assert.ThrowsAsync<ChainUnavailableException>(() => chain.BlockNumberAsync(Cancel));
        Assert.Contains("no answer within", silent.Message);

        using var nowhere = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:1/") };
        await Assert.ThrowsAsync<ChainUnavailableException>(() => new ChainClient(nowhere).BlockNumberAsync(Cancel));
    }

    [Fact]
    public async Task The_callers_own_cancellation_stays_a_cancellation()
    {
        await using var node = await ScriptedNode.StartAsync();
        using var stop = new CancellationTokenSource();
        node.Intercept = async (http, _) =>
        {
            await stop.CancelAsync();
            var gone = new TaskCompletionSource();
            await using var registration = http.RequestAborted.Register(gone.SetResult);
            await gone.Task;
            return true;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.Client().BlockNumberAsync(stop.Token));
    }

    [Fact]
    public async Task Waiting_for_a_receipt_outlives_a_node_that_restarts_and_ends_in_time_without_one()
    {
        await using var node = await ScriptedNode.StartAsync();
        var asked = 0;
        node.Intercept = (http, _) =>
        {
            if (Interlocked.Increment(ref asked) != 2)
                return Task.FromResult(false);
            http.Abort();
            return Task.FromResult(true);
        };
        node.On("eth_getTransactionReceipt", _ => asked < 4 ? null : ReceiptJson.Of(AnyHash, succeeded: true));

        var receipt = await node.Client().WaitReceiptAsync(AnyHash, TimeSpan.FromSeconds(20), Cancel);
        Assert.True(receipt!.Succeeded);
        Assert.Equal(AnyHash, receipt.TransactionHash);
        Assert.Equal(9UL, receipt.BlockNumber);

        node.On("eth_getTransactionReceipt", _ => null);
        Assert.Null(await node.Client().WaitReceiptAsync(AnyHash, TimeSpan.FromMilliseconds(40), Cancel));
    }

    [Fact]
    public async Task Logs_and_blocks_are_read_whole()
    {
        await using var node = await ScriptedNode.StartAsync();
        var topic = new string('2', 64);
        node.On("eth_getLogs", $$"""
            [{"address":"0x0000000000000000000000000000000000001002","topics":["0x{{topic}}"],"data":"0x0102",
            "blockNumber":"0x9","blockHash":"0x{{topic}}","transactionHash":"{{AnyHash}}","transactionIndex":"0x0",
            "logIndex":"0x3","removed":false}]
            """);
        var logs = await node.Client().LogsAsync(
            new LogFilter(1, 9, SystemContractAddresses.JobEscrow, [null, AnyHash]), Cancel);

        var log = Assert.Single(logs);
        Assert.Equal(SystemContractAddresses.JobEscrow, log.Address);
        Assert.Equal(new byte[] { 1, 2 }, log.Data.ToArray());
        Assert.Equal(3UL, log.LogIndex);
        Assert.Contains(
            ("eth_getLogs",
                "[{\"fromBlock\":\"0x1\",\"toBlock\":\"0x9\","
                + "\"address\":\"0x0000000000000000000000000000000000001002\","
                + $"\"topics\":[null,\"{AnyHash}\"]}}]"),
            node.Calls);

        node.On("eth_getBlockByNumber", "null");
        Assert.Null(await node.Client().BlockAsync(77, Cancel));
        Assert.Contains(("eth_getBlockByNumber", "[\"0x4d\",false]"), node.Calls);
    }
}
