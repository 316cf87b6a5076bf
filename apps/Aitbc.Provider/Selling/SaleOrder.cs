using Aitbc.Primitives;
using Aitbc.Provider.Engines;

namespace Aitbc.Provider.Selling;

/// <summary>A request of a door, read and within the limits.</summary>
internal sealed record SaleOrder
{
    public required ShelfModel Model { get; init; }

    /// <summary>Hash of method, path and body.</summary>
    public required Hash256 RequestHash { get; init; }

    /// <summary>Hash of the body: what a receipt names as the input.</summary>
    public required Hash256 BodyHash { get; init; }

    public required string Url { get; init; }

    public required IAnswerFormat Format { get; init; }

    public required Meter Meter { get; init; }

    /// <summary>Runs it on the engine.</summary>
    public required Func<CancellationToken, IAsyncEnumerable<EnginePiece>> Start { get; init; }
}
