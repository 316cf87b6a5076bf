using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>EIP-1559 fees for a transaction sent now, in atto-AIT per gas.</summary>
/// <param name="BaseFeePerGas">Base fee of the next block.</param>
/// <param name="MaxPriorityFeePerGas">Tip that the node suggests.</param>
/// <param name="MaxFeePerGas">Cap: twice the base fee plus the tip, which holds for at least five full blocks.</param>
public sealed record FeeSuggestion(UInt256 BaseFeePerGas, UInt256 MaxPriorityFeePerGas, UInt256 MaxFeePerGas);
