using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Protocol;
using Microsoft.Extensions.Time.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

public sealed class LimitTests : NodeTest
{
    private const string Call = "{\"id\":1,\"method\":\"eth_feeHistory\",\"params\":[\"0x1\",\"latest\"]}";
    private const string Look = "{\"id\":1,\"method\":\"eth_chainId\"}";

    protected override void Configure(NodeOptions options)
    {
        options.LoopbackRate = 1;
        options.LoopbackBurst = 30;
    }

    [Fact]
    public async Task A_client_that_asks_too_often_is_told_when_to_come_back()
    {
        using var first = await Node.SendAsync(Call);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using var second = await Node.SendAsync(Call);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.InRange(second.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 20);
        var error = JsonNode.Parse(await second.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal(-32005, (int)error["code"]!);
        Assert.Contains("retry after", (string)error["message"]!, StringComparison.Ordinal);
        // What costs less is still answered, and what is answered of a batch is not lost.
        var mixed = (JsonArray)(await Node.PostAsync($"[{Call},{Look}]"))!;
        Assert.Equal(-32005, (int)mixed[0]!["error"]!["code"]!);
        Assert.Equal("0x1e61", (string)mixed[1]!["result"]!);
    }

    [Fact]
    public void A_budget_fills_up_with_time_and_not_beyond_its_burst()
    {
        var time = new FakeTimeProvider();
        var budget = new ClientBudget(time, rate: 10, burst: 20);
        Assert.True(budget.TryTake(20, out _));
        Assert.False(budget.TryTake(5, out var wait));
        Assert.Equal(0.5, wait.TotalSeconds, 3);
        time.Advance(wait);
        Assert.True(budget.TryTake(5, out _));
        time.Advance(TimeSpan.FromHours(1));
        Assert.True(budget.IsFull);
        Assert.False(budget.Has(21));
    }

    [Fact]
    public void Clients_are_counted_by_address_an_IPv6_one_by_its_network_and_the_table_is_bounded()
    {
        var time = new FakeTimeProvider();
        var options = TestNode.OptionsIn(Folder);
        options.MaxClients = 2;
        var clients = new ClientBudgets(options, time);
        var first = clients.Of(IPAddress.Parse("2001:db8::1"));
        Assert.Same(first, clients.Of(IPAddress.Parse("2001:db8::ffff:2")));
        Assert.Same(clients.Of(IPAddress.Loopback), clients.Of(IPAddress.IPv6Loopback));
        var second = clients.Of(IPAddress.Parse("192.0.2.1"));
        Assert.Same(second, clients.Of(IPAddress.Parse("::ffff:192.0.2.1")));
        Assert.True(first.TryTake(1, out _) && second.TryTake(1, out _));
        time.Advance(TimeSpan.FromSeconds(2));
        // Both are idle again and are forgotten for the third.
        var third = clients.Of(IPAddress.Parse("192.0.2.3"));
        var fourth = clients.Of(IPAddress.Parse("192.0.2.4"));
        Assert.NotSame(third, fourth);
        Assert.True(third.TryTake(1, out _) && fourth.TryTake(1, out _));
        Assert.Same(clients.Of(IPAddress.Parse("192.0.2.5")), clients.Of(IPAddress.Parse("192.0.2.6")));
    }

    [Fact]
    public async Task What_takes_too_long_is_given_up_and_not_worth_repeating()
    {
        var options = TestNode.OptionsIn(Path.Combine(Folder, "quiet"));
        options.RequestTimeout = TimeSpan.FromTicks(1);
        await using var quiet = new QuietNode(options);
        foreach (var method in new[] { "eth_getLogs", "eth_getProof", "eth_call", "eth_feeHistory" })
        {
            JsonNode?[] list = method switch
            {
                "eth_getLogs" => [new JsonObject()],
                "eth_call" => [new JsonObject { ["to"] = Receiver.ToString() }],
                "eth_getProof" => [Receiver.ToString(), new JsonArray()],
                _ => ["0x1", "latest"],
            };
            var error = (await quiet.AnswerAsync(method, list))["error"]!;
            Assert.Equal(-32002, (int)error["code"]!);
            Assert.Contains("timed out", (string)error["message"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_log_query_whose_client_is_gone_stops()
    {
        await using var quiet = new QuietNode(TestNode.OptionsIn(Path.Combine(Folder, "quiet")));
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => quiet.PostAsync("{\"id\":1,\"method\":\"eth_getLogs\",\"params\":[{}]}", gone: gone.Token));
    }

    [Fact]
    public async Task Turns_are_few_heavy_ones_fewer_and_the_line_for_them_is_bounded()
    {
        var options = TestNode.OptionsIn(Folder);
        (options.MaxRpcWork, options.MaxHeavyRpcWork, options.MaxRpcWaiting) = (2, 1, 1);
        using var turns = new RpcTurns(options);
        var deadline = new RpcDeadline(TimeProvider.System, TimeSpan.FromMinutes(1), CancellationToken.None);
        var heavy = await turns.TakeAsync(RpcCost.Heavy, deadline);
        var second = turns.TakeAsync(RpcCost.Heavy, deadline).AsTask();
        Assert.False(second.IsCompleted);
        using (await turns.TakeAsync(RpcCost.Light, deadline))
        {
            var refused = await Assert.ThrowsAsync<RpcError>(
                () => turns.TakeAsync(RpcCost.Light, deadline).AsTask());
            Assert.Equal(-32005, refused.Code);
        }

        heavy.Dispose();
        (await second).Dispose();
        var hasty = new RpcDeadline(TimeProvider.System, TimeSpan.FromMilliseconds(5), CancellationToken.None);
        using (await turns.TakeAsync(RpcCost.Heavy, deadline))
        {
            var late = await Assert.ThrowsAsync<RpcError>(() => turns.TakeAsync(RpcCost.Heavy, hasty).AsTask());
            Assert.Equal(-32002, late.Code);
        }
    }

    [Fact]
    public async Task An_answer_that_grows_too_large_is_taken_back_and_refused()
    {
        var options = TestNode.OptionsIn(Path.Combine(Folder, "quiet"));
        options.MaxResponse = 4_000;
        await using var quiet = new QuietNode(options);
        var block = "{\"id\":7,\"method\":\"eth_getBlockByNumber\",\"params\":[\"0x0\",true]}";
        var answers = (JsonArray)(await quiet.PostAsync($"[{block},{block},{block}]"))!;
        Assert.Equal(3, answers.Count);
        Assert.NotNull(answers[0]!["result"]);
        Assert.Equal(-32005, (int)answers[2]!["error"]!["code"]!);
        Assert.All(answers, a => Assert.Equal(7, (int)a!["id"]!));
    }
}
