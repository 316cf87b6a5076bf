namespace System.Tests.Chaos.Running;

/// <summary>Where a validator is, how it meets the others, and what its process is started with.</summary>
/// <param name="Url">Where it answers JSON-RPC.</param>
/// <param name="P2pListen">Where it takes peers; null = nowhere.</param>
/// <param name="Peers">Whom it dials.</param>
/// <param name="Redis">In place of links.</param>
/// <param name="Before">Words before the program, as those that enter a network namespace.</param>
internal sealed record ValidatorPlace(
    Uri Url, string? P2pListen, IReadOnlyList<string> Peers, string? Redis = null, IReadOnlyList<string>? Before = null);
