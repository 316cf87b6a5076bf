using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Xunit;

namespace Core.Tests.Market;

/// <summary>What client, provider and market must compute alike. The numbers were made apart from this code.</summary>
public sealed class JobVerificationTests
{
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
        Verification = new JobVerification { Agree = 2, Runs = 3, Run = 1, Group = Filled(9) },
    };

    [Fact]
    public void Keys_of_a_family_follow_from_its_key()
    {
        const string Digits = "1c9e2e3076787f0e967b0efcdee9de6d66cb1c57";
        Assert.Equal("run1-" + Digits, JobVerification.RunKey("order-1", 1));
        Assert.Equal("order-1", JobVerification.AttemptKey("order-1", 0));
        Assert.Equal("try2-" + Digits, JobVerification.AttemptKey("order-1", 2));
        Assert.True(JobId.IsValidKey(JobVerification.RunKey(new string('k', 64), JobVerification.MostRuns)));
    }

    [Fact]
    public void Terms_hash_their_verification_and_any_number_in_it_has_a_hash()
    {
        Assert.Equal("0xde222f4fa00dd03d122c7cd97879dc96109ff0c6bd8835bbc28475bbb50d285b", Terms.Hash().ToString());
        var strange = Terms.Verification! with { Agree = -1, Runs = int.MinValue, Run = int.MaxValue };
        Assert.NotNull(strange.Problem());
        Assert.NotEqual(Terms.Hash(), (Terms with { Verification = strange }).Hash());
        Assert.NotEqual(Terms.Hash(), (Terms with { Verification = null }).Hash());
    }

    [Theory]
    [InlineData("a a b", 2, 'a')]
    [InlineData("b a a", 2, 'a')]
    [InlineData("a b c", 2, null)]
    [InlineData("a a b b c", 3, null)]
    [InlineData("", 2, null)]
    public void Enough_outputs_agree_or_none_is_known(string outputs, int agree, char? answer)
    {
        var given = outputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(o => Filled((byte)o[0]));
        Assert.Equal(answer is { } one ? Filled((byte)one) : (Hash256?)null, JobVerification.Agreed(given, agree));
    }

    private static Hash256 Filled(byte value) => Hash256.FromBytes([.. Enumerable.Repeat(value, 32)]);

    private static Address Account(byte value) => Address.FromBytes([.. Enumerable.Repeat(value, 20)]);
}
