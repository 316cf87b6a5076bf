using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>The contract's own slots: 0 counter, 1 jobs, 2 keys, 3 sum held, 4 and 5 fees, 6 treasury.</summary>
/// <remarks>The re-execution hook reads jobs through it too.</remarks>
internal sealed class EscrowStorage(CallFrame frame)
{
    public static readonly Hash256 PlatformFeeSlot = Hash256.FromUInt256(4);
    public static readonly Hash256 EvaluatorFeeSlot = Hash256.FromUInt256(5);
    public static readonly Hash256 TreasurySlot = Hash256.FromUInt256(6);
    public static readonly Hash256 HeldSlot = Hash256.FromUInt256(3);

    private static readonly Hash256 CounterSlot = Hash256.FromUInt256(0);
    private static readonly Hash256 JobsSlot = Hash256.FromUInt256(1);
    private static readonly Hash256 KeysSlot = Hash256.FromUInt256(2);

    public UInt256 Counter => frame.Load(CounterSlot);

    /// <summary>Sum of what all jobs hold; always the contract's balance or less (anybody may send it coins).</summary>
    public UInt256 Held
    {
        get => frame.Load(HeldSlot);
        set => frame.Store(HeldSlot, value);
    }

    public UInt256 PlatformFee => frame.Load(PlatformFeeSlot);

    public UInt256 EvaluatorFee => frame.Load(EvaluatorFeeSlot);

    public Address Treasury => SolidityLayout.ToAddress(frame.Load(TreasurySlot));

    public EscrowJobSlots NewJob()
    {
        var id = Counter + 1;
        frame.Store(CounterSlot, id);
        return Job(id);
    }

    public EscrowJobSlots Job(UInt256 id) =>
        new(frame, id, SolidityLayout.Mapping(Hash256.FromUInt256(id), JobsSlot));

    /// <summary>A job that was created.</summary>
    public EscrowJobSlots Existing(UInt256 id)
    {
        var job = Job(id);
        return job.Client.IsZero ? throw EscrowAbi.Error("InvalidJob") : job;
    }

    public UInt256 JobByKey(Hash256 key) => frame.Load(SolidityLayout.Mapping(key, KeysSlot));

    public void SetJobByKey(Hash256 key, UInt256 id) => frame.Store(SolidityLayout.Mapping(key, KeysSlot), id);
}
