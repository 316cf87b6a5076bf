using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

/// <summary>EIP-7966: one request that sends and answers with the receipt.</summary>
public sealed class SyncSendTests : NodeTest
{
    protected override void Configure(NodeOptions options)
    {
        options.SyncTimeout = TimeSpan.FromSeconds(20);
        options.MaxSyncTimeout = TimeSpan.FromSeconds(20);
    }

    [Fact]
    public async Task The_answer_is_the_final_receipt()
    {
        var transfer = TestAccounts.Transfer(0, 0, Receiver, 5);
        var receipt = (await SendAsync(transfer.Bytes()))["result"]!;
        Assert.Equal(transfer.Hash.ToString(), (string)receipt["transactionHash"]!);
        Assert.Equal(("0x1", "0x1"), ((string)receipt["status"]!, (string)receipt["blockNumber"]!));
        var later = await Node.CallAsync("eth_getTransactionReceipt", transfer.Hash.ToString());
        Assert.True(JsonNode.DeepEquals(receipt, later));
        Assert.Equal("0x5", (string?)await Node.CallAsync("eth_getBalance", Receiver.ToString(), "latest"));
    }

    [Fact]
    public async Task Many_who_wait_at_once_each_get_their_own_receipt()
    {
        var waits = new List<Task<JsonObject>>();
        var hashes = new List<string>();
        for (var account = 0; account < 3; account++)
        {
            var transfer = TestAccounts.Transfer(account, 0, Receiver, 1);
            hashes.Add(transfer.Hash.ToString());
            waits.Add(SendAsync(transfer.Bytes()));
        }

        var receipts = await Task.WhenAll(waits);
        Assert.Equal(hashes, receipts.Select(r => (string)r["result"]!["transactionHash"]!));
    }

    [Fact]
    public async Task A_nonce_gap_is_error_6_with_the_nonce_expected_and_takes_nothing()
    {
        await TransferAsync(0);
        var ahead = TestAccounts.Transfer(0, 3, Receiver, 1);
        var error = (await SendAsync(ahead.Bytes()))["error"]!;
        Assert.Equal((6, "0x1"), ((int)error["code"]!, (string)error["data"]!));
        Assert.Contains("nonce too high", (string)error["message"]!, StringComparison.Ordinal);
        Assert.Null(await Node.CallAsync("eth_getTransactionByHash", ahead.Hash.ToString()));
    }

    [Fact]
    public async Task What_cannot_be_taken_is_refused_as_without_waiting()
    {
        await TransferAsync(0);
        var error = (await SendAsync(TestAccounts.Transfer(0, 0, Receiver, 2).Bytes()))["error"]!;
        Assert.Equal((-32000, "nonce too low"), ((int)error["code"]!, (string)error["message"]!));
        var same = (await SendAsync(TestAccounts.Transfer(0, 0, Receiver, 1).Bytes()))["error"]!;
        Assert.Equal((-32000, "already known"), ((int)same["code"]!, (string)same["message"]!));
    }

    [Fact]
    public async Task What_is_not_included_in_time_is_error_4_with_the_hash_and_stays_taken()
    {
        var options = TestNode.OptionsIn(Path.Combine(Folder, "quiet"));
        options.SyncTimeout = TimeSpan.FromMilliseconds(20);
        await using var quiet = new QuietNode(options);
        // 0, text and 11 s are invalid, which means the default.
        JsonNode?[] timeouts = [null, "0x5", 7, 0, "x", 11_000];
        foreach (var (nonce, timeout) in timeouts.Select((t, i) => ((ulong)i, t)))
        {
            var transfer = TestAccounts.Transfer(0, nonce, Receiver, 1);
            var raw = "0x" + Convert.ToHexStringLower(transfer.Bytes());
            var error = (await quiet.AnswerAsync("eth_sendRawTransactionSync", raw, timeout))["error"]!;
            Assert.Equal((4, transfer.Hash.ToString()), ((int)error["code"]!, (string)error["data"]!));
            var status = await quiet.AnswerAsync("aitbc_transactionStatus", transfer.Hash.ToString());
            Assert.Equal("pending", (string)status["result"]!["status"]!);
        }
    }

    [Fact]
    public async Task More_who_wait_than_allowed_are_error_5_and_take_nothing()
    {
        var options = TestNode.OptionsIn(Path.Combine(Folder, "quiet"));
        options.SyncTimeout = options.MaxSyncTimeout = TimeSpan.FromHours(1);
        options.MaxSyncWaits = 1;
        await using var quiet = new QuietNode(options);
        var first = "0x" + Convert.ToHexStringLower(TestAccounts.Transfer(0, 0, Receiver, 1).Bytes());
        var waiting = quiet.AnswerAsync("eth_sendRawTransactionSync", first);
        var transfer = TestAccounts.Transfer(1, 0, Receiver, 1);
        var second = "0x" + Convert.ToHexStringLower(transfer.Bytes());
        var error = (await quiet.AnswerAsync("eth_sendRawTransactionSync", second))["error"]!;
        Assert.Equal((5, transfer.Hash.ToString()), ((int)error["code"]!, (string)error["data"]!));
        Assert.Null((await quiet.AnswerAsync("eth_getTransactionByHash", transfer.Hash.ToString()))["result"]);
        Assert.False(waiting.IsCompleted);
    }

    private Task<JsonObject> SendAsync(byte[] raw, JsonNode? timeout = null) =>
        Node.AnswerAsync("eth_sendRawTransactionSync", "0x" + Convert.ToHexStringLower(raw), timeout);
}
