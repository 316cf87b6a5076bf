using Aitbc.Primitives;
using Aitbc.Provider.Engines;

namespace Aitbc.Provider.Selling;

/// <summary>A request of a door, read and within the limits.</summary>
internal sealed record SaleOrder
{
    /// <summary>What it is bought of: engine, unit, prices and room.</summary>
    public required ISaleWare Ware { get; init; }

    /// <summary>Hash of method, path and body.</summary>
    public required Hash256 RequestHash { get; init; }

    /// <summary>What a receipt names as the input: the hash of the body, or of what a program reads.</summary>
    public required Hash256 InputHash { get; init; }

    /// <summary>What a receipt names as the specification; null = the request.</summary>
    public Hash256? SpecHash { get; init; }

    public required string Url { get; init; }

    public required IAnswerFormat Format { get; init; }

    public required Meter Meter { get; init; }

    /// <summary>Runs it on the engine.</summary>
    public required Func<CancellationToken, IAsyncEnumerable<EnginePiece>> Start { get; init; }
}
