using Aitbc.Primitives;

namespace Aitbc.Ledger.State;

/// <summary>One storage slot of one contract.</summary>
/// <param name="Contract">The account.</param>
/// <param name="Slot">The slot, before hashing.</param>
public readonly record struct StorageKey(Address Contract, Hash256 Slot);
