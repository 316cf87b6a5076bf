using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Primitives;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

/// <summary>However many ask for much, blocks are made.</summary>
public sealed class IsolationTests : NodeTest
{
    private const int Blocks = 20;
    private const int LogsOfBlock = 50;
    private static readonly Address Token = Address.Parse("0x0000000000000000000000000000000000001001");

    protected override void Configure(NodeOptions options)
    {
        options.MaxRpcWork = 2;
        options.MaxHeavyRpcWork = 1;
    }

    [Fact]
    public async Task A_block_is_made_while_a_flood_of_expensive_queries_waits()
    {
        await FillWithLogsAsync();
        var all = new JsonObject { ["fromBlock"] = "0x0", ["address"] = Token.ToString() };
        var flood = Enumerable.Range(0, 64)
            .Select(i => Task.Run(() => i % 2 == 0
                ? Node.AnswerAsync("eth_getLogs", all.DeepClone())
                : Node.AnswerAsync("eth_getBlockReceipts", "0x1")))
            .ToList();
        await Task.WhenAny(flood);
        var transfer = TestAccounts.Transfer(1, 0, Receiver, 1);
        var receipt = await Node.CallAsync(
            "eth_sendRawTransactionSync", "0x" + Convert.ToHexStringLower(transfer.Bytes()), "0x2710");
        var unanswered = flood.Count(t => !t.IsCompleted);
        Assert.Equal("0x1", (string)receipt!["status"]!);
        Assert.True(unanswered > 0, "The flood was over before the block: it has shown nothing.");
        var answers = await Task.WhenAll(flood);
        Assert.All(answers, a => Assert.True(a.ContainsKey("result")));
        Assert.Equal(Blocks * LogsOfBlock, answers[0]["result"]!.AsArray().Count);
    }

    private async Task FillWithLogsAsync()
    {
        using var key = TestAccounts.Key(0);
        var nonce = 0UL;
        for (var block = 0; block < Blocks; block++)
        {
            var batch = new JsonArray();
            for (var i = 0; i < LogsOfBlock; i++)
            {
                var raw = (TestAccounts.Transfer(0, nonce, Token, 0, gas: 200_000) with
                {
                    Data = Convert.FromHexString("a9059cbb" + new string('0', 62) + "aa" + new string('0', 63) + "1"),
                    Signature = null,
                }).Sign(key).Bytes();
                nonce++;
                batch.Add(TestNode.Request(i, "eth_sendRawTransaction", "0x" + Convert.ToHexStringLower(raw)));
            }

            var answers = (JsonArray)(await Node.PostAsync(batch.ToJsonString()))!;
            await Node.ReceiptAsync((string)answers[^1]!["result"]!);
        }
    }
}
