using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Reexecution;

/// <summary>
/// The dispute of one job, one field a slot, in a mapping in slot 1; slot 0 sums up what the hook holds.
/// </summary>
internal sealed class DisputeSlots(CallFrame frame, UInt256 jobId)
{
    public static readonly Hash256 HeldSlot = SolidityLayout.Slot(0);

    private readonly Hash256 start = SolidityLayout.Mapping(jobId, SolidityLayout.Slot(1));

    public DisputeState State
    {
        get => (DisputeState)(ulong)this[0];
        set => this[0] = (ulong)value;
    }

    /// <summary>What a wrong dispute costs, in atto-AIT.</summary>
    public UInt256 Bond
    {
        get => this[1];
        set => this[1] = value;
    }

    /// <summary>What each re-executor with the decided result receives, in atto-AIT.</summary>
    public UInt256 Fee
    {
        get => this[2];
        set => this[2] = value;
    }

    /// <summary>Seconds to vote.</summary>
    public UInt256 VotingTime
    {
        get => this[3];
        set => this[3] = value;
    }

    public Address Disputer
    {
        get => SolidityLayout.ToAddress(this[4]);
        set => this[4] = SolidityLayout.ToWord(value);
    }

    /// <summary>Bond and all fees: what the hook holds for this dispute.</summary>
    public UInt256 Stake
    {
        get => this[5];
        set => this[5] = value;
    }

    /// <summary>From this second on nobody votes.</summary>
    public UInt256 Deadline
    {
        get => this[6];
        set => this[6] = value;
    }

    /// <summary>What the majority had.</summary>
    public Hash256 Result
    {
        get => Hash256.FromUInt256(this[7]);
        set => this[7] = value.ToUInt256();
    }

    /// <summary>What the provider says that the work gives; zero = its deliverable.</summary>
    public Hash256 Claimed
    {
        get => Hash256.FromUInt256(this[10]);
        set => this[10] = value.ToUInt256();
    }

    public Address[] Reexecutors
    {
        get
        {
            var members = new Address[(int)(ulong)this[8]];
            for (var i = 0; i < members.Length; i++)
                members[i] = SolidityLayout.ToAddress(frame.Load(Member(i)));
            return members;
        }

        set
        {
            this[8] = (ulong)value.Length;
            for (var i = 0; i < value.Length; i++)
                frame.Store(Member(i), SolidityLayout.ToWord(value[i]));
        }
    }

    public Hash256 VoteOf(Address reexecutor) => Hash256.FromUInt256(frame.Load(VoteSlot(reexecutor)));

    public void SetVote(Address reexecutor, Hash256 result) =>
        frame.Store(VoteSlot(reexecutor), result.ToUInt256());

    public void AddHeld(UInt256 amount) => frame.Store(HeldSlot, frame.Load(HeldSlot) + amount);

    public void TakeHeld(UInt256 amount) => frame.Store(HeldSlot, frame.Load(HeldSlot) - amount);

    private Hash256 Member(int index) =>
        SolidityLayout.Offset(SolidityLayout.Items(SolidityLayout.Offset(start, 8UL)), (ulong)index);

    private Hash256 VoteSlot(Address reexecutor) =>
        SolidityLayout.Mapping(reexecutor, SolidityLayout.Offset(start, 9UL));

    private UInt256 this[ulong field]
    {
        get => frame.Load(SolidityLayout.Offset(start, field));
        set => frame.Store(SolidityLayout.Offset(start, field), value);
    }
}
