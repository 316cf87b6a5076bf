using Aitbc.Consensus.Bft.Engine;
using Xunit;

namespace Core.Tests.Consensus.Bft;

public sealed class LookTests
{
    [Fact]
    public void The_rounds_of_the_height_that_failed_are_seen_with_what_each_validator_said()
    {
        var lab = new Lab(RuleSet.All).LockOnA().EndRound();
        var look = lab.Engine.Look()!;
        Assert.Equal(1, look.Round);
        var past = Assert.Single(look.Past);
        Assert.Equal((0, true, 4), (past.Round, past.HasProposal, past.Votes.Count));
        Assert.Equal(Keys.A.Hash, past.Votes[0].Prevote);
        Assert.Equal(Keys.A.Hash, past.Votes[0].Precommit);
    }
}
