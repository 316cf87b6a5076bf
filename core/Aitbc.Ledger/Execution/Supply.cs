using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Execution;

/// <summary>All coins, in atto-AIT: what genesis gave, what was minted and what was burned since.</summary>
/// <param name="Genesis">Of the first block.</param>
/// <param name="Minted">Since; nothing mints yet.</param>
/// <param name="Burned">Base fees and slashed bonds since.</param>
public readonly record struct Supply(UInt256 Genesis, UInt256 Minted, UInt256 Burned)
{
    /// <summary>The account whose slots 0, 1 and 2 hold the record.</summary>
    public static readonly Address Record = Address.Parse("0x0000000000000000000000000000000000001000");

    /// <summary>The slot of what was burned.</summary>
    internal static readonly Hash256 BurnedSlot = Hash256.FromUInt256(2);

    /// <summary>What must equal the sum of all balances.</summary>
    public UInt256 Total => Genesis + Minted - Burned;

    /// <summary>Reads the record.</summary>
    public static Supply Read(IStateStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new Supply(store.GetStorage(Slot(0)), store.GetStorage(Slot(1)), store.GetStorage(Slot(2)));
    }

    internal static Supply Read(WorldState world) =>
        new(world.GetStorage(Slot(0)), world.GetStorage(Slot(1)), world.GetStorage(Slot(2)));

    internal void Write(WorldState world)
    {
        world.SetStorage(Slot(0), Genesis);
        world.SetStorage(Slot(1), Minted);
        world.SetStorage(Slot(2), Burned);
    }

    private static StorageKey Slot(ulong index) => new(Record, Hash256.FromUInt256(index));
}
