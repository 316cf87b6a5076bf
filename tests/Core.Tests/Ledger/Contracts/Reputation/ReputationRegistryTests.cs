using System.Numerics;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Identity;
using Aitbc.Ledger.Contracts.Reputation;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Reputation;

/// <summary>The rules of the reputation registry: who may speak, indexes, order of checks, sums.</summary>
public sealed class ReputationRegistryTests
{
    private const int Owner = 0;
    private const int Alice = 1;
    private const int Bob = 2;
    private const int Carol = 3;
    private static readonly UInt256 Agent = UInt256.Zero;
    private static readonly BigInteger MaxValue = BigInteger.Pow(10, 38);
    private readonly Devnet net = new();
    private readonly ContractUser reputation;
    private readonly ContractUser identity;

    public ReputationRegistryTests()
    {
        reputation = new ContractUser(net, SystemContracts.AgentReputation);
        identity = new ContractUser(net, SystemContracts.AgentIdentity);
        identity.Do(Owner, IdentityAbi.Register);
    }

    [Fact]
    public void Feedback_is_numbered_from_1_for_each_client_and_told_in_full()
    {
        var hash = Keccak256.Hash("file"u8);
        object?[] feedback =
            [Agent, (BigInteger)(-32), UInt256.One, "tradingYield", "day", "https://e", "ipfs://f", hash];
        var log = Assert.Single(reputation.Do(Alice, ReputationAbi.GiveFeedback, feedback));
        Assert.Equal(SystemContracts.AgentReputation, log.Address);
        Assert.Equal(
            [
                Agent, net.At(Alice), UInt256.One, (BigInteger)(-32), UInt256.One, Keccak256.Hash("tradingYield"u8),
                "tradingYield", "day", "https://e", "ipfs://f", hash,
            ],
            ReputationAbi.NewFeedback.TryDecode(log.Topics, log.Data.Span)!);
        Assert.Equal(
            [(BigInteger)(-32), UInt256.One, "tradingYield", "day", false],
            reputation.Read(ReputationAbi.ReadFeedback, Agent, net.At(Alice), UInt256.One));
        Give(Alice, 5);
        Give(Bob, 7);
        Assert.Equal((UInt256)2UL, LastIndex(Alice));
        Assert.Equal(UInt256.One, LastIndex(Bob));
        Assert.Equal(UInt256.Zero, LastIndex(Carol));
        Assert.Equal(Addresses(Alice, Bob), reputation.Read(ReputationAbi.GetClients, Agent)[0]);
    }

    [Fact]
    public void Decimals_are_checked_first_then_the_value_then_who_speaks()
    {
        UInt256 tooMany = 19UL, unknown = 9UL;
        var tooLarge = MaxValue + 1;
        Assert.Equal("too many decimals", Refused(Owner, Agent, tooLarge, tooMany));
        Assert.Equal("value too large", Refused(Owner, Agent, tooLarge, 18UL));
        Assert.Equal("value too large", Refused(Owner, Agent, -tooLarge, 18UL));
        Assert.Equal("Self-feedback not allowed", Refused(Owner, Agent, MaxValue, 18UL));
        Assert.Equal(Golden.Error("7e273289", 9), Refused(Alice, unknown, -MaxValue, 18UL));
        Assert.Null(Refused(Alice, Agent, -MaxValue, 18UL));
        identity.Do(Owner, IdentityAbi.Approve, net.At(Alice), Agent);
        Assert.Equal("Self-feedback not allowed", Refused(Alice, Agent, 1, 0UL));
        identity.Do(Owner, IdentityAbi.SetApprovalForAll, net.At(Bob), true);
        Assert.Equal("Self-feedback not allowed", Refused(Bob, Agent, 1, 0UL));
        Assert.Null(Refused(Carol, Agent, 1, 0UL));
    }

    [Fact]
    public void Only_the_own_feedback_is_revoked_and_only_once()
    {
        Give(Alice, 1);
        Assert.Equal("index must be > 0", reputation.Refusal(Alice, ReputationAbi.RevokeFeedback, Agent, UInt256.Zero));
        Assert.Equal("index out of bounds", reputation.Refusal(Bob, ReputationAbi.RevokeFeedback, Agent, UInt256.One));
        Assert.Equal(
            "index out of bounds", reputation.Refusal(Alice, ReputationAbi.RevokeFeedback, Agent, (UInt256)2UL));
        var log = Assert.Single(reputation.Do(Alice, ReputationAbi.RevokeFeedback, Agent, UInt256.One));
        Assert.Equal(
            [Agent, net.At(Alice), UInt256.One], ReputationAbi.FeedbackRevoked.TryDecode(log.Topics, log.Data.Span)!);
        Assert.Equal("Already revoked", reputation.Refusal(Alice, ReputationAbi.RevokeFeedback, Agent, UInt256.One));
        Assert.Equal(true, reputation.Read(ReputationAbi.ReadFeedback, Agent, net.At(Alice), UInt256.One)[4]);
    }

    [Fact]
    public void Anyone_may_respond_even_to_revoked_feedback_and_every_response_counts()
    {
        Give(Alice, 1);
        Give(Bob, 2);
        reputation.Do(Alice, ReputationAbi.RevokeFeedback, Agent, UInt256.One);
        Assert.Equal("index must be > 0", Responding(Carol, Alice, 0, ""));
        Assert.Equal("Empty URI", Responding(Carol, Alice, 9, ""));
        Assert.Equal("index out of bounds", Responding(Carol, Alice, 2, "u"));
        object?[] response = [Agent, net.At(Alice), UInt256.One, "ipfs://r", Hash256.Zero];
        var log = Assert.Single(reputation.Do(Carol, ReputationAbi.AppendResponse, response));
        Assert.Equal(
            [Agent, net.At(Alice), UInt256.One, net.At(Carol), "ipfs://r", Hash256.Zero],
            ReputationAbi.ResponseAppended.TryDecode(log.Topics, log.Data.Span)!);
        reputation.Do(Carol, ReputationAbi.AppendResponse, response);
        reputation.Do(Owner, ReputationAbi.AppendResponse, response);
        reputation.Do(Owner, ReputationAbi.AppendResponse, Agent, net.At(Bob), UInt256.One, "u", Hash256.Zero);
        Assert.Equal(4UL, Responses(Address.Zero, 7));
        Assert.Equal(3UL, Responses(net.At(Alice), 0));
        Assert.Equal(3UL, Responses(net.At(Alice), 1));
        Assert.Equal(0UL, Responses(net.At(Alice), ulong.MaxValue));
        Assert.Equal(0UL, Responses(net.At(Carol), 0));
        Assert.Equal(2UL, Responses(net.At(Alice), 1, Carol));
        Assert.Equal(4UL, Responses(net.At(Alice), 1, Carol, Carol));
        Assert.Equal(2UL, Responses(Address.Zero, 0, Owner));
    }

    [Fact]
    public void A_summary_is_the_mean_cut_to_the_most_frequent_decimals()
    {
        Assert.Equal("clientAddresses required", reputation.Refusal(
            Alice, ReputationAbi.GetSummary, Agent, Array.Empty<object?>(), "", ""));
        Assert.Equal([UInt256.Zero, BigInteger.Zero, UInt256.Zero], Summary("", "", Alice));
        Give(Alice, 9977, 2, "uptime");
        Give(Alice, 100, 0, "starred", "x");
        Give(Bob, -1, 0, "starred");
        // 99.77 and 100: both decimals once, the smaller wins; 99.885 is cut, not rounded.
        Assert.Equal([(UInt256)2UL, (BigInteger)99, UInt256.Zero], Summary("", "", Alice));
        // The mean of -1, -1 and 0.5 is -0.5: towards zero.
        Give(Bob, -1, 0, "starred");
        Give(Bob, 5, 1, "starred");
        Assert.Equal([(UInt256)3UL, BigInteger.Zero, UInt256.Zero], Summary("", "", Bob));
        Assert.Equal([(UInt256)2UL, (BigInteger)100, UInt256.Zero], Summary("starred", "x", Alice, Alice, Bob));
        Assert.Equal([UInt256.One, (BigInteger)9977, (UInt256)2UL], Summary("uptime", "", Alice, Bob, Carol));
        Assert.Equal([UInt256.Zero, BigInteger.Zero, UInt256.Zero], Summary("Starred", "", Alice, Bob));
        reputation.Do(Alice, ReputationAbi.RevokeFeedback, Agent, UInt256.One);
        Assert.Equal([UInt256.One, (BigInteger)100, UInt256.Zero], Summary("", "", Alice));
    }

    [Fact]
    public void A_mean_beyond_int128_keeps_its_low_128_bits_as_in_the_reference()
    {
        Give(Alice, MaxValue);
        Give(Alice, 0, 18);
        Give(Alice, 0, 18);
        var mean = MaxValue * BigInteger.Pow(10, 18) / 3;
        var low = mean % BigInteger.Pow(2, 128);
        var expected = low >= BigInteger.Pow(2, 127) ? low - BigInteger.Pow(2, 128) : low;
        Assert.Equal([(UInt256)3UL, expected, (UInt256)18UL], Summary("", "", Alice));
    }

    [Fact]
    public void All_feedback_is_read_by_client_and_then_by_index()
    {
        Give(Bob, 1, 0, "a");
        Give(Alice, 2, 1, "b", "c");
        Give(Bob, -3, 2, new string('t', 40));
        reputation.Do(Bob, ReputationAbi.RevokeFeedback, Agent, UInt256.One);
        var all = reputation.Read(ReputationAbi.ReadAllFeedback, Agent, Array.Empty<object?>(), "", "", true);
        Assert.Equal(
            [
                Addresses(Bob, Bob, Alice),
                new object?[] { UInt256.One, (UInt256)2UL, UInt256.One },
                new object?[] { BigInteger.One, (BigInteger)(-3), (BigInteger)2 },
                new object?[] { UInt256.Zero, (UInt256)2UL, UInt256.One },
                new object?[] { "a", new string('t', 40), "b" },
                new object?[] { "", "", "c" },
                new object?[] { true, false, false },
            ],
            all);
        var some = reputation.Read(ReputationAbi.ReadAllFeedback, Agent, Addresses(Alice, Bob, Alice), "b", "", false);
        Assert.Equal(Addresses(Alice, Alice), some[0]);
        Assert.Equal("index must be > 0", reputation.Refusal(
            Owner, ReputationAbi.ReadFeedback, Agent, net.At(Bob), UInt256.Zero));
        Assert.Equal("index out of bounds", reputation.Refusal(
            Owner, ReputationAbi.ReadFeedback, Agent, net.At(Bob), (UInt256)3UL));
    }

    [Fact]
    public void The_gas_of_a_call_bounds_how_much_it_reads()
    {
        for (var i = 0; i < 5; i++)
            Give(Alice, i);
        var data = ReputationAbi.GetSummary.EncodeCall(
            Agent, Enumerable.Repeat<object?>(net.At(Alice), 1_000).ToArray(), "", "");
        var result = Aitbc.Ledger.Execution.BlockExecutor.Call(
            net.Store, net.At(Owner), SystemContracts.AgentReputation, default, data, 1_000_000, net.Next);
        Assert.True(result.RanOutOfGas);
        result = Aitbc.Ledger.Execution.BlockExecutor.Call(
            net.Store, net.At(Owner), SystemContracts.AgentReputation, default, data, 2_000_000, net.Next);
        Assert.Equal((UInt256)5_000UL, ReputationAbi.GetSummary.DecodeResult(result.ReturnData.Span)[0]);
    }

    [Fact]
    public void Values_lie_in_the_slots_of_the_reference()
    {
        Give(Alice, -1, 2, "t");
        reputation.Do(Alice, ReputationAbi.RevokeFeedback, Agent, UInt256.One);
        UInt256 At(Hash256 slot) => net.Store.GetStorage(new StorageKey(SystemContracts.AgentReputation, slot));
        var own = Hash256.Parse("0xa03d7693f2b3746b2d03f163c788147b71aa82854399a21fdf4de143ba778300");
        Hash256 Of(ulong field) =>
            SolidityLayout.Mapping(net.At(Alice), SolidityLayout.Mapping(Agent, SolidityLayout.Offset(own, field)));
        var feedback = SolidityLayout.Mapping(UInt256.One, Of(0));
        var packed = new string('0', 28) + "0102" + new string('f', 32);
        Assert.Equal(UInt256.FromBigEndian(Convert.FromHexString(packed)), At(feedback));
        Assert.Equal(
            UInt256.FromBigEndian([(byte)'t', .. new byte[30], 2]), At(SolidityLayout.Offset(feedback, 1UL)));
        Assert.Equal(UInt256.One, At(Of(1)));
        Assert.Equal(UInt256.One, At(Of(6)));
        var clients = SolidityLayout.Mapping(Agent, SolidityLayout.Offset(own, 5UL));
        Assert.Equal(UInt256.One, At(clients));
        Assert.Equal(SolidityLayout.ToWord(net.At(Alice)), At(SolidityLayout.Items(clients)));
    }

    private void Give(int who, BigInteger value, ulong decimals = 0, string tag1 = "", string tag2 = "") =>
        reputation.Do(
            who, ReputationAbi.GiveFeedback, Agent, value, (UInt256)decimals, tag1, tag2, "", "", Hash256.Zero);

    private string? Refused(int who, UInt256 agent, BigInteger value, UInt256 decimals) => reputation.Refusal(
        who, ReputationAbi.GiveFeedback, agent, value, decimals, "", "", "", "", Hash256.Zero);

    private string? Responding(int who, int client, ulong index, string uri) => reputation.Refusal(
        who, ReputationAbi.AppendResponse, Agent, net.At(client), (UInt256)index, uri, Hash256.Zero);

    private ulong Responses(Address client, ulong index, params int[] responders) => (ulong)(UInt256)reputation.Read(
        ReputationAbi.GetResponseCount, Agent, client, (UInt256)index, Addresses(responders))[0]!;

    private object?[] Summary(string tag1, string tag2, params int[] clients) =>
        reputation.Read(ReputationAbi.GetSummary, Agent, Addresses(clients), tag1, tag2);

    private UInt256 LastIndex(int client) =>
        (UInt256)reputation.Read(ReputationAbi.GetLastIndex, Agent, net.At(client))[0]!;

    private object?[] Addresses(params int[] keys) => [.. keys.Select(k => (object?)net.At(k))];
}
