using Aitbc.Primitives;

namespace Aitbc.Ledger.Blocks;

/// <summary>An event of a contract.</summary>
/// <param name="Address">The contract.</param>
/// <param name="Topics">At most four; the first is the hash of the event's signature.</param>
/// <param name="Data">What is not indexed.</param>
public sealed record Log(Address Address, IReadOnlyList<Hash256> Topics, ReadOnlyMemory<byte> Data);
