namespace Aitbc.Provider.Offers;

/// <summary>One thing on sale: a resource class, its unit, the price and the most units of one job.</summary>
internal sealed record EngineOffer(
    string Engine, string ResourceClass, string UnitKind, UnitPrice Price, ulong MaxUnits);
