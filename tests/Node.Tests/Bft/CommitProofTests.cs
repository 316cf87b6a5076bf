using System.Text.Json.Nodes;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using Xunit;

namespace Node.Tests.Bft;

public sealed class CommitProofTests
{
    [Fact]
    public async Task A_light_client_verifies_a_block_out_of_the_answers_of_one_node()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 1));
        var node = cluster[1];
        var answer = (JsonObject)(await node.CallAsync("aitbc_getCommit", "latest"))!;
        var height = Convert.ToUInt64((string)answer["height"]!, 16);
        var header = Bytes(answer["header"]!);
        var set = ValidatorSet.Create([.. ((JsonArray)answer["validators"]!).Select(v => new Validator(
            Address.Parse((string)v!["operator"]!), Bytes(v["consensusKey"]!)))]);
        var commit = new VoteCertificate(
            VoteKind.Precommit, height, Convert.ToInt32((string)answer["commit"]!["round"]!, 16),
            Keccak256.Hash(header), -1, Bytes(answer["commit"]!["signers"]!),
            ((JsonArray)answer["commit"]!["signatures"]!).SelectMany(s => Bytes(s!)).ToArray());
        var light = new LightVerifier(new CertificateVerifier(cluster.ChainOf(1).Binding, Ed25519Verifier.Instance));
        var below = (JsonObject)(await node.CallAsync("aitbc_getCommit", $"0x{height - 1:x}"))!;
        var trusted = Hash256.Parse((string)below["nextValidatorsHash"]!);
        Assert.Equal(LightError.None, light.Verify(height, Keccak256.Hash(header), commit, set, trusted));
        // What the header commits to is what the fields say.
        var block = cluster.ChainOf(1).Store.Block(height)!;
        Assert.Equal(block.Header.ExtraData, Keccak256.Hash(Bytes(answer["consensusFields"]!)));
        Assert.Null(await node.CallAsync("aitbc_getCommit", "earliest"));
        Assert.Null(await node.CallAsync("aitbc_getCommit", "0xffffff"));
    }

    [Fact]
    public async Task A_node_says_who_is_silent_and_counts_missed_proposals()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StopAsync(2);
        for (var nonce = 1UL; nonce < 5; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
        var standing = (JsonObject)(await cluster[0].CallAsync("aitbc_consensus"))!;
        Assert.Equal("bft", (string)standing["mode"]!);
        Assert.Equal("yes", (string)standing["signing"]!);
        var missed = (JsonArray)standing["counters"]!["missedProposals"]!;
        Assert.Equal(Cluster.Operator(2), Address.Parse((string)Assert.Single(missed)!["operator"]!));
        Assert.Equal(3, ((JsonArray)(await cluster[0].CallAsync("aitbc_peers"))!).Count + 1);
        Assert.Equal("0x2", (string)(await cluster[0].CallAsync("net_peerCount"))!);
        Assert.False((bool)(await cluster[0].CallAsync("eth_syncing"))!);
        await cluster.StopAsync(1);
        await cluster.SendAsync(0, 0, 5);
        await cluster.VoteAsync(0);
        var stuck = (JsonObject)(await cluster[0].CallAsync("aitbc_consensus"))!;
        var silent = ((JsonArray)stuck["silent"]!).Select(o => Address.Parse((string)o!)).ToList();
        Assert.Contains(Cluster.Operator(1), silent);
        Assert.Contains(Cluster.Operator(2), silent);
        var validators = (JsonObject)(await cluster[0].CallAsync("aitbc_validators"))!;
        Assert.Equal(4, ((JsonArray)validators["validators"]!).Count);
        Assert.Equal("0x3", (string)validators["quorumWeight"]!);
    }

    private static byte[] Bytes(JsonNode hex) => Convert.FromHexString(((string)hex!)[2..]);
}
