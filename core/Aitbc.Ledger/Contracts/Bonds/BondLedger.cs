using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Bonds;

/// <summary>
/// One provider's bond in storage: four slots (bonded, unbonding, slashed so far, number of unbondings), the unbondings
/// behind the fourth as a Solidity array of (amount, releaseAt), oldest first.
/// </summary>
internal sealed class BondLedger(CallFrame frame, Address provider)
{
    public static readonly Hash256 HeldSlot = SolidityLayout.Slot(0);

    private static readonly Hash256 BondsSlot = SolidityLayout.Slot(1);

    private readonly Hash256 start = SolidityLayout.Mapping(provider, BondsSlot);

    /// <summary>What stands for the provider's word, in atto-AIT.</summary>
    public UInt256 Bonded
    {
        get => this[0];
        private set => this[0] = value;
    }

    /// <summary>What waits for its release or withdrawal; it can still be slashed.</summary>
    public UInt256 Unbonding
    {
        get => this[1];
        private set => this[1] = value;
    }

    public UInt256 Slashed
    {
        get => this[2];
        private set => this[2] = value;
    }

    public int Unbondings
    {
        get => (int)(ulong)this[3];
        private set => this[3] = (ulong)value;
    }

    private Hash256 Items => SolidityLayout.Items(SolidityLayout.Offset(start, 3));

    private UInt256 this[ulong index]
    {
        get => frame.Load(SolidityLayout.Offset(start, index));
        set => frame.Store(SolidityLayout.Offset(start, index), value);
    }

    public (UInt256 Amount, UInt256 ReleaseAt) Entry(int index) =>
        (frame.Load(EntrySlot(index)), frame.Load(SolidityLayout.Offset(EntrySlot(index), 1)));

    public void Add(UInt256 amount)
    {
        Bonded += amount;
        ChangeHeld(amount, isMore: true);
    }

    public void Unbond(UInt256 amount, UInt256 releaseAt)
    {
        Bonded -= amount;
        Unbonding += amount;
        var count = Unbondings;
        SetEntry(count, amount, releaseAt);
        Unbondings = count + 1;
    }

    /// <summary>Sum of what may be withdrawn now: a prefix of the unbondings, since time does not go back.</summary>
    public UInt256 Mature(out int entries)
    {
        UInt256 sum = default;
        var count = Unbondings;
        for (entries = 0; entries < count; entries++)
        {
            var (amount, releaseAt) = Entry(entries);
            if (releaseAt > frame.Timestamp)
                break;
            sum += amount;
        }

        return sum;
    }

    public UInt256 TakeMature()
    {
        var sum = Mature(out var entries);
        Drop(entries);
        Unbonding -= sum;
        ChangeHeld(sum, isMore: false);
        return sum;
    }

    /// <summary>
    /// Takes an amount that is there: out of the oldest unbonding first, so that what stays is held longest.
    /// </summary>
    public void Slash(UInt256 amount)
    {
        var left = amount;
        var (spent, count) = (0, Unbondings);
        for (; spent < count && !left.IsZero; spent++)
        {
            var (waiting, releaseAt) = Entry(spent);
            if (waiting > left)
            {
                SetEntry(spent, waiting - left, releaseAt);
                left = default;
                break;
            }

            left -= waiting;
        }

        Drop(spent);
        Unbonding -= amount - left;
        Bonded -= left;
        Slashed += amount;
        ChangeHeld(amount, isMore: false);
    }

    // Removes the oldest entries and moves the others up.
    private void Drop(int entries)
    {
        if (entries == 0)
            return;
        var rest = Unbondings - entries;
        for (var i = 0; i < rest; i++)
        {
            var (amount, releaseAt) = Entry(i + entries);
            SetEntry(i, amount, releaseAt);
        }

        for (var i = rest; i < rest + entries; i++)
            SetEntry(i, default, default);
        Unbondings = rest;
    }

    private void SetEntry(int index, UInt256 amount, UInt256 releaseAt)
    {
        frame.Store(EntrySlot(index), amount);
        frame.Store(SolidityLayout.Offset(EntrySlot(index), 1), releaseAt);
    }

    private void ChangeHeld(UInt256 amount, bool isMore)
    {
        var held = frame.Load(HeldSlot);
        frame.Store(HeldSlot, isMore ? held + amount : held - amount);
    }

    private Hash256 EntrySlot(int index) => SolidityLayout.Offset(Items, 2UL * (ulong)index);
}
