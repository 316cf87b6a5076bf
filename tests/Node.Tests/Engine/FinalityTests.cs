using System.Diagnostics;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Engine;

public sealed class FinalityTests : NodeTest
{
    [Fact]
    public async Task A_transaction_on_an_idle_node_is_final_within_100_ms()
    {
        await TransferAsync(0);
        var times = new List<double>();
        for (var nonce = 1UL; nonce <= 11; nonce++)
        {
            var raw = TestAccounts.Transfer(0, nonce, Receiver, 1).Bytes();
            var start = Stopwatch.GetTimestamp();
            await Node.ReceiptAsync((string)(await Node.SendRawAsync(raw))!);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        Assert.True(times[5] <= 100, $"The median of {times.Count} was {times[5]:F1} ms.");
    }

    [Fact]
    public async Task Every_transaction_that_was_taken_is_included_and_the_status_counts_it()
    {
        var hashes = new List<string>();
        for (var nonce = 0UL; nonce < 200; nonce++)
            hashes.Add((string)(await Node.SendRawAsync(TestAccounts.Transfer(0, nonce, Receiver, 1).Bytes()))!);
        foreach (var hash in hashes)
            Assert.Equal("0x1", (string)(await Node.ReceiptAsync(hash))["status"]!);
        var status = (JsonObject)(await Node.CallAsync("aitbc_status"))!;
        Assert.Equal("0x0", (string)status["pending"]!);
        Assert.Equal("0xc8", (string)status["includedTotal"]!);
        Assert.Equal("0x0", (string)status["oldestPendingMs"]!);
        Assert.True((bool)status["conservation"]!);
        Assert.Equal((UInt256)200UL, await Node.BalanceAsync(Receiver));
    }

    [Fact]
    public async Task A_nonce_ahead_waits_and_is_included_when_the_gap_closes()
    {
        var later = (string)(await Node.SendRawAsync(TestAccounts.Transfer(0, 1, Receiver, 1).Bytes()))!;
        Assert.Equal("queued", (string)(await Node.CallAsync("aitbc_transactionStatus", later))!["status"]!);
        Assert.Equal("0x0", (string)(await Node.CallAsync(
            "eth_getTransactionCount", TestAccounts.Key(0).Address.ToString(), "pending"))!);
        await TransferAsync(0);
        await Node.ReceiptAsync(later);
        Assert.Equal("included", (string)(await Node.CallAsync("aitbc_transactionStatus", later))!["status"]!);
    }

    [Fact]
    public async Task The_heartbeat_makes_a_block_without_transactions()
    {
        await Node.DisposeAsync();
        Node.Options.Heartbeat = TimeSpan.FromMilliseconds(50);
        await RestartAsync();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await Node.HeightAsync() < 2)
            late.Token.ThrowIfCancellationRequested();
        var block = (JsonObject)(await Node.CallAsync("eth_getBlockByNumber", "0x1", false))!;
        Assert.Empty((JsonArray)block["transactions"]!);
    }
}
