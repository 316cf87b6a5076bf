using Aitbc.Host.Doctor;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Xunit;

namespace System.Tests.Validators;

/// <summary>What the doctor makes of what it sees.</summary>
public sealed class DiagnosisTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_chain_that_moves_has_no_finding() =>
        Assert.Empty(Diagnosis.Of(Seen(Node("node"), Node("node-2") with { ClockAhead = TimeSpan.FromSeconds(-1) })));

    [Fact]
    public void Different_blocks_at_one_height_are_the_gravest()
    {
        var found = Diagnosis.Of(Seen(
            Node("node"),
            Node("node-2") with { CommonHash = Hash256.FromUInt256(2) },
            Node("node-3") with { Silence = "refused", Head = null, CommonHash = null }));
        Assert.Equal(["fork", "node_silent"], found.Select(f => f.Code));
        Assert.Contains("node against node-2", found[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_ended_is_told_in_the_words_of_its_end()
    {
        var seen = Seen(Node("node-3") with { Silence = "refused", Head = null }) with
        {
            Ended = new Dictionary<string, string> { ["node-3"] = "Validator node-3 ended with code 137." },
        };
        Assert.Equal("Validator node-3 ended with code 137.", Diagnosis.Of(seen).Single().Detail);
    }

    [Theory]
    [InlineData(100L << 20, "error")]
    [InlineData(500L << 20, "warning")]
    [InlineData(2L << 30, null)]
    public void A_disk_that_is_nearly_full_is_told_before_it_is(long free, string? severity)
    {
        var found = Diagnosis.Of(Seen(Node("node")) with { Folder = "/data", FreeBytes = free });
        Assert.Equal(severity, found.SingleOrDefault()?.Severity);
    }

    [Theory]
    [InlineData(1, "validator_silent", "warning")]
    [InlineData(2, "no_quorum", "error")]
    public void Silent_validators_are_named_and_weighed_against_the_quorum(int count, string code, string severity)
    {
        var silent = Enumerable.Range(0, count).Select(Operator).ToList();
        var found = Diagnosis.Of(Seen(Validator() with { Consensus = Consensus(silent, round: 0) })).Single();
        Assert.Equal((code, severity), (found.Code, found.Severity));
        Assert.Contains(Operator(0).ToString(), found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validator_that_does_not_sign_is_told_with_the_reason()
    {
        var refuses = Consensus([], 0, "no: its key signs elsewhere");
        var found = Diagnosis.Of(Seen(Validator() with { Consensus = refuses }));
        Assert.Contains("does not sign: no: its key signs elsewhere", found.Single().Detail, StringComparison.Ordinal);
        Assert.Empty(Diagnosis.Of(Seen(Validator() with { Consensus = Consensus([], 0, "not a validator") })));
    }

    [Fact]
    public void A_validator_without_peers_is_told()
    {
        Assert.Equal("no_peers", Diagnosis.Of(Seen(Validator() with { Peers = [] })).Single().Code);
        Assert.Empty(Diagnosis.Of(Seen(Node("node") with { Peers = [] }))); // it decides alone
    }

    [Theory]
    [InlineData(1, "validators_apart", "it reaches 2 of 4, and 3 are needed")]
    [InlineData(2, "validator_not_linked", "with 1 of the 3 other validators.")]
    [InlineData(3, null, "")]
    public void Validators_that_are_not_linked_are_told_before_the_chain_stands(int links, string? code, string words)
    {
        var seen = Validator() with { Peers = [Full(), .. Enumerable.Range(1, links).Select(Peer)] };
        var found = Diagnosis.Of(Seen(seen)).SingleOrDefault();
        Assert.Equal(code, found?.Code);
        Assert.Contains(words, found?.Detail ?? "", StringComparison.Ordinal);
        Assert.Empty(Diagnosis.Of(Seen(seen with { Consensus = Consensus([], 0, "not a validator") })));
        Assert.Empty(Diagnosis.Of(Seen(seen with { Peers = [Full() with { Address = "redis" }] })));
    }

    [Fact]
    public void Clocks_heights_and_rounds_are_compared()
    {
        var behind = Node("node-2") with { Head = Block(1, Now), ClockAhead = TimeSpan.FromSeconds(20) };
        var early = Node("node-3") with { Head = Block(50, Now + TimeSpan.FromMinutes(1)) };
        var round = Validator() with { Consensus = Consensus([], round: 5) };
        var found = Diagnosis.Of(Seen(round, behind, early));
        Assert.Equal(["clock", "clock", "behind", "many_rounds"], found.Select(f => f.Code));
        Assert.Contains("20 s ahead", found[0].Detail, StringComparison.Ordinal);
        Assert.Contains("60 s after", found[1].Detail, StringComparison.Ordinal);
        Assert.Contains($"No proposal came from {Operator(1)}", found[3].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_block_is_told_with_what_waits()
    {
        var found = Diagnosis.Of(Seen(Node("node") with
        {
            Head = Block(50, Now - TimeSpan.FromMinutes(2)),
            Status = new ChainStatus(50, 3, 0, 0, new ChainSupply(default, default, default), true),
        })).Single();
        Assert.Equal("stands_still", found.Code);
        Assert.Contains("120 s old although 3 transactions wait", found.Detail, StringComparison.Ordinal);
    }

    private static Observation Seen(params NodeView[] nodes) => new() { Now = Now, Nodes = nodes };

    private static NodeView Node(string name) => new(name, new Uri("http://127.0.0.1:1"))
    {
        Head = Block(50, Now),
        CommonHash = Hash256.FromUInt256(1),
    };

    private static NodeView Validator() => Node("node") with
    {
        Validators = new ValidatorSetStatus(
            51, default, 3, [.. Enumerable.Range(0, 4).Select(i => new ValidatorStatus(Operator(i), default, 1))]),
        Consensus = Consensus([], round: 0),
    };

    private static ConsensusStatus Consensus(IReadOnlyList<Address> silent, int round, string signing = "yes") => new(
        51,
        signing,
        50,
        new RoundStatus(
            round, "Prevote", 3, Operator(1), false,
            [.. Enumerable.Range(0, 4).Select(i => new VoteStatus(Operator(i), null, null))], silent),
        [],
        new ConsensusCounters(0, 0, 0, 0, 0, new Dictionary<Address, ulong>()));

    private static PeerStatus Full() => new(
        default, "127.0.0.1:8005", null, null, true, new Dictionary<string, ulong>());

    private static PeerStatus Peer(int index) => Full() with { Operator = Operator(index) };

    private static Address Operator(int index) => Address.Parse($"0x000000000000000000000000000000000000000{index}");

    private static BlockSummary Block(ulong number, DateTimeOffset time) => new()
    {
        Number = number,
        Hash = default,
        ParentHash = default,
        StateRoot = default,
        TimestampSeconds = (ulong)time.ToUnixTimeSeconds(),
        Miner = default,
        GasUsed = 0,
        GasLimit = 0,
        BaseFeePerGas = default,
        Transactions = [],
    };
}
