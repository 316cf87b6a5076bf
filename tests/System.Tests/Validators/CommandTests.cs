using System.Globalization;
using System.Tests.Processes;
using System.Text.Json.Nodes;
using Xunit;

namespace System.Tests.Validators;

/// <summary><c>aitbc blockchain validators | peers | consensus</c> and <c>aitbcd doctor</c>, typed.</summary>
public sealed class CommandTests
{
    private const string Hash = "0x1111111111111111111111111111111111111111111111111111111111111111";

    [Fact]
    public async Task Validators_peers_and_consensus_are_shown_in_words_and_as_json()
    {
        await using var node = await CannedNode.StartAsync(Stuck());
        var validators = await CliAsync(node, "validators");
        Assert.Equal(0, validators.Exit);
        Assert.Contains("3 of 4", validators.Out, StringComparison.Ordinal);
        Assert.Contains("0x0000000000000000000000000000000000000003", validators.Out, StringComparison.Ordinal);

        var peers = await CliAsync(node, "peers");
        Assert.Contains("linked with one peer", peers.Out, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:8105", peers.Out, StringComparison.Ordinal);
        Assert.Contains("transactions 7", peers.Out, StringComparison.Ordinal);

        var consensus = await CliAsync(node, "consensus");
        Assert.Equal(0, consensus.Exit);
        string[] parts =
            ["Silent: 2 of 4; weight 3", "4, prevote, without", "12 ms", "nil", "proposes", "5 of 0x00000000",
             "Round 3 failed: 0x00000000 proposed nothing; silent: 0x00000000."];
        foreach (var part in parts)
            Assert.Contains(part, consensus.Out, StringComparison.Ordinal);

        var json = (await CliAsync(node, "consensus", "--json")).Json;
        var round = json.GetProperty("round");
        Assert.Equal(
            [Operator(2), Operator(3)], round.GetProperty("silent").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal("nil", round.GetProperty("votes")[1].GetProperty("prevote").GetString());
        Assert.Equal(4, (await CliAsync(node, "validators", "--json")).Json.GetProperty("validators").GetArrayLength());
        var peer = (await CliAsync(node, "peers", "--json")).Json.GetProperty("peers")[0];
        Assert.Equal(7, peer.GetProperty("classQueues").GetProperty("transactions").GetInt32());
    }

    [Theory]
    [InlineData(true, "decides alone", "no_validators")]
    [InlineData(false, "does not know this yet", "method_unknown")]
    public async Task A_node_that_has_no_validators_or_is_older_says_so(bool isKnown, string sentence, string code)
    {
        await using var node = await CannedNode.StartAsync(isKnown
            ? new Dictionary<string, JsonNode?>
            {
                ["aitbc_validators"] = null,
                ["aitbc_consensus"] = JsonNode.Parse("""{"mode":"solo","height":"0x1"}"""),
            }
            : []);
        foreach (var command in new[] { "validators", "consensus" })
        {
            var run = await CliAsync(node, command);
            Assert.Equal(4, run.Exit);
            Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        }

        var json = await CliAsync(node, "consensus", "--json");
        Assert.Equal(code, json.Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_answer_of_another_shape_is_no_answer()
    {
        await using var node = await CannedNode.StartAsync(
            new Dictionary<string, JsonNode?> { ["aitbc_validators"] = new JsonArray(1, 2) });
        var run = await CliAsync(node, "validators");
        Assert.Equal(3, run.Exit);
        Assert.Contains("not of the specified shape", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_says_why_the_chain_does_not_move()
    {
        using var folder = new TemporaryFolder();
        await using var node = await CannedNode.StartAsync(Stuck());
        var run = await ProgramRun.HostAsync("doctor", "--data", folder["none"], "--node-url", $"{node.Url}");
        Assert.Equal(1, run.Exit);
        Assert.Contains("3 of 4 are needed, 2 are heard", run.Out, StringComparison.Ordinal);
        Assert.Contains($"Silent: {Operator(2)}, {Operator(3)}", run.Out, StringComparison.Ordinal);
        Assert.Contains("although 9 transactions wait", run.Out, StringComparison.Ordinal);
        Assert.Contains("is in round 4", run.Out, StringComparison.Ordinal);

        var json = await ProgramRun.HostAsync(
            "doctor", "--json", "--data", folder["none"], "--node-url", $"{node.Url}");
        Assert.False(json.Json.GetProperty("healthy").GetBoolean());
        Assert.Equal("no_quorum", json.Json.GetProperty("findings")[0].GetProperty("code").GetString());
        Assert.Equal(1, json.Json.GetProperty("nodes")[0].GetProperty("peers").GetInt32());

        var nobody = await ProgramRun.HostAsync("doctor", "--data", folder["none"], "--node-url", "http://127.0.0.1:1");
        Assert.Equal(1, nobody.Exit);
        Assert.Contains("gives no answer", nobody.Out, StringComparison.Ordinal);
        Assert.Equal(2, (await ProgramRun.HostAsync("doctor", "--node-url", "ftp://x")).Exit);
    }

    private static Task<ProgramRun> CliAsync(CannedNode node, string command, params string[] more) =>
        ProgramRun.CliAsync(["blockchain", command, "--node-url", $"{node.Url}", .. more]);

    // Two of four validators are gone, and block 51 is in its fifth round.
    private static Dictionary<string, JsonNode?> Stuck() => new()
    {
        ["aitbc_status"] = JsonNode.Parse("""
            {"height":"0x32","pending":"0x9","includedTotal":"0x1","oldestPendingMs":"0x64",
             "supply":{"genesis":"0x1","burned":"0x0","total":"0x1"},"conservation":true}
            """),
        ["eth_getBlockByNumber"] = JsonNode.Parse($$"""
            {"number":"0x32","hash":"{{Hash}}","parentHash":"{{Hash}}","stateRoot":"{{Hash}}","timestamp":"0x{{Old}}",
             "miner":"0x0000000000000000000000000000000000000001","gasUsed":"0x0","gasLimit":"0x1",
             "baseFeePerGas":"0x1","transactions":[]}
            """),
        ["aitbc_validators"] = new JsonObject
        {
            ["height"] = "0x33",
            ["validatorsHash"] = Hash,
            ["quorumWeight"] = "0x3",
            ["validators"] = new JsonArray([.. Enumerable.Range(0, 4).Select(i => (JsonNode)new JsonObject
            {
                ["operator"] = Operator(i),
                ["consensusKey"] = Hash,
                ["weight"] = "0x1",
            })]),
        },
        ["aitbc_peers"] = JsonNode.Parse($$"""
            [{"id":"{{Hash}}","address":"127.0.0.1:8105","consensusKey":null,"operator":null,"inbound":true,
              "classQueues":{"consensus":"0x0","sync":"0x0","transactions":"0x7"} }]
            """),
        ["aitbc_consensus"] = JsonNode.Parse($$"""
            {"mode":"bft","height":"0x33","signing":"yes","bestPeerTip":"0x32","proofsWaiting":"0x0",
             "round":4,"step":"Prevote","quorumWeight":"0x3","proposer":"{{Operator(3)}}","hasProposal":false,
             "votes":[{"operator":"{{Operator(0)}}","prevote":"{{Hash}}","precommit":null},
               {"operator":"{{Operator(1)}}","prevote":"nil","precommit":null},
               {"operator":"{{Operator(2)}}","prevote":null,"precommit":null},
               {"operator":"{{Operator(3)}}","prevote":null,"precommit":null}],
             "silent":["{{Operator(2)}}","{{Operator(3)}}"],
             "pastRounds":[{"round":3,"proposer":"{{Operator(2)}}","hasProposal":false,"votes":[],
               "silent":["{{Operator(2)}}"]}],
             "counters":{"decided":"0x2","synced":"0x0","extraRounds":"0x3","lastLatencyUs":"0x2ee0",
               "latencyUsSum":"0x5dc0","missedProposals":[{"operator":"{{Operator(3)}}","count":"0x5"}]} }
            """),
    };

    private static string Operator(int index) => $"0x000000000000000000000000000000000000000{index}";

    private static string Old =>
        (DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 300).ToString("x", CultureInfo.InvariantCulture);
}
