using Aitbc.Node.Diagnostics;
using Xunit;

namespace Node.Tests.Diagnostics;

public sealed class GcPausesTests
{
    [Fact]
    public void Pauses_of_collections_that_follow_each_other_are_seen()
    {
        var pauses = new GcPauses();
        for (var i = 0; i < 10; i++)
            Collect();
        Assert.True(pauses.Seen >= 3, $"{pauses.Seen} seen");
        var (p50, p99, most) = pauses.Quantiles();
        Assert.True(p50 > 0);
        Assert.InRange(p99, p50, most);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
