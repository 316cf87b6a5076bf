using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Light;

/// <summary>A receipt that was proved.</summary>
/// <param name="Transaction">Hash of the transaction.</param>
/// <param name="Block">The verified header of its block.</param>
/// <param name="Index">Its place in the block.</param>
/// <param name="Receipt">Status, gas and logs.</param>
public sealed record LightReceipt(Hash256 Transaction, LightHeader Block, ulong Index, ConsensusReceipt Receipt);
