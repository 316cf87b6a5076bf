using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using CsCheck;
using Xunit;
using static Core.Tests.Ledger.Contracts.Escrow.EscrowMarket;

namespace Core.Tests.Ledger.Contracts.Escrow;

/// <summary>The escrow decides by its own clock whether a promise was kept, and what a broken one costs.</summary>
public sealed class LevelTests
{
    private const ulong Seconds = 60;
    private static readonly byte[] None = [];

    [Theory]
    [InlineData(59, 0UL)]
    [InlineData(60, 0UL)]
    [InlineData(61, 2_500UL)]
    [InlineData(599, 2_500UL)]
    public void A_submission_in_the_last_promised_second_is_in_time_and_a_later_one_costs_its_credit(
        int after, ulong basisPoints)
    {
        var market = new EscrowMarket(platformBp: 100, evaluatorBp: 50);
        var (id, due) = Open(market, Seconds, 2_500);
        Assert.Equal([(UInt256)Seconds, (UInt256)2_500UL, due, UInt256.Zero], Level(market, id));
        market.Net.Seconds += (ulong)after;
        var charge = Budget / 2UL;
        var credit = charge * basisPoints / 10_000UL;
        var told = market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, Word(charge));
        Assert.Equal(credit.IsZero ? 1 : 2, told.Count);
        if (!credit.IsZero)
        {
            Assert.Equal(
                [id, due, credit], EscrowAbi.LevelMissed.TryDecode(told[1].Topics, told[1].Data.Span)!);
        }

        Assert.Equal([(UInt256)Seconds, (UInt256)2_500UL, due, credit], Level(market, id));
        Assert.Equal(charge, market.Escrow.Read(EscrowAbi.JobTerms, id)[3]);
        var back = UInt256.Zero;
        var paid = market.Gain(Provider, () => back = market.Gain(
            Client, () => market.Escrow.Do(Evaluator, EscrowAbi.Complete, id, Result, None)));
        var earned = charge - credit;
        Assert.Equal(earned - (earned / 100UL) - (earned / 200UL), paid);
        Assert.Equal(Budget - earned, back);
        Assert.Equal(default, market.Net.BalanceOf(SystemContracts.JobEscrow));
    }

    [Fact]
    public void A_silent_evaluator_changes_nothing_of_the_credit()
    {
        var market = new EscrowMarket(evaluatorBp: 50);
        var (id, _) = Open(market, Seconds, 4_000);
        market.Net.Seconds += 61;
        market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, None);
        market.Net.Seconds += 60;
        var paid = market.Gain(Provider, () => market.Escrow.Do(Stranger, EscrowAbi.ClaimPayment, id));
        var earned = Budget * 6UL / 10UL;
        Assert.Equal(earned - (earned / 200UL), paid);
        Assert.Equal(default, market.Net.BalanceOf(SystemContracts.JobEscrow));
    }

    [Fact]
    public void A_whole_credit_pays_nothing_and_completes_the_job()
    {
        var market = new EscrowMarket(platformBp: 100);
        var (id, _) = Open(market, 1, 10_000);
        market.Net.Seconds += 2;
        market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, Word(7UL));
        Assert.Equal((UInt256)7UL, Level(market, id)[3]);
        var back = market.Gain(Client, () => market.Escrow.Do(Evaluator, EscrowAbi.Complete, id, Result, None));
        Assert.Equal(Budget, back);
        Assert.Equal(EscrowStatus.Completed, market.Status(id));
    }

    [Fact]
    public void A_late_job_that_charges_nothing_owes_nothing_and_is_still_told()
    {
        var market = new EscrowMarket();
        var (id, due) = Open(market, Seconds, 10_000);
        market.Net.Seconds += 61;
        var told = market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, Word(default));
        Assert.Equal([id, due, UInt256.Zero], EscrowAbi.LevelMissed.TryDecode(told[1].Topics, told[1].Data.Span)!);
        Assert.Equal(
            Budget, market.Gain(Client, () => market.Escrow.Do(Evaluator, EscrowAbi.Complete, id, Result, None)));
    }

    [Fact]
    public void Late_or_not_a_refund_gives_everything_back()
    {
        var market = new EscrowMarket();
        var (rejected, _) = Open(market, Seconds, 5_000);
        var (expired, _) = Open(market, Seconds, 5_000);
        market.Net.Seconds += 61;
        market.Escrow.Do(Provider, EscrowAbi.Submit, rejected, Result, None);
        Assert.Equal(
            Budget, market.Gain(Client, () => market.Escrow.Do(Evaluator, EscrowAbi.Reject, rejected, Result, None)));
        market.Net.Seconds += 600;
        Assert.Equal(Budget, market.Gain(Client, () => market.Escrow.Do(Stranger, EscrowAbi.ClaimRefund, expired)));
    }

    [Fact]
    public void A_level_outside_of_its_ranges_opens_no_job_and_a_used_key_is_told_first()
    {
        var market = new EscrowMarket();
        (ulong Seconds, ulong Credit)[] wrong = [(0, 1), (2_592_001, 1), (1, 0), (1, 10_001), (ulong.MaxValue, 1)];
        foreach (var (seconds, credit) in wrong)
            Assert.Equal(Error("InvalidTerms"), Refusal(market, seconds, credit, "k"));
        Assert.Null(Refusal(market, 2_592_000, 10_000, "k"));
        Assert.Null(Refusal(market, 1, 1, "k"));
        Open(market, Seconds, 1, "k");
        Assert.Equal(Golden.Error("994c10d2", 1UL), Refusal(market, 0, 0, "k"));
        Assert.Equal(Error("ZeroBudget"), market.Escrow.Paying(
            Client, default, EscrowAbi.OpenJobWithLevel, Arguments(market, 0, 0, "other")));
    }

    [Fact]
    public void A_job_without_a_level_reads_as_zeros_and_an_unknown_one_is_none()
    {
        var market = new EscrowMarket();
        var id = market.Funded();
        market.Net.Seconds += 1_000;
        Assert.Single(market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, None));
        Assert.All(Level(market, id), value => Assert.Equal(UInt256.Zero, value));
        Assert.Equal(Error("InvalidJob"), market.Escrow.Refusal(Client, EscrowAbi.JobLevel, (UInt256)99UL));
    }

    [Fact]
    public void A_credit_is_the_promised_part_rounded_up_and_never_more_than_the_charge() =>
        Gen.Select(Gen.ULong, Gen.ULong[1, 10_000]).Sample((charge, part) =>
        {
            var credit = new EscrowLevel(1, part, 2).CreditOf(charge);
            Assert.True(credit <= (UInt256)charge);
            Assert.True(credit * 10_000UL >= (UInt256)charge * part);
            Assert.True(credit.IsZero || (credit - 1UL) * 10_000UL < (UInt256)charge * part);
        });

    [Fact]
    public void A_level_reads_as_it_was_written() =>
        Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong).Sample((seconds, part, due) =>
        {
            var level = new EscrowLevel(seconds, part, due);
            Assert.Equal(level, EscrowLevel.OfWord(level.ToWord()));
        });

    private static (UInt256 Id, UInt256 Due) Open(EscrowMarket market, ulong seconds, ulong credit, string? key = null)
    {
        var number = (UInt256)market.Escrow.Read(EscrowAbi.JobCounter)[0]!;
        var opened = market.Escrow.Send(
            Client, EscrowAbi.OpenJobWithLevel, Budget, Arguments(market, seconds, credit, key ?? number.ToString()));
        Assert.True(opened.Succeeded);
        Assert.Equal(3, opened.Logs.Count);
        return (number + 1UL, market.Net.Seconds + (UInt256)seconds);
    }

    private static string? Refusal(EscrowMarket market, ulong seconds, ulong credit, string key) =>
        market.Escrow.Paying(
            Client, Budget, EscrowAbi.OpenJobWithLevel, Arguments(market, seconds, credit, key));

    private static object?[] Arguments(EscrowMarket market, ulong seconds, ulong credit, string key) =>
    [
        JobId.ClientKey(key), market.Net.At(Provider), market.Net.At(Evaluator), (UInt256)(market.Net.Seconds + 600),
        (UInt256)60UL, Result, (UInt256)seconds, (UInt256)credit,
    ];

    private static object?[] Level(EscrowMarket market, UInt256 id) => market.Escrow.Read(EscrowAbi.JobLevel, id);
}
