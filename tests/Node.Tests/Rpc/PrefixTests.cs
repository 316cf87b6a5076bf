using System.Text.Json.Nodes;
using Aitbc.Sdk.Chain;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

/// <summary>What a node has said of blocks, receipts and logs stays said, and nothing between is left out.</summary>
public sealed class PrefixTests : NodeTest
{
    private const ulong Sent = 60;

    // transfer(0x…aa, 1) of the token: one log each.
    private static readonly byte[] OneUnit =
        Convert.FromHexString("a9059cbb" + new string('0', 62) + "aa" + new string('0', 63) + "1");

    [Fact]
    public async Task I10_latest_only_rises_and_what_was_said_of_blocks_receipts_and_logs_stays_over_a_restart()
    {
        using var socket = await RpcSocket.ConnectAsync(Node);
        var heads = await socket.SubscribeAsync("newHeads");
        var logs = await socket.SubscribeAsync("logs", new JsonObject());
        var (saidHeads, saidLogs) = (new List<JsonNode>(), new List<JsonNode>());
        var hearing = HearAsync(socket, heads, logs, saidHeads, saidLogs);
        var sending = SendAsync();
        var (latest, blocks) = (0UL, new Dictionary<ulong, string>());
        while (!sending.IsCompleted)
        {
            var height = await Node.HeightAsync();
            Assert.True(height >= latest, $"latest fell from {latest} to {height}");
            blocks[latest = height] = await BlockAsync(height);
        }

        var receipts = await sending;
        await hearing;
        // Heads come without a gap, twice never, and are the blocks that are asked for.
        Assert.Equal(
            Enumerable.Range(1, saidHeads.Count).Select(n => (ulong)n), saidHeads.Select(h => Number(h["number"])));
        foreach (var head in saidHeads)
            blocks[Number(head["number"])] = (string)head["hash"]!;
        Assert.Equal(Sent, (ulong)saidLogs.Select(l => (string)l["transactionHash"]!).Distinct().Count());
        Assert.Equal(Sent, (ulong)saidLogs.Count);
        Assert.Equal(saidLogs.OrderBy(l => (Number(l["blockNumber"]), Number(l["logIndex"]))), saidLogs);

        await RestartAsync();
        foreach (var (number, hash) in blocks)
            Assert.Equal(hash, await BlockAsync(number));
        foreach (var (hash, receipt) in receipts)
            Assert.True(JsonNode.DeepEquals(receipt, await Node.ReceiptAsync(hash)));
        var kept = (JsonArray)(await Node.CallAsync("eth_getLogs", new JsonObject { ["fromBlock"] = "0x0" }))!;
        Assert.Equal(saidLogs.Select(l => l.ToJsonString()), kept.Select(l => l!.ToJsonString()));
    }

    private static ulong Number(JsonNode? quantity) => Convert.ToUInt64((string)quantity!, 16);

    private static async Task HearAsync(
        RpcSocket socket, string heads, string logs, List<JsonNode> saidHeads, List<JsonNode> saidLogs)
    {
        // The last block's head comes with its logs, in either order.
        while ((ulong)saidLogs.Count < Sent
            || Number(saidLogs[^1]["blockNumber"]) > (ulong)saidHeads.Count)
        {
            var said = (await socket.ReceiveAsync())["params"]!;
            var list = (string)said["subscription"]! == heads ? saidHeads : saidLogs;
            Assert.Contains((string)said["subscription"]!, new[] { heads, logs });
            list.Add(said["result"]!);
        }
    }

    private async Task<List<(string Hash, JsonObject Receipt)>> SendAsync()
    {
        using var key = TestAccounts.Key(0);
        var hashes = new List<string>();
        for (var nonce = 0UL; nonce < Sent; nonce++)
        {
            var call = TestAccounts.Transfer(0, nonce, SystemContractAddresses.Token, 0, gas: 200_000);
            var signed = (call with { Data = OneUnit, Signature = null }).Sign(key);
            hashes.Add((string)(await Node.SendRawAsync(signed.Bytes()))!);
        }

        var receipts = new List<(string, JsonObject)>();
        foreach (var hash in hashes)
            receipts.Add((hash, await Node.ReceiptAsync(hash)));
        return receipts;
    }

    private async Task<string> BlockAsync(ulong height) =>
        (string)(await Node.CallAsync("eth_getBlockByNumber", $"0x{height:x}", false))!["hash"]!;
}
