using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Bonds;
using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Ledger.Contracts.Reexecution;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.TypedData;
using Xunit;
using static Core.Tests.Ledger.Contracts.Escrow.EscrowMarket;

namespace Core.Tests.Ledger.Contracts.Escrow;

/// <summary>Disputes by re-execution: who pays what to whom, and that nothing stays open for ever.</summary>
public sealed class DisputeTests
{
    private static readonly byte[] None = [];
    private readonly EscrowMarket market = new();

    [Fact]
    public void A_confirmed_result_pays_the_provider_at_once_and_the_bond_of_the_doubt_with_it()
    {
        var id = market.Disputed();
        Assert.Equal(EscrowStatus.Submitted, market.Status(id));
        Assert.Equal(DisputeState.Disputed, market.State(id));
        Assert.Equal(Stake, market.Net.BalanceOf(SystemContracts.ReexecutionHook));
        market.Vote(2, id, Result);
        var client = market.Net.BalanceOf(market.Net.At(Client));
        Assert.Equal(Budget + Bond, market.Gain(Provider, () => market.Vote(0, id, Result)));
        Assert.Equal(client + Fee, market.Net.BalanceOf(market.Net.At(Client))); // the fee of who did not vote
        Assert.Equal(EscrowStatus.Completed, market.Status(id));
        Assert.Equal(DisputeState.Confirmed, market.State(id));
        AssertNothingIsHeld();
    }

    [Fact]
    public void A_refuted_result_refunds_the_client_and_gives_the_bond_back()
    {
        var id = market.Disputed();
        market.Vote(0, id, Other);
        market.Vote(1, id, Result);
        var member = market.Net.BalanceOf(market.Net.At(Reexecutors[0]));
        var provider = market.Net.BalanceOf(market.Net.At(Provider));
        Assert.Equal(Budget + Stake - (Fee * 2UL), market.Gain(Client, () => market.Vote(2, id, Other)));
        Assert.Equal(member + Fee, market.Net.BalanceOf(market.Net.At(Reexecutors[0])));
        Assert.Equal(provider, market.Net.BalanceOf(market.Net.At(Provider)));
        Assert.Equal(EscrowStatus.Rejected, market.Status(id));
        Assert.Equal(DisputeState.Refuted, market.State(id));
        Assert.Equal(Other, market.Hook.Read(ReexecutionAbi.Disputes, id)[4]);
        AssertNothingIsHeld();
    }

    [Fact]
    public void The_bond_of_a_refuted_provider_makes_the_client_whole()
    {
        market.Bonds.Send(Provider, BondsAbi.Bond, Amount.FromAit(1).Atto);
        var id = market.Disputed();
        market.Vote(0, id, Other);
        Assert.Equal(Budget + Stake, market.Gain(Client, () => market.Vote(1, id, Other)));
        Assert.Equal(Amount.FromAit(1).Atto - (Fee * 4UL), market.BondOf(Provider));
    }

    [Fact]
    public void Without_a_majority_in_time_the_result_stands_and_the_stake_goes_back()
    {
        var id = market.Disputed();
        market.Vote(0, id, Other);
        market.Vote(1, id, Keccak256.Hash("a third result"u8));
        market.Net.Seconds += VotingTime;
        Assert.Equal(Error("WrongStatus"), market.Hook.Refusal(6, ReexecutionAbi.Vote, id, Other));
        Assert.Equal(Error("GracePeriodActive"), market.Escrow.Refusal(Stranger, EscrowAbi.ClaimPayment, id));
        market.Net.Seconds += Window - VotingTime;
        var client = market.Net.BalanceOf(market.Net.At(Client));
        Assert.Equal(Budget, market.Gain(Provider, () => market.Escrow.Do(Stranger, EscrowAbi.ClaimPayment, id)));
        Assert.Equal(client + Stake, market.Net.BalanceOf(market.Net.At(Client)));
        Assert.Equal(DisputeState.Lapsed, market.State(id));
        AssertNothingIsHeld();
    }

    [Fact]
    public void Nobody_settles_alone_while_re_executors_vote_and_nobody_refuses_alone_at_all()
    {
        var id = market.Funded(SystemContracts.ReexecutionHook, market.Terms());
        Assert.Equal(Error("DisputeRequired"), market.Escrow.Refusal(Evaluator, EscrowAbi.Reject, id, Result, None));
        market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, None);
        Assert.Equal(Error("DisputeRequired"), market.Escrow.Refusal(Evaluator, EscrowAbi.Reject, id, Result, None));
        Assert.Null(market.Escrow.Refusal(Evaluator, EscrowAbi.Complete, id, Result, None));
        market.Net.Seconds += Window - 1;
        market.Dispute(Evaluator, id);
        Assert.Equal(Error("DisputeOpen"), market.Escrow.Refusal(Evaluator, EscrowAbi.Complete, id, Result, None));
        Assert.Equal(Error("DisputeRequired"), market.Escrow.Refusal(Evaluator, EscrowAbi.Reject, id, Result, None));
        market.Net.Seconds += VotingTime - 1;
        Assert.Equal(Error("DisputeOpen"), market.Escrow.Refusal(Stranger, EscrowAbi.ClaimPayment, id));
        market.Net.Seconds += 1;
        Assert.Null(market.Escrow.Refusal(Stranger, EscrowAbi.ClaimPayment, id));
        Assert.Equal(Error("WrongStatus"), market.Escrow.Refusal(Stranger, EscrowAbi.ClaimRefund, id));
    }

    [Fact]
    public void A_client_leaves_a_job_that_it_has_not_funded_and_gets_back_one_that_nobody_did()
    {
        var id = market.Priced(SystemContracts.ReexecutionHook);
        market.Escrow.Do(Client, EscrowAbi.Reject, id, Result, None);
        id = market.Funded(SystemContracts.ReexecutionHook, market.Terms());
        market.Net.Seconds += 3_600;
        Assert.Equal(Budget, market.Gain(Client, () => market.Escrow.Do(Stranger, EscrowAbi.ClaimRefund, id)));
        Assert.Equal(Error("WrongStatus"), market.Hook.Paying(Client, Stake, ReexecutionAbi.Dispute, id));
    }

    [Fact]
    public void Only_client_and_evaluator_dispute_in_the_window_with_exactly_the_stake_and_once()
    {
        string? Refusal(int who, UInt256 value, UInt256 job) =>
            market.Hook.Paying(who, value, ReexecutionAbi.Dispute, job);
        Assert.Equal(Error("InvalidJob"), Refusal(Client, Stake, 9UL));
        var plain = market.Funded();
        Assert.Equal(Error("WrongStatus"), Refusal(Client, Stake, plain));
        var id = market.Funded(SystemContracts.ReexecutionHook, market.Terms());
        Assert.Equal(Error("WrongStatus"), Refusal(Client, Stake, id));
        market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, None);
        Assert.Equal(Error("Unauthorized"), Refusal(Provider, Stake, id));
        Assert.Equal(Error("Unauthorized"), Refusal(Stranger, Stake, id));
        Assert.Equal(Error("StakeMismatch"), Refusal(Client, Stake - 1UL, id));
        Assert.Equal(Error("StakeMismatch"), Refusal(Evaluator, Stake + 1UL, id));
        market.Net.Seconds += Window;
        Assert.Equal(Error("WrongStatus"), Refusal(Client, Stake, id));
        market.Net.Seconds -= 1;
        Assert.True(market.Dispute(Client, id).Succeeded);
        Assert.Equal(Error("WrongStatus"), Refusal(Evaluator, Stake, id));
    }

    [Fact]
    public void A_re_executor_votes_once_and_nobody_else_does()
    {
        var id = market.Submitted();
        Assert.Equal(Error("WrongStatus"), market.Hook.Refusal(4, ReexecutionAbi.Vote, id, Result));
        market.Dispute(Client, id);
        foreach (var who in new[] { Client, Provider, Evaluator, Stranger })
            Assert.Equal(Error("Unauthorized"), market.Hook.Refusal(who, ReexecutionAbi.Vote, id, Result));
        Assert.Equal(Error("InvalidResult"), market.Hook.Refusal(4, ReexecutionAbi.Vote, id, Hash256.Zero));
        market.Vote(0, id, Result);
        Assert.Equal(Result, market.Hook.Read(ReexecutionAbi.VoteOf, id, market.Net.At(4))[0]);
        Assert.Equal(Error("AlreadyVoted"), market.Hook.Refusal(4, ReexecutionAbi.Vote, id, Other));
        market.Vote(1, id, Result);
        Assert.Equal(Error("WrongStatus"), market.Hook.Refusal(6, ReexecutionAbi.Vote, id, Result));
    }

    [Fact]
    public void A_signed_verdict_counts_whoever_brings_it_and_only_for_its_job()
    {
        var id = market.Disputed();
        var key = market.Net.Keys[Reexecutors[0]];
        byte[] Signed(UInt256 job, Hash256 result) => key.Sign(Eip712.Digest(
            new Eip712Domain
            {
                Name = "AITBC Reexecution",
                Version = "1",
                ChainId = Devnet.ChainId,
                VerifyingContract = SystemContracts.ReexecutionHook,
            },
            Eip712Type.Parse("Verdict(uint256 jobId,bytes32 result)").HashStruct(job, result))).ToBytes65();
        string? Refusal(Address member, Hash256 result, byte[] signature) =>
            market.Hook.Refusal(Stranger, ReexecutionAbi.VoteFor, id, member, result, signature);
        Assert.Equal(Error("Unauthorized"), Refusal(key.Address, Other, Signed(id, Result)));
        Assert.Equal(Error("Unauthorized"), Refusal(key.Address, Result, Signed(id + 1UL, Result)));
        Assert.Equal(Error("Unauthorized"), Refusal(market.Net.At(5), Result, Signed(id, Result)));
        Assert.Equal(Error("Unauthorized"), Refusal(key.Address, Result, None));
        market.Hook.Do(Stranger, ReexecutionAbi.VoteFor, id, key.Address, Result, Signed(id, Result));
        Assert.Equal(Error("AlreadyVoted"), Refusal(key.Address, Result, Signed(id, Result)));
        Assert.Equal(Budget + Bond, market.Gain(Provider, () => market.Vote(1, id, Result)));
    }

    [Fact]
    public void Terms_that_could_not_decide_are_refused_with_the_funds()
    {
        var hook = SystemContracts.ReexecutionHook;
        var id = market.Priced(hook);
        Address[] Members(params int[] keys) => [.. keys.Select(market.Net.At)];
        var many = Enumerable.Range(1, 17).Select(i => Address.FromBytes([.. new byte[18], 0xee, (byte)i])).ToArray();
        byte[][] bad =
        [
            [], Word(Window), market.Terms(window: 0), market.Terms(window: 59), market.Terms()[..^1],
            market.Terms(reexecutors: []), market.Terms(reexecutors: Members(4, 5)),
            market.Terms(reexecutors: many), market.Terms(reexecutors: Members(4, 5, 4)),
            market.Terms(reexecutors: Members(4, 5, Client)), market.Terms(reexecutors: Members(Provider)),
            market.Terms(reexecutors: Members(Evaluator)), market.Terms(reexecutors: [Address.Zero]),
            market.Terms(reexecutors: [SystemContracts.AitToken]),
            market.Terms(bond: default(UInt256)), market.Terms(bond: Budget + 1UL),
            market.Terms(fee: (Budget * 16UL) + 1UL),
            market.Terms(votingTime: 59), market.Terms(votingTime: 604_801),
        ];
        foreach (var terms in bad)
            Assert.Equal(Error("InvalidTerms"), market.Escrow.Refusal(Client, EscrowAbi.Fund, id, Budget, terms));
        market.Escrow.Do(
            Client, EscrowAbi.Fund, id, Budget,
            market.Terms(reexecutors: many[..15], bond: Budget, fee: Budget * 16UL));
        Assert.Equal(
            [many[..15].Cast<object?>().ToArray(), Budget, Budget * 16UL, (UInt256)VotingTime],
            market.Hook.Read(ReexecutionAbi.DisputeTerms, id));
    }

    [Fact]
    public void One_transaction_opens_a_job_with_the_hook_and_a_repeated_order_never_pays_twice()
    {
        var net = market.Net;
        object?[] order =
        [
            JobId.ClientKey("a"), net.At(Provider), net.At(Evaluator), (UInt256)(net.Seconds + 61), Other,
            SystemContracts.ReexecutionHook, market.Terms(),
        ];
        Assert.True(market.Escrow.Send(Client, EscrowAbi.OpenJobWithHook, Budget, order).Succeeded);
        Assert.Equal(
            AbiFunction.Parse("JobKeyUsed(uint256)").EncodeCall(UInt256.One),
            Convert.FromHexString(market.Escrow.Paying(Client, Budget, EscrowAbi.OpenJobWithHook, order)!));
        var job = (object?[])market.Escrow.Read(EscrowAbi.GetJob, UInt256.One)[0]!;
        Assert.Equal((UInt256.One, SystemContracts.ReexecutionHook), ((UInt256)job[7]!, (Address)job[8]!));
        Assert.Equal(DisputeState.Agreed, market.State(UInt256.One));
        market.Escrow.Do(Provider, EscrowAbi.Submit, UInt256.One, Result, Word(Budget / 2UL));
        market.Dispute(Client, UInt256.One);
        market.Vote(0, UInt256.One, Result);
        Assert.Equal((Budget / 2UL) + Bond, market.Gain(Provider, () => market.Vote(1, UInt256.One, Result)));
        AssertNothingIsHeld();
        order[5] = net.At(5);
        order[0] = JobId.ClientKey("b");
        Assert.Equal(
            Error("HookNotWhitelisted"), market.Escrow.Paying(Client, Budget, EscrowAbi.OpenJobWithHook, order));
        order[5] = Address.Zero;
        Assert.Equal(Error("InvalidTerms"), market.Escrow.Paying(Client, Budget, EscrowAbi.OpenJobWithHook, order));
        order[6] = None;
        Assert.Null(market.Escrow.Paying(Client, Budget, EscrowAbi.OpenJobWithHook, order));
    }

    [Fact]
    public void Votes_are_compared_with_the_result_that_came_with_the_deliverable()
    {
        var id = Claimed("a", Other);
        Assert.Equal(Other, market.Hook.Read(ReexecutionAbi.ClaimedResult, id)[0]);
        Assert.Equal(Result, ((object?[])market.Escrow.Read(EscrowAbi.JobTerms, id))[4]);
        market.Vote(0, id, Other);
        Assert.Equal((Budget / 2UL) + Bond, market.Gain(Provider, () => market.Vote(1, id, Other)));
        Assert.Equal(DisputeState.Confirmed, market.State(id));
        id = Claimed("b", Other);
        market.Vote(0, id, Result); // the deliverable is no longer what is voted on
        Assert.Equal(Budget + Stake - (Fee * 2UL), market.Gain(Client, () => market.Vote(1, id, Result)));
        Assert.Equal((DisputeState.Refuted, EscrowStatus.Rejected), (market.State(id), market.Status(id)));
        AssertNothingIsHeld();
    }

    [Fact]
    public void A_deliverable_stands_for_itself_when_no_result_comes_with_it()
    {
        foreach (var (key, options) in new[] { ("a", None), ("b", Word(Budget / 2UL)) })
        {
            var id = Opened(key);
            market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, options);
            Assert.Equal(Hash256.Zero, market.Hook.Read(ReexecutionAbi.ClaimedResult, id)[0]);
            market.Dispute(Client, id);
            market.Vote(0, id, Result);
            market.Vote(1, id, Result);
            Assert.Equal(DisputeState.Confirmed, market.State(id));
        }
    }

    [Fact]
    public void Options_of_another_length_a_zero_result_and_results_without_the_hook_are_refused()
    {
        string? Refusal(UInt256 job, byte[] options) =>
            market.Escrow.Refusal(Provider, EscrowAbi.Submit, job, Result, options);
        var id = Opened("a");
        foreach (var length in new[] { 1, 31, 33, 63, 65, 96 })
            Assert.Equal(Error("BudgetMismatch"), Refusal(id, new byte[length]));
        Assert.Equal(Error("InvalidResult"), Refusal(id, [.. Word(Budget), .. new byte[32]]));
        Assert.Equal(Error("BudgetMismatch"), Refusal(id, [.. Word(Budget + 1UL), .. Other.ToArray()]));
        Assert.Equal(EscrowStatus.Funded, market.Status(id));
        var plain = Opened("b", Address.Zero, Word(Window));
        Assert.Equal(Error("BudgetMismatch"), Refusal(plain, [.. Word(Budget), .. Other.ToArray()]));
    }

    [Fact]
    public void Who_did_not_judge_takes_no_fee_for_judging()
    {
        var paid = new EscrowMarket(platformBp: 0, evaluatorBp: 1_000);
        var id = paid.Disputed();
        paid.Vote(0, id, Result);
        var evaluator = paid.Net.BalanceOf(paid.Net.At(Evaluator));
        Assert.Equal(Fee + (Budget / 10UL), paid.Gain(Client, () => paid.Vote(1, id, Result)));
        Assert.Equal(evaluator, paid.Net.BalanceOf(paid.Net.At(Evaluator)));
    }

    private UInt256 Opened(string key, Address? hook = null, byte[]? options = null)
    {
        Assert.True(market.Escrow.Send(
            Client, EscrowAbi.OpenJobWithHook, Budget, JobId.ClientKey(key), market.Net.At(Provider),
            market.Net.At(Evaluator), (UInt256)(market.Net.Seconds + 3_600), Other,
            hook ?? SystemContracts.ReexecutionHook, options ?? market.Terms()).Succeeded);
        return (UInt256)market.Escrow.Read(EscrowAbi.JobCounter)[0]!;
    }

    /// <summary>A disputed job of half of its budget whose result came with its deliverable.</summary>
    private UInt256 Claimed(string key, Hash256 result)
    {
        var id = Opened(key);
        byte[] options = [.. Word(Budget / 2UL), .. result.ToArray()];
        market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, options);
        market.Dispute(Client, id);
        return id;
    }

    private void AssertNothingIsHeld()
    {
        Assert.Equal(default, market.Net.BalanceOf(SystemContracts.ReexecutionHook));
        Assert.Equal(default, market.Net.BalanceOf(SystemContracts.JobEscrow));
        Assert.Equal(UInt256.Zero, market.Hook.Read(ReexecutionAbi.TotalHeld)[0]);
    }
}
