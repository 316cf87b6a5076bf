using Aitbc.Coordinator;

namespace Services.Tests.Coordinator;

/// <summary>Tests that hold on every database of a coordinator.</summary>
public abstract class MarketSuite
{
    internal virtual Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        Market.StartAsync(change);
}
