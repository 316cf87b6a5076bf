using Aitbc.Consensus.Bft.Engine;
using Aitbc.Simulator.Explorer;
using Xunit;

namespace Core.Tests.Simulation;

public sealed class ExplorerTests
{
    [Fact]
    public void A_twin_splits_nobody_in_round_0_whatever_groups_lose_each_other()
    {
        var result = new Exploration(RuleSet.All).Run(1, TimeSpan.FromMinutes(2));
        Assert.Null(result.Violation);
        Assert.Equal(3, result.Phases);
        Assert.True(result.States > 200);
    }
}
