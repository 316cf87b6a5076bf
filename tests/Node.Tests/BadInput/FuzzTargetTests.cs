using Aitbc.Fuzz;
using Aitbc.Fuzz.Running;
using Aitbc.Testing;
using Xunit;

namespace Node.Tests.BadInput;

/// <summary>
/// Every target takes its committed corpus and some mutations of it. The whole property run is a check of its own
/// (scripts/fuzz), since it wants the processors for itself.
/// </summary>
public sealed class FuzzTargetTests
{
    private const ulong Seed = 7;
    private const int Share = 1_000;

    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_corpus_and_mutations_of_it_are_fine_or_refused_as_promised(string name)
    {
        var corpus = Corpus.Of(name);
        Assert.NotEmpty(corpus);
        using var target = FuzzTargets.Make(name);
        var cases = FuzzTargets.All.Single(t => t.Name == name).Cases;
        new CaseRun(target, isAlone: false).Random(corpus, cases / Share, Seed);
    }

    [Fact]
    public void The_property_run_has_a_million_cases_and_more() =>
        Assert.True(FuzzTargets.All.Sum(t => t.Cases) >= 1_000_000);

    [Fact]
    public void The_same_seed_gives_the_same_cases_and_another_seed_others()
    {
        Assert.Equal(Cases(1), Cases(1));
        Assert.NotEqual(Cases(1), Cases(2));
    }

    [Fact]
    public void A_target_that_throws_is_reported_with_case_seed_and_input()
    {
        var run = new CaseRun(new Odd(_ => throw new InvalidOperationException("found")), isAlone: false);
        var failure = Assert.Throws<FuzzFailure>(() => run.Random([[1, 2, 3]], 1, 5));
        Assert.Contains("input 0 of the corpus", failure.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], failure.Input);
        failure = Assert.Throws<FuzzFailure>(() => run.Random([], 1, 5));
        Assert.Contains("case 0 of seed 5", failure.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(failure.InnerException);
    }

    [Fact]
    public void A_target_that_allocates_beyond_its_bound_is_reported()
    {
        var run = new CaseRun(new Odd(_ => _ = new byte[2_000]), isAlone: false);
        var failure = Assert.Throws<FuzzFailure>(() => run.Replay([[1]]));
        Assert.Contains("more than 1010", failure.Message, StringComparison.Ordinal);
    }

    private static List<string> Cases(ulong seed)
    {
        var mutator = new Mutator([[1, 2, 3], new byte[100]], [[9]], new Xoshiro(seed));
        return [.. Enumerable.Range(0, 200).Select(_ => Convert.ToHexString(mutator.Next()))];
    }

    private sealed class Odd(Action<byte[]> run) : IFuzzTarget
    {
        public string Name => "odd";

        public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => [];

        public Allocation Bound { get; } = new(1_000, 10);

        public void Run(byte[] input) => run(input);
    }
}
