using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Pool;

/// <summary>A transaction that waits.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Sender">Who signed it.</param>
/// <param name="Cost">The most it can take from its sender.</param>
/// <param name="Since">Timestamp of its arrival.</param>
internal sealed record Waiting(Transaction Transaction, Address Sender, UInt256 Cost, long Since);
