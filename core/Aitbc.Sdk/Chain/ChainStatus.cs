using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>Answer of <c>aitbc_status</c>.</summary>
/// <param name="Height">Height of the newest block.</param>
/// <param name="Pending">Transactions waiting in the pool.</param>
/// <param name="IncludedTotal">Transactions included since genesis.</param>
/// <param name="OldestPendingMs">Age of the oldest waiting transaction in milliseconds; 0 if none waits.</param>
/// <param name="Supply">The coin's supply.</param>
/// <param name="Conservation">True if all balances sum to the supply.</param>
public sealed record ChainStatus(
    ulong Height,
    ulong Pending,
    ulong IncludedTotal,
    ulong OldestPendingMs,
    ChainSupply Supply,
    bool Conservation);

/// <summary>The coin's supply in atto-AIT.</summary>
/// <param name="Genesis">Allocated at genesis.</param>
/// <param name="Burned">Burned as base fee since.</param>
/// <param name="Total">What exists now.</param>
public sealed record ChainSupply(UInt256 Genesis, UInt256 Burned, UInt256 Total);
