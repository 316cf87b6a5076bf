using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using CsCheck;
using Xunit;

namespace Core.Tests.Market;

/// <summary>What holds of a score whatever marks there are (specs/market/reputation.md).</summary>
public sealed class ReputationTallyTests
{
    private const long Now = 2_970;

    // With or without one payer.
    private const int MostMoved = 334;
    private static readonly Address Provider = Account(1);

    private static readonly Gen<PayerWeek> Weeks = Gen.Select(
        Gen.Long[Now - ReputationTally.Horizon - 3, Now + 1], Gen.Int[0, 2000], Gen.Int[0, 2000],
        (week, served, broken) => new PayerWeek(week, served, broken));

    private static readonly Gen<PayerMarks[]> Payers = Gen.OneOf(Weeks.Array[0, 6], Few().Array[0, 6]).Array[0, 12]
        .Select(all => all.Select((weeks, i) => new PayerMarks(Account(i + 2), weeks)).ToArray());

    [Fact]
    public void A_newcomer_has_500_and_served_jobs_of_independent_payers_add_up()
    {
        Assert.Equal(500, ScoreOf([]));
        Assert.Equal(666, ScoreOf([Marks(2, 1, 0)]));
        Assert.Equal(750, ScoreOf([Marks(2, 1, 0), Marks(3, 1, 0)]));
        Assert.Equal(800, ScoreOf([Marks(2, 1_000_000, 0)]));
        Assert.Equal(200, ScoreOf([Marks(2, 0, 1_000_000)]));
        Assert.Equal(333, ScoreOf([Marks(2, 0, 1)]));
    }

    [Fact]
    public void Every_four_weeks_halve_what_a_job_weighs_until_it_is_forgotten()
    {
        Assert.Equal(1024, ReputationTally.Weight(0));
        Assert.Equal(1024, ReputationTally.Weight(-1));
        for (var age = 1; age < 60; age++)
        {
            Assert.InRange(ReputationTally.Weight(age), 0, ReputationTally.Weight(age - 1));
            Assert.Equal(
                age + 4 >= ReputationTally.Horizon ? 0 : ReputationTally.Weight(age) / 2,
                ReputationTally.Weight(age + 4));
        }
    }

    [Fact]
    public void One_more_served_job_never_lowers_a_score_and_one_more_broken_never_raises_it() =>
        Gen.Select(Payers, Gen.Int[0, 11], Gen.Long[Now - 41, Now]).Sample((payers, at, week) =>
        {
            var before = ScoreOf(payers);
            Assert.InRange(ScoreOf(Add(payers, at, new PayerWeek(week, 1, 0))), before, ReputationTally.Highest);
            Assert.InRange(ScoreOf(Add(payers, at, new PayerWeek(week, 0, 1))), 0, before);
        });

    [Fact]
    public void One_payer_moves_a_score_only_so_far_however_many_jobs_it_pays() =>
        Gen.Select(Payers, Weeks.Array[1, 6]).Sample((payers, weeks) =>
        {
            var one = new PayerMarks(Account(99), weeks);
            Assert.InRange(ScoreOf([.. payers, one]) - ScoreOf(payers), -MostMoved, MostMoved);
            Assert.InRange(ScoreOf([one]), 200, 800);
            var voice = ReputationTally.VoiceOf(weeks, Now);
            Assert.InRange(voice.Served + voice.Broken, 0, ReputationTally.Loudest);
        });

    [Fact]
    public void The_order_of_payers_and_of_weeks_does_not_matter() =>
        Gen.Select(Payers, Gen.Int).Sample((payers, seed) =>
        {
            var random = new Random(seed);
            var other = payers.Select(p => p with { Weeks = [.. p.Weeks.OrderBy(_ => random.Next())] })
                .OrderBy(_ => random.Next()).ToArray();
            Assert.Equal(ScoreOf(payers), ScoreOf(other));
        });

    [Fact]
    public void What_a_provider_pays_itself_changes_nothing() =>
        Gen.Select(Payers, Weeks.Array[0, 6]).Sample((payers, weeks) =>
            Assert.Equal(ScoreOf(payers), ScoreOf([new PayerMarks(Provider, weeks), .. payers])));

    [Fact]
    public void Without_new_jobs_every_score_goes_back_to_that_of_a_newcomer() =>
        Payers.Sample(payers =>
            Assert.Equal(ReputationTally.Newcomer, ScoreOf(payers, Now + ReputationTally.Horizon + 1)));

    private static Gen<PayerWeek> Few() => Gen.Select(
        Gen.Long[Now - 8, Now], Gen.Int[0, 3], Gen.Int[0, 3],
        (week, served, broken) => new PayerWeek(week, served, broken));

    private static PayerMarks[] Add(PayerMarks[] payers, int at, PayerWeek more)
    {
        if (payers.Length == 0)
            return [new PayerMarks(Account(50), [more])];
        var index = at % payers.Length;
        return [.. payers.Select((p, i) => i == index ? p with { Weeks = [.. p.Weeks, more] } : p)];
    }

    private static PayerMarks Marks(int payer, int served, int broken) =>
        new(Account(payer), [new PayerWeek(Now, served, broken)]);

    private static int ScoreOf(PayerMarks[] payers, long week = Now)
    {
        var tally = new ReputationTally(Provider, week);
        foreach (var payer in payers)
            tally.Add(payer);
        return tally.Score;
    }

    private static Address Account(int number)
    {
        var bytes = new byte[20];
        bytes[19] = (byte)number;
        return Address.FromBytes(bytes);
    }
}
