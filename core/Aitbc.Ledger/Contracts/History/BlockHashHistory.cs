using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.History;

/// <summary>
/// The hashes of the last 8191 blocks in the storage of EIP-2935's contract: that of block n lies in slot n mod 8191.
/// </summary>
internal static class BlockHashHistory
{
    /// <summary>Blocks whose hashes are kept (EIP-2935, HISTORY_SERVE_WINDOW).</summary>
    public const ulong Window = 8191;

    /// <summary>Blocks whose hashes the EVM's BLOCKHASH knows.</summary>
    public const ulong InstructionWindow = 256;

    /// <summary>Keeps the parent's hash before the first transaction of a block.</summary>
    public static void Record(WorldState world, BlockContext block) => world.SetStorage(
        new StorageKey(SystemContracts.BlockHashHistory, SlotOf(block.Number - 1)), block.ParentHash.ToUInt256());

    /// <summary>The hash of an earlier block, at most so many before the one that runs; zero for any other.</summary>
    public static Hash256 Find(CallFrame frame, UInt256 number, ulong window)
    {
        var current = frame.Block.Number;
        if (number >= current || number + window < current)
            return Hash256.Zero;
        var kept = frame.LoadOf(SystemContracts.BlockHashHistory, SlotOf((ulong)number));
        // A call is imagined in a block that has not begun: only its context knows the parent.
        return number + 1UL == current ? frame.Block.ParentHash : Hash256.FromUInt256(kept);
    }

    private static Hash256 SlotOf(ulong number) => SolidityLayout.Slot(number % Window);
}
