using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>A transaction that is final.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="Raw">Its signed bytes.</param>
/// <param name="Receipt">What became of it; look at <see cref="TransactionReceipt.Succeeded"/>.</param>
public sealed record SentTransaction(Hash256 Hash, ReadOnlyMemory<byte> Raw, TransactionReceipt Receipt);
