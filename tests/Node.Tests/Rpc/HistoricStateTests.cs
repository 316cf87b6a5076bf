using System.Text.Json.Nodes;
using Aitbc.Ledger.Trie;
using Aitbc.Node;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

public sealed class HistoricStateTests : NodeTest
{
    private const string Token = "0x0000000000000000000000000000000000001001";

    protected override void Configure(NodeOptions options)
    {
        options.StateHistory = 3;
        options.MaxProofKeys = 4;
    }

    [Fact]
    public async Task State_of_earlier_blocks_is_answered_within_the_window_and_4444_beyond()
    {
        for (var nonce = 0UL; nonce < 5; nonce++)
            await TransferAsync(nonce, value: 10);
        Assert.Equal("0x32", (string?)await Node.CallAsync("eth_getBalance", Receiver.ToString(), "latest"));
        Assert.Equal("0x14", (string?)await Node.CallAsync("eth_getBalance", Receiver.ToString(), "0x2"));
        using var key = TestAccounts.Key(0);
        var sender = key.Address.ToString();
        Assert.Equal("0x4", (string?)await Node.CallAsync("eth_getTransactionCount", sender, "0x4"));
        var balanceOf = new JsonObject
        {
            ["to"] = Token,
            ["data"] = "0x70a08231000000000000000000000000" + Receiver.ToString()[2..],
        };
        Assert.EndsWith("1e", (string?)await Node.CallAsync("eth_call", balanceOf, "0x3"), StringComparison.Ordinal);
        var pruned = (await Node.AnswerAsync("eth_getBalance", Receiver.ToString(), "0x1"))["error"]!;
        Assert.Equal(4444, (int)pruned["code"]!);
        Assert.Contains("block 2", (string)pruned["message"]!, StringComparison.Ordinal);
        var beyond = (await Node.AnswerAsync("eth_getBalance", Receiver.ToString(), "0x99"))["error"]!;
        Assert.Equal((-32000, "header not found"), ((int)beyond["code"]!, (string)beyond["message"]!));
    }

    [Fact]
    public async Task A_block_is_named_by_number_hash_tag_of_any_case_or_the_object_of_EIP_1898()
    {
        await TransferAsync(0, value: 7);
        await TransferAsync(1, value: 7);
        var first = (string)(await Node.CallAsync("eth_getBlockByNumber", "0x1", false))!["hash"]!;
        foreach (var tag in new JsonNode?[]
        {
            "0x1", "0x01", first, new JsonObject { ["blockNumber"] = "0x1" },
            new JsonObject { ["blockHash"] = first },
            new JsonObject { ["blockHash"] = first, ["requireCanonical"] = true },
        })
            Assert.Equal("0x7", (string?)await Node.CallAsync("eth_getBalance", Receiver.ToString(), tag));
        foreach (var tag in new JsonNode?[] { "latest", "LATEST", "Pending", "safe", "Finalized", null })
            Assert.Equal("0xe", (string?)await Node.CallAsync("eth_getBalance", Receiver.ToString(), tag));
        Assert.Equal("0xe", (string?)await Node.CallAsync("eth_getBalance", Receiver.ToString()));
        Assert.Equal("0x0", (string?)await Node.CallAsync("eth_getBalance", Receiver.ToString(), "Earliest"));
        var unknown = await Node.AnswerAsync("eth_getBalance", Receiver.ToString(), Hash256.Zero.ToString());
        Assert.Equal("header not found", (string)unknown["error"]!["message"]!);
        var both = new JsonObject { ["blockHash"] = first, ["blockNumber"] = "0x1" };
        var refused = (await Node.AnswerAsync("eth_getBalance", Receiver.ToString(), both))["error"]!;
        Assert.Equal(-32602, (int)refused["code"]!);
        Assert.StartsWith("cannot specify both", (string)refused["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proof_verifies_against_the_root_of_the_block_it_was_asked_for()
    {
        await TransferAsync(0, value: 7);
        await TransferAsync(1, value: 7);
        foreach (var (height, balance) in new[] { ("0x1", "0x7"), ("0x2", "0xe") })
        {
            var proof = (await Node.CallAsync("eth_getProof", Receiver.ToString(), new JsonArray("0x0"), height))!;
            var block = (await Node.CallAsync("eth_getBlockByNumber", height, false))!;
            Assert.Equal(balance, (string)proof["balance"]!);
            Assert.Equal("0x0", (string)proof["storageProof"]![0]!["key"]!);
            Assert.Equal("0x0", (string)proof["storageProof"]![0]!["value"]!);
            var nodes = proof["accountProof"]!.AsArray().Select(n => Hex.Parse((string)n!)).ToList();
            var key = Keccak256.Hash(Receiver.ToArray()).ToArray();
            var root = Hash256.Parse((string)block["stateRoot"]!);
            Assert.True(TrieProof.TryVerify(root, key, nodes, out var value));
            Assert.NotNull(value);
            nodes[^1][^1] ^= 1;
            Assert.False(TrieProof.TryVerify(root, key, nodes, out _));
        }

        var five = new JsonArray([.. Enumerable.Range(0, 5).Select(i => (JsonNode)$"0x{i}")]);
        var many = (await Node.AnswerAsync("eth_getProof", Receiver.ToString(), five, "latest"))["error"]!;
        Assert.Equal(-32005, (int)many["code"]!);
        Assert.Contains("at most 4", (string)many["message"]!, StringComparison.Ordinal);
    }
}
