using System.Text.Json.Nodes;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

/// <summary>txpool_*: what waits, in the shape of stock nodes.</summary>
public sealed class PoolMethodTests : NodeTest
{
    [Fact]
    public async Task What_waits_is_told_by_account_and_nonce_and_what_is_behind_a_gap_apart()
    {
        await using var quiet = new QuietNode(TestNode.OptionsIn(Path.Combine(Folder, "quiet")));
        foreach (var (account, nonce) in new[] { (0, 0UL), (0, 1UL), (0, 3UL), (1, 0UL) })
            await SendAsync(quiet, account, nonce);
        var (first, second) = (Address(0), Address(1));

        var status = await AskAsync(quiet, "txpool_status");
        Assert.Equal(("0x3", "0x1"), ((string)status["pending"]!, (string)status["queued"]!));
        var content = await AskAsync(quiet, "txpool_content");
        Assert.Equal(["0", "1"], Nonces(content["pending"]![first]!));
        Assert.Equal(["0"], Nonces(content["pending"]![second]!));
        Assert.Equal(["3"], Nonces(content["queued"]![first]!));
        Assert.Single(content["queued"]!.AsObject());
        var waiting = content["queued"]![first]!["3"]!;
        Assert.Equal(TestAccounts.Transfer(0, 3, Receiver, 1).Hash.ToString(), (string)waiting["hash"]!);
        Assert.Null(waiting["blockHash"]);
        var inspected = await AskAsync(quiet, "txpool_inspect");
        Assert.Equal(
            $"{Receiver.ToHex()}: 1 wei + 21000 gas \u00d7 20000000000 wei",
            (string)inspected["pending"]![second]!["0"]!);
        var from = await AskAsync(quiet, "txpool_contentFrom", first);
        Assert.True(JsonNode.DeepEquals(content["pending"]![first], from["pending"]));
        Assert.True(JsonNode.DeepEquals(content["queued"]![first], from["queued"]));
        Assert.Equal(
            "{\"pending\":{},\"queued\":{}}",
            (await AskAsync(quiet, "txpool_contentFrom", Receiver.ToString())).ToJsonString());
    }

    [Fact]
    public async Task More_than_the_list_may_hold_is_refused_and_an_account_can_still_be_asked_for()
    {
        var options = TestNode.OptionsIn(Path.Combine(Folder, "quiet"));
        options.MaxPoolListing = 2;
        await using var quiet = new QuietNode(options);
        for (var nonce = 0UL; nonce < 2; nonce++)
            await SendAsync(quiet, 0, nonce);
        Assert.Equal(["0", "1"], Nonces((await AskAsync(quiet, "txpool_content"))["pending"]![Address(0)]!));
        await SendAsync(quiet, 0, 2);
        foreach (var method in new[] { "txpool_content", "txpool_inspect" })
        {
            var error = (await quiet.AnswerAsync(method))["error"]!;
            Assert.Equal(-32005, (int)error["code"]!);
            Assert.Contains("more than 2 transactions wait", (string)error["message"]!, StringComparison.Ordinal);
        }

        var from = await AskAsync(quiet, "txpool_contentFrom", Address(0));
        Assert.Equal(["0", "1", "2"], Nonces(from["pending"]!));
    }

    private static async Task<JsonNode> AskAsync(QuietNode node, string method, params JsonNode?[] list) =>
        (await node.AnswerAsync(method, list))["result"]!;

    private static async Task SendAsync(QuietNode node, int account, ulong nonce)
    {
        var raw = "0x" + Convert.ToHexStringLower(TestAccounts.Transfer(account, nonce, Receiver, 1).Bytes());
        Assert.True((await node.AnswerAsync("eth_sendRawTransaction", raw)).ContainsKey("result"));
    }

    private static IEnumerable<string> Nonces(JsonNode account) => account.AsObject().Select(entry => entry.Key);

    private static string Address(int account)
    {
        using var key = TestAccounts.Key(account);
        return key.Address.ToHex();
    }
}
