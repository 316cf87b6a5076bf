using System.Reflection;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Validators;
using Xunit;

namespace Core.Tests.Consensus.Bft;

/// <summary>
/// The scenarios with all rules, and each rule deleted: then at least one scenario must fail.
/// </summary>
public sealed class RuleTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. Scenarios.Keys];

    public static TheoryData<string> Rules => [.. Enum.GetNames<Rule>()];

    private static Dictionary<string, Action<RuleSet>> Scenarios { get; } =
        new[] { typeof(LockScenarios), typeof(RoundScenarios) }
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .ToDictionary(m => m.Name, m => m.CreateDelegate<Action<RuleSet>>());

    [Theory]
    [MemberData(nameof(Names))]
    public void Scenario(string name) => Scenarios[name](RuleSet.All);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Deleting_a_rule_makes_a_scenario_fail(string name)
    {
        var rules = RuleSet.Without(Enum.Parse<Rule>(name));
        var caught = Scenarios.Where(s => Fails(s.Value, rules)).Select(s => s.Key).ToList();
        foreach (var scenario in caught)
            output.WriteLine($"mutation {name}: {scenario}");
        Assert.NotEmpty(caught);
    }

    [Fact]
    public void B19_parameters_that_would_stop_the_chain_are_not_taken()
    {
        var lab = new Lab(RuleSet.All);
        var set = Keys.Set(4);
        foreach (var bad in new[]
        {
            BftParameters.Lan with { ProposeMs = 0 }, BftParameters.Lan with { VoteMs = -1 },
            BftParameters.Lan with { CapMs = int.MaxValue }, BftParameters.Lan with { CapMs = 100 },
            BftParameters.Lan with { RebroadcastMs = 0 }, BftParameters.Lan with { EmptyBlockMs = int.MaxValue },
            BftParameters.Lan with { ProposeStepMs = -1 },
        })
        {
            Assert.False(bad.IsValid);
            lab.Do(new BftInput.HeightStarted(lab.Engine.Height + 1, set, bad, null));
            Assert.Equal(BftParameters.Lan, lab.Engine.State!.Parameters);
        }

        Assert.True(BftParameters.Lan.IsValid);
        Assert.True(BftParameters.Wan.IsValid);
    }

    private static bool Fails(Action<RuleSet> scenario, RuleSet rules)
    {
        try
        {
            scenario(rules);
            return false;
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or ArgumentException or InvalidOperationException)
        {
            return true;
        }
    }
}
