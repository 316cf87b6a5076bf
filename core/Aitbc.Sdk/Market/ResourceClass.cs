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
    private const string Plain = "container/";
    private const string WithGpu = "container-gpu/";
    private const ulong Million = 1_000_000;
    private const ulong Billion = 1_000_000_000;

    /// <summary>
    /// The engine that every offer of the class runs: one specification fits them all. Null = any, for what no
    /// specification asks for.
    /// </summary>
    public string? Engine => Name switch
    {
        JobSpec.WasmEngine or JobSpec.JsEngine => Name,
        _ when IsContainer(Name) => JobSpec.ContainerEngine,
        _ when Name.StartsWith("model/", StringComparison.Ordinal) => JobSpec.OllamaEngine,
        _ => null,
    };

    /// <summary>Whether work of the class can run on a graphics processor at all.</summary>
    public bool MayUseGpu =>
        Engine is not (JobSpec.WasmEngine or JobSpec.JsEngine) && !Name.StartsWith(Plain, StringComparison.Ordinal);

    /// <summary>
    /// Reads <c>model/NAME</c>, <c>gpu/NAME</c>, <c>wasm</c>, <c>js</c>, <c>container/sha256:HEX</c> or
    /// <c>container-gpu/sha256:HEX</c>; null if it is none.
    /// </summary>
    public static ResourceClass? TryParse(string? text) => text switch
    {
        "wasm" => new ResourceClass(text, "fuel", Billion, Billion),
        "js" => new ResourceClass(text, "statement", Billion, Billion),
        _ when After(text, "model/") => new ResourceClass(text!, "token", Million, 100_000),
        _ when After(text, "gpu/") => new ResourceClass(text!, "second", 1, 86_400),
        _ when IsContainer(text) => new ResourceClass(text!, "second", 1, 3600),
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
            { Container: { } container } => OfImage(container.Image, container.Gpu),
            _ => spec.Engine,
        });
    }

    /// <summary>
    /// The class of one image's containers: a machine with graphics processors is another thing than one without.
    /// </summary>
    /// <param name="image">As <see cref="ContainerSpec.Image"/>; what is no image has a class that is none.</param>
    /// <param name="gpu">Whether graphics processors are needed.</param>
    public static string OfImage(string image, bool gpu)
    {
        ArgumentNullException.ThrowIfNull(image);
        return (gpu ? WithGpu : Plain) + image[(image.LastIndexOf('@') + 1)..];
    }

    /// <summary>atto-AIT for <see cref="PricedPer"/> units, rounded up; null if it exceeds 2^128 - 1.</summary>
    /// <param name="unitPrice">atto-AIT for <paramref name="unitsPer"/> units, at most 2^192.</param>
    /// <param name="unitsPer">From 1.</param>
    public UInt256? PriceOf(UInt256 unitPrice, ulong unitsPer)
    {
        var price = UnitCharge.Of(PricedPer, unitPrice, unitsPer);
        return price <= new UInt256(ulong.MaxValue, ulong.MaxValue, 0, 0) ? price : null;
    }

    private static bool IsContainer(string? text) =>
        text is not null && (IsAfter(text, Plain) || IsAfter(text, WithGpu));

    private static bool IsAfter(string text, string prefix) =>
        text.StartsWith(prefix, StringComparison.Ordinal) && !text.Contains('@', StringComparison.Ordinal)
        && ContainerSpec.IsImage(text[prefix.Length..]);

    private static bool After(string? text, string prefix) =>
        text is not null && text.StartsWith(prefix, StringComparison.Ordinal)
        && text.Length > prefix.Length && text.Length <= prefix.Length + LongestName
        && text[prefix.Length..].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '/' or '-');
}
