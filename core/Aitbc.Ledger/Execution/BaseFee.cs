using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Execution;

/// <summary>The base fee of the next block (EIP-1559: elasticity 2, denominator 8).</summary>
public static class BaseFee
{
    /// <summary>Of the first block, in atto-AIT per gas.</summary>
    public static readonly UInt256 Initial = 1_000_000_000;

    /// <summary>From the parent's gas and base fee.</summary>
    public static UInt256 After(BlockHeader parent)
    {
        ArgumentNullException.ThrowIfNull(parent);
        var target = parent.GasLimit / 2;
        var fee = parent.BaseFeePerGas;
        if (parent.GasUsed == target || target == 0)
            return fee;
        if (parent.GasUsed > target)
        {
            var up = fee * (parent.GasUsed - target) / target / 8;
            return fee + (up.IsZero ? UInt256.One : up);
        }

        return fee - (fee * (target - parent.GasUsed) / target / 8);
    }
}
