using Aitbc.Primitives;

namespace Aitbc.Coordinator.Gateway;

/// <summary>
/// In which order providers are asked: those with the model loaded first, then by what the request would cost, then by
/// how fast they began (in steps of 25 ms, so that noise decides nothing), then by reputation. Equals take turns.
/// </summary>
internal sealed class RouteChoice(GatewayCatalog catalog)
{
    private const int StepMs = 25;
    private int turn;

    public IReadOnlyList<Seller> Order(GatewayAsk ask)
    {
        var fitting = catalog.Find(ask.Model).Where(s => Fits(s, ask)).ToArray();
        if (fitting.Length < 2)
            return fitting;
        var first = (int)((uint)Interlocked.Increment(ref turn) % fitting.Length);
        return [.. fitting.Skip(first).Concat(fitting.Take(first))
            .OrderBy(s => s.IsWarm ? 0 : 1)
            .ThenBy(s => Cost(s, ask))
            .ThenBy(s => s.Health.AverageMs / StepMs)
            .ThenByDescending(s => s.Score)];
    }

    private static bool Fits(Seller seller, GatewayAsk ask) =>
        seller.Health.MayTry && !ask.Excluded.Contains(seller.Provider)
        && (ask.Provider is not { } only || seller.Provider == only)
        && seller.PrivacyRank >= ask.PrivacyRank && (ask.Region is not { } region || seller.Region == region);

    // A token is about four bytes; the same guess for all, so that it only ranks them.
    private static UInt256 Cost(Seller seller, GatewayAsk ask) =>
        (seller.PromptPrice * (ulong)((ask.Call.Body.Length / 4) + 1)) + (seller.OutputPrice * ask.Output);
}
