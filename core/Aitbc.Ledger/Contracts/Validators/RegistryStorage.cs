using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Validators;

/// <summary>
/// The slots of the registry: 0 terms (array of 5 slots each), 1 numbers of the active terms (array), 2 term by key, 3
/// active term by operator, 4 tombstoned operators, 5 tombstoned keys, 6 proposals (array of 7 slots each), 7 votes,
/// 8 to 10 changes of the block, 11 hash of block 0. Terms are never removed, so every set of the past can be read.
/// </summary>
internal sealed class RegistryStorage(CallFrame frame)
{
    public const ulong TermSlots = 5;
    public const ulong ProposalSlots = 7;
    public static readonly Hash256 GenesisHashSlot = SolidityLayout.Slot(11);

    private static readonly Hash256 TermsSlot = SolidityLayout.Slot(0);
    private static readonly Hash256 ActiveSlot = SolidityLayout.Slot(1);
    private static readonly Hash256 ProposalsSlot = SolidityLayout.Slot(6);

    public Hash256 GenesisHash => Hash256.FromUInt256(frame.Load(GenesisHashSlot));

    public int ActiveCount => (int)(ulong)frame.Load(ActiveSlot);

    /// <summary>Height, number of changes and size at its start of the last block that changed the set.</summary>
    public (UInt256 Height, ulong Count, int Size) Changes
    {
        get => (
            frame.Load(SolidityLayout.Slot(8)),
            (ulong)frame.Load(SolidityLayout.Slot(9)),
            (int)(ulong)frame.Load(SolidityLayout.Slot(10)));
        set
        {
            frame.Store(SolidityLayout.Slot(8), value.Height);
            frame.Store(SolidityLayout.Slot(9), value.Count);
            frame.Store(SolidityLayout.Slot(10), (ulong)value.Size);
        }
    }

    public UInt256 ProposalCount => frame.Load(ProposalsSlot);

    public static IReadOnlyList<RegisteredValidator> Active(Func<Hash256, UInt256> load)
    {
        var count = (ulong)load(ActiveSlot);
        var items = SolidityLayout.Items(ActiveSlot);
        var set = new List<RegisteredValidator>();
        for (var i = 0UL; i < count; i++)
            set.Add(Term(load, load(SolidityLayout.Offset(items, i))));
        return Sorted(set);
    }

    public static IReadOnlyList<RegisteredValidator> At(Func<Hash256, UInt256> load, ulong height)
    {
        var count = (ulong)load(TermsSlot);
        var set = new List<RegisteredValidator>();
        for (var id = 0UL; id < count; id++)
        {
            var term = Term(load, id);
            if (term.Decides(height))
                set.Add(term);
        }

        return Sorted(set);
    }

    public IReadOnlyList<RegisteredValidator> Active() => Active(frame.Load);

    public IReadOnlyList<RegisteredValidator> At(ulong height) => At(frame.Load, height);

    public RegisteredValidator Term(UInt256 id) => Term(frame.Load, id);

    /// <summary>The term that ever had this key; null if there was none. A key has one term only.</summary>
    public UInt256? TermOfKey(Hash256 key) => Number(SolidityLayout.Mapping(key, SolidityLayout.Slot(2)));

    /// <summary>The open term of an operator; null if it has none.</summary>
    public UInt256? TermOf(Address account) => Number(OperatorSlot(account));

    public bool IsTombstoned(Address account) => !frame.Load(TombstoneSlot(account)).IsZero;

    public bool IsTombstoned(Hash256 key) => !frame.Load(TombstoneSlot(key)).IsZero;

    public void Tombstone(Address account) => frame.Store(TombstoneSlot(account), UInt256.One);

    public void Tombstone(Hash256 key) => frame.Store(TombstoneSlot(key), UInt256.One);

    public void SetTransportKey(UInt256 id, Hash256 transportKeyHash) =>
        frame.Store(SolidityLayout.Offset(TermSlot(id), 2), transportKeyHash.ToUInt256());

    /// <summary>Opens a term; the caller has checked that operator and key are free.</summary>
    public void Open(Address account, Hash256 key, Hash256 transportKeyHash, ulong fromHeight)
    {
        var id = frame.Load(TermsSlot);
        frame.Store(TermsSlot, id + 1UL);
        var slot = TermSlot(id);
        frame.Store(slot, SolidityLayout.ToWord(account));
        frame.Store(SolidityLayout.Offset(slot, 1), key.ToUInt256());
        frame.Store(SolidityLayout.Offset(slot, 2), transportKeyHash.ToUInt256());
        frame.Store(SolidityLayout.Offset(slot, 3), fromHeight);
        frame.Store(SolidityLayout.Mapping(key, SolidityLayout.Slot(2)), id + 1UL);
        frame.Store(OperatorSlot(account), id + 1UL);
        var count = frame.Load(ActiveSlot);
        frame.Store(SolidityLayout.Offset(SolidityLayout.Items(ActiveSlot), count), id);
        frame.Store(ActiveSlot, count + 1UL);
    }

    /// <summary>Closes an open term; the last active one moves into its place.</summary>
    public void Close(UInt256 id, ulong untilHeight)
    {
        var slot = TermSlot(id);
        frame.Store(SolidityLayout.Offset(slot, 4), untilHeight);
        frame.Store(OperatorSlot(SolidityLayout.ToAddress(frame.Load(slot))), default);
        var items = SolidityLayout.Items(ActiveSlot);
        var last = frame.Load(ActiveSlot) - 1UL;
        var place = default(UInt256);
        while (frame.Load(SolidityLayout.Offset(items, place)) != id)
            place += 1UL;
        frame.Store(SolidityLayout.Offset(items, place), frame.Load(SolidityLayout.Offset(items, last)));
        frame.Store(SolidityLayout.Offset(items, last), default);
        frame.Store(ActiveSlot, last);
    }

    public UInt256 AddProposal()
    {
        var id = ProposalCount;
        frame.Store(ProposalsSlot, id + 1UL);
        return id;
    }

    public UInt256 GetProposal(UInt256 id, ulong field) => frame.Load(ProposalSlot(id, field));

    public void SetProposal(UInt256 id, ulong field, UInt256 value) => frame.Store(ProposalSlot(id, field), value);

    public bool HasVoted(UInt256 id, Address account) => !frame.Load(VoteSlot(id, account)).IsZero;

    public void SetVoted(UInt256 id, Address account) => frame.Store(VoteSlot(id, account), UInt256.One);

    private static RegisteredValidator Term(Func<Hash256, UInt256> load, UInt256 id)
    {
        var slot = TermSlot(id);
        return new RegisteredValidator(
            SolidityLayout.ToAddress(load(slot)),
            Hash256.FromUInt256(load(SolidityLayout.Offset(slot, 1))),
            Hash256.FromUInt256(load(SolidityLayout.Offset(slot, 2))),
            (ulong)load(SolidityLayout.Offset(slot, 3)),
            (ulong)load(SolidityLayout.Offset(slot, 4)));
    }

    private static List<RegisteredValidator> Sorted(List<RegisteredValidator> set)
    {
        set.Sort((a, b) => a.Operator.CompareTo(b.Operator));
        return set;
    }

    private static Hash256 TermSlot(UInt256 id) =>
        SolidityLayout.Offset(SolidityLayout.Items(TermsSlot), id * TermSlots);

    private static Hash256 ProposalSlot(UInt256 id, ulong field) =>
        SolidityLayout.Offset(SolidityLayout.Items(ProposalsSlot), (id * ProposalSlots) + field);

    private static Hash256 VoteSlot(UInt256 id, Address account) =>
        SolidityLayout.Mapping(account, SolidityLayout.Mapping(id, SolidityLayout.Slot(7)));

    private static Hash256 OperatorSlot(Address account) => SolidityLayout.Mapping(account, SolidityLayout.Slot(3));

    public static Hash256 TombstoneSlot(Address account) => SolidityLayout.Mapping(account, SolidityLayout.Slot(4));

    private static Hash256 TombstoneSlot(Hash256 key) => SolidityLayout.Mapping(key, SolidityLayout.Slot(5));

    private UInt256? Number(Hash256 slot)
    {
        var next = frame.Load(slot);
        return next.IsZero ? null : next - 1UL;
    }
}
