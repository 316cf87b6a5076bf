using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using CsCheck;
using Xunit;

namespace Core.Tests.Market;

/// <summary>Terms with and without a level. The hashes were made apart from this code.</summary>
public sealed class JobLevelTests
{
    private static readonly JobLevel Minute = new(60, 2_500);

    private static readonly JobTerms Terms = new()
    {
        JobId = Filled(1),
        ChainId = 7777,
        Escrow = Account(2),
        Client = Account(3),
        Provider = Account(4),
        Evaluator = Account(5),
        Engine = "wasm",
        SpecHash = Filled(6),
        UnitKind = "fuel",
        UnitPrice = 7,
        UnitsPer = 1000,
        Budget = 700,
        ExpiresAt = 1_800_000_000,
        EvaluationWindow = 3600,
    };

    [Fact]
    public void Terms_hash_their_level_and_those_without_keep_their_hash()
    {
        var verification = new JobVerification { Agree = 2, Runs = 3, Run = 1, Group = Filled(9) };
        var level = Terms with { Level = Minute };
        Assert.Equal("0x2cfa390a0accad7b57e94aa7197597a1ce5149e80d6f60bf8e7cbcbe4b666cb4", Terms.Hash().ToString());
        Assert.Equal("0x28e88f5f155ae838d430bd9caf29ceaa71e308721693a9bc5d01aef24a8d8ed8", level.Hash().ToString());
        Assert.Equal(
            "0xec3b326c6a5640cd2b69d8aec55704d63fc37082589bb41a80321aca305d2967",
            (level with { Verification = verification }).Hash().ToString());
        Assert.NotEqual(level.Hash(), (Terms with { Level = new JobLevel(-1, int.MinValue) }).Hash());
    }

    [Fact]
    public void What_a_stranger_adds_to_terms_with_a_committee_changes_their_hash()
    {
        var terms = Terms with
        {
            Reexecution = new JobReexecution
            {
                Reexecutors = [Account(7)],
                Bond = 70,
                Fee = 700,
                VotingTime = 3600,
                EngineVersion = "1",
            },
        };
        var verification = new JobVerification { Agree = 2, Runs = 3, Run = 1, Group = Filled(9) };
        Hash256[] hashes =
        [
            terms.Hash(),
            (terms with { Level = Minute }).Hash(),
            (terms with { Verification = verification }).Hash(),
            (terms with { Level = Minute, Verification = verification }).Hash(),
            Terms.Hash(),
        ];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Theory]
    [InlineData("60s:25%", 60, 2_500)]
    [InlineData("1s:0.01%", 1, 1)]
    [InlineData("5m:12.5%", 300, 1_250)]
    [InlineData("2h:1.00%", 7_200, 100)]
    [InlineData("30d:100%", 2_592_000, 10_000)]
    public void A_level_is_read_from_a_time_and_a_part(string text, int seconds, int credit)
    {
        Assert.True(JobLevel.TryParse(text, out var level));
        Assert.Equal(new JobLevel(seconds, credit), level);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("60s")]
    [InlineData("60:25%")]
    [InlineData("60s:25")]
    [InlineData("60s:%")]
    [InlineData("s:25%")]
    [InlineData("0s:25%")]
    [InlineData("31d:25%")]
    [InlineData("2147483647d:25%")]
    [InlineData("99999999999s:25%")]
    [InlineData("60s:0%")]
    [InlineData("60s:100.01%")]
    [InlineData("60s:0.001%")]
    [InlineData("60s:-1%")]
    [InlineData("60s:25%:1")]
    [InlineData(" 60s:25%")]
    public void What_is_no_level_is_not_read(string? text) => Assert.False(JobLevel.TryParse(text, out _));

    [Fact]
    public void A_level_is_read_as_it_is_written() =>
        Gen.Select(Gen.Int[1, JobLevel.MostSeconds], Gen.Int[1, JobLevel.WholeCredit]).Sample((seconds, credit) =>
        {
            var level = new JobLevel(seconds, credit);
            Assert.Null(level.Problem());
            Assert.True(JobLevel.TryParse(level.ToString(), out var read));
            Assert.Equal(level, read);
        });

    [Fact]
    public void The_escrow_holds_a_job_to_the_promise_or_to_another_one()
    {
        var held = new EscrowLevel(60, 2_500, 1_000, default);
        Assert.True(JobLevel.IsHeld(Minute, held));
        Assert.True(JobLevel.IsHeld(null, null));
        Assert.False(JobLevel.IsHeld(null, held));
        Assert.False(JobLevel.IsHeld(Minute, null));
        Assert.False(JobLevel.IsHeld(Minute, held with { Seconds = 61 }));
        Assert.False(JobLevel.IsHeld(Minute, held with { CreditBasisPoints = 2_499 }));
        Assert.False(JobLevel.IsHeld(new JobLevel(-60, -2_500), held));
    }

    [Fact]
    public void Less_time_or_a_larger_credit_is_stricter()
    {
        Assert.False(Minute.IsStricterThan(Minute));
        Assert.False(new JobLevel(61, 2_499).IsStricterThan(Minute));
        Assert.True(new JobLevel(59, 1).IsStricterThan(Minute));
        Assert.True(new JobLevel(600, 2_501).IsStricterThan(Minute));
    }

    private static Hash256 Filled(byte value) => Hash256.FromBytes([.. Enumerable.Repeat(value, 32)]);

    private static Address Account(byte value) => Address.FromBytes([.. Enumerable.Repeat(value, 20)]);
}
