using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Sdk.Market;

/// <summary>What is fungible on the market, and how it is counted and priced (specs/market/book.md).</summary>
/// <param name="Name">Such as <c>wasm</c> or <c>model/qwen3:8b</c>.</param>
/// <param name="UnitKind">What is counted: <c>token</c>, <c>second</c>, <c>fuel</c> or <c>statement</c>.</param>
/// <param name="PricedPer">Units that a price in the book is for.</param>
/// <param name="SlotUnits">Most units of a job in the book.</param>
public sealed record ResourceClass(string Name, string UnitKind, ulong PricedPer, ulong SlotUnits)
{
    private const int LongestName = 120;
    private const ulong Million = 1_000_000;
    private const ulong Billion = 1_000_000_000;

    /// <summary>
    /// The engine that every offer of the class runs: one specification fits them all. Null = any, for what no
    /// specification asks for.
    /// </summary>
    public string? Engine => Name switch
    {
        JobSpec.WasmEngine or JobSpec.JsEngine => Name,
        _ when Name.StartsWith("model/", StringComparison.Ordinal) => JobSpec.OllamaEngine,
        _ => null,
    };

    /// <summary>Reads <c>model/NAME</c>, <c>gpu/NAME</c>, <c>wasm</c> or <c>js</c>; null if it is none.</summary>
    public static ResourceClass? TryParse(string? text) => text switch
    {
        "wasm" => new ResourceClass(text, "fuel", Billion, Billion),
        "js" => new ResourceClass(text, "statement", Billion, Billion),
        _ when After(text, "model/") => new ResourceClass(text!, "token", Million, 100_000),
        _ when After(text, "gpu/") => new ResourceClass(text!, "second", 1, 86_400),
        _ => null,
    };

    /// <summary>The class that a specification is served by; null = none that the market trades.</summary>
    public static ResourceClass? Of(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return TryParse(spec switch
        {
            { Ollama: { } ollama } => $"model/{ollama.Model}",
            { Wasm: not null } => "wasm",
            _ => spec.Engine,
        });
    }

    /// <summary>atto-AIT for <see cref="PricedPer"/> units, rounded up; null if it exceeds 2^128 - 1.</summary>
    /// <param name="unitPrice">atto-AIT for <paramref name="unitsPer"/> units, at most 2^192.</param>
    /// <param name="unitsPer">From 1.</param>
    public UInt256? PriceOf(UInt256 unitPrice, ulong unitsPer)
    {
        var price = UnitCharge.Of(PricedPer, unitPrice, unitsPer);
        return price <= new UInt256(ulong.MaxValue, ulong.MaxValue, 0, 0) ? price : null;
    }

    private static bool After(string? text, string prefix) =>
        text is not null && text.StartsWith(prefix, StringComparison.Ordinal)
        && text.Length > prefix.Length && text.Length <= prefix.Length + LongestName
        && text[prefix.Length..].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '/' or '-');
}
