using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.History;

/// <summary>
/// EIP-2935 (specs/contracts/multicall3.md, section 3): 32 bytes of call data name a block, the answer is its hash.
/// </summary>
internal sealed class BlockHashContract : ISystemContract
{
    public Address Address => SystemContracts.BlockHashHistory;

    public byte[] Execute(CallFrame frame)
    {
        frame.Charge(GasSchedule.Dispatch);
        if (frame.Data.Length != UInt256.Length || !frame.Value.IsZero)
            throw RevertException.Silent();
        var number = UInt256.FromBigEndian(frame.Data.Span);
        var current = (UInt256)frame.Block.Number;
        if (number >= current || number + BlockHashHistory.Window < current)
            throw RevertException.Silent();
        return BlockHashHistory.Find(frame, number, BlockHashHistory.Window).ToArray();
    }
}
