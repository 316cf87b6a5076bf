using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Market;

/// <summary>One thing that a provider sells.</summary>
/// <param name="Engine">The engine, such as <c>wasm</c>.</param>
/// <param name="ResourceClass">What is fungible, such as <c>wasm</c> or <c>model/qwen3:8b</c>; <c>model/*</c> =
/// any.</param>
/// <param name="UnitKind">What is counted.</param>
/// <param name="UnitPrice">atto-AIT for <paramref name="UnitsPer"/> units.</param>
/// <param name="UnitsPer">Units that the price is for, from 1.</param>
/// <param name="MaxUnits">Most units of one job.</param>
/// <param name="EngineVersion">The engine's version, as receipts state it; null = not said.</param>
/// <param name="Reexecutes">True = it executes again, at this price, what is doubted of others.</param>
public sealed record Offer(
    string Engine,
    string ResourceClass,
    string UnitKind,
    UInt256 UnitPrice,
    ulong UnitsPer,
    ulong MaxUnits,
    string? EngineVersion = null,
    bool? Reexecutes = null)
{
    /// <summary>The canonical text of a list of offers: what a registration signs.</summary>
    public static string Canonical(IReadOnlyList<Offer> offers) =>
        JsonSerializer.Serialize(offers, MarketJson.Default.IReadOnlyListOffer);

    /// <summary>Reads a list of offers; null if it is none.</summary>
    public static IReadOnlyList<Offer>? TryParse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, MarketJson.Default.IReadOnlyListOffer);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
