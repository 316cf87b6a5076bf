using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>Which events <c>eth_getLogs</c> returns.</summary>
/// <param name="FromBlock">First height, included.</param>
/// <param name="ToBlock">Last height, included; null = the newest block.</param>
/// <param name="Address">Only events of this contract; null = all.</param>
/// <param name="Topics">One entry per topic position, null = any.</param>
public sealed record LogFilter(
    ulong FromBlock,
    ulong? ToBlock = null,
    Address? Address = null,
    IReadOnlyList<Hash256?>? Topics = null);
