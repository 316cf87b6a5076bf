using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

public sealed class BatchTests : NodeTest
{
    [Fact]
    public async Task Transactions_of_a_batch_are_read_together_and_taken_in_their_order()
    {
        var batch = new JsonArray();
        for (var i = 0; i < 40; i++)
        {
            var raw = "0x" + Convert.ToHexStringLower(TestAccounts.Transfer(0, (ulong)i, Receiver, 1).Bytes());
            batch.Add(TestNode.Request(i, "eth_sendRawTransaction", raw));
        }

        batch.Insert(7, TestNode.Request(100, "eth_sendRawTransaction", "0x00"));
        batch.Insert(9, TestNode.Request(101, "eth_sendRawTransaction", 7));
        batch.Insert(11, TestNode.Request(102, "eth_chainId"));
        batch.Add(TestNode.Request(103, "eth_sendRawTransaction", batch[3]!["params"]![0]!.DeepClone()));
        var answers = ((JsonArray)(await Node.PostAsync(batch.ToJsonString()))!).ToDictionary(a => (int)a!["id"]!);
        Assert.Equal(44, answers.Count);
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(
                TestAccounts.Transfer(0, (ulong)i, Receiver, 1).Hash.ToString(), (string)answers[i]!["result"]!);
        }

        Assert.Equal(-32000, (int)answers[100]!["error"]!["code"]!);
        Assert.Equal(-32602, (int)answers[101]!["error"]!["code"]!);
        Assert.Equal("0x1e61", (string)answers[102]!["result"]!);
        Assert.Equal("already known", (string)answers[103]!["error"]!["message"]!);
        var last = await Node.ReceiptAsync((string)answers[39]!["result"]!);
        Assert.Equal("0x1", (string)last["status"]!);
        Assert.Equal("0x28", (string?)await Node.CallAsync("eth_getBalance", Receiver.ToString()));
    }

    [Fact]
    public async Task A_notification_is_carried_out_and_never_answered_even_if_it_fails()
    {
        var transfer = TestAccounts.Transfer(0, 0, Receiver, 1);
        var raw = "0x" + Convert.ToHexStringLower(transfer.Bytes());
        using var silent = await Node.SendAsync(
            $"{{\"jsonrpc\":\"2.0\",\"method\":\"eth_sendRawTransaction\",\"params\":[\"{raw}\"]}}");
        Assert.Equal(HttpStatusCode.NoContent, silent.StatusCode);
        await Node.ReceiptAsync(transfer.Hash.ToString());
        using var failing = await Node.SendAsync("[{\"method\":\"eth_nothing\"},{\"method\":\"eth_getBalance\"}]");
        Assert.Equal(HttpStatusCode.NoContent, failing.StatusCode);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-7")]
    [InlineData("1.50")]
    [InlineData("12345678901234567890123")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"\\u0041\\ud83d\\ude00\"")]
    public async Task An_id_comes_back_byte_for_byte(string id)
    {
        using var response = await Node.SendAsync($"{{\"method\":\"eth_chainId\",\"id\":{id},\"params\":null}}");
        Assert.Equal(
            $"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":\"0x1e61\"}}", await response.Content.ReadAsStringAsync());
    }
}
