using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>A call to run without keeping its effects, or the body of a transaction to be made.</summary>
/// <param name="To">The contract or account called; null creates a contract.</param>
/// <param name="Data">Call data; empty for a plain transfer.</param>
/// <param name="Value">atto-AIT sent along.</param>
/// <param name="From">The caller; null = the zero address.</param>
public sealed record CallRequest(
    Address? To,
    ReadOnlyMemory<byte> Data = default,
    UInt256 Value = default,
    Address? From = null);
