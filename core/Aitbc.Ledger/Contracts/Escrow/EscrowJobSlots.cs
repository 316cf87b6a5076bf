using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>One job as consecutive slots, one field a slot; the description is laid out as a Solidity string.</summary>
internal sealed class EscrowJobSlots(CallFrame frame, UInt256 id, Hash256 start)
{
    public const int MaxDescription = 1024;

    private static readonly UInt256 StatusSize = 256;

    public UInt256 Id => id;

    public Address Client
    {
        get => SolidityLayout.ToAddress(this[0]);
        set => this[0] = SolidityLayout.ToWord(value);
    }

    public Address Provider
    {
        get => SolidityLayout.ToAddress(this[1]);
        set => this[1] = SolidityLayout.ToWord(value);
    }

    public Address Evaluator
    {
        get => SolidityLayout.ToAddress(this[2]);
        set => this[2] = SolidityLayout.ToWord(value);
    }

    public UInt256 Budget
    {
        get => this[3];
        set => this[3] = value;
    }

    public UInt256 ExpiredAt
    {
        get => this[4];
        set => this[4] = value;
    }

    /// <summary>The lowest byte of a slot that it shares with the hook.</summary>
    public EscrowStatus Status
    {
        get => (EscrowStatus)(ulong)(this[5] % StatusSize);
        set => this[5] = this[5] - (this[5] % StatusSize) + (ulong)value;
    }

    public Address Hook
    {
        get => SolidityLayout.ToAddress(this[5] / StatusSize);
        set => this[5] = (SolidityLayout.ToWord(value) * StatusSize) + (this[5] % StatusSize);
    }

    public Address Token
    {
        get => SolidityLayout.ToAddress(this[6]);
        set => this[6] = SolidityLayout.ToWord(value);
    }

    public UInt256 AgentId
    {
        get => this[7];
        set => this[7] = value;
    }

    public UInt256 SubmittedAt
    {
        get => this[8];
        set => this[8] = value;
    }

    /// <summary>What this job really holds; nothing else is ever paid out for it.</summary>
    public UInt256 Escrowed
    {
        get => this[9];
        set => this[9] = value;
    }

    public Hash256 JobKey
    {
        get => Hash256.FromUInt256(this[10]);
        set => this[10] = value.ToUInt256();
    }

    public Hash256 Terms
    {
        get => Hash256.FromUInt256(this[11]);
        set => this[11] = value.ToUInt256();
    }

    public UInt256 EvaluationWindow
    {
        get => this[12];
        set => this[12] = value;
    }

    public UInt256 Charge
    {
        get => this[13];
        set => this[13] = value;
    }

    public Hash256 Deliverable
    {
        get => Hash256.FromUInt256(this[14]);
        set => this[14] = value.ToUInt256();
    }

    public UInt256 PlatformFee
    {
        get => this[15];
        set => this[15] = value;
    }

    public UInt256 EvaluatorFee
    {
        get => this[16];
        set => this[16] = value;
    }

    /// <summary>True for jobs of openJob: the charge may be below the budget.</summary>
    public bool IsMetered => !JobKey.IsZero;

    public string Description
    {
        get => StorageText.ReadString(frame, SolidityLayout.Offset(start, 17UL));
        set => StorageText.Write(frame, SolidityLayout.Offset(start, 17UL), value);
    }

    public EscrowLevel Level
    {
        get => EscrowLevel.OfWord(this[18]);
        set => this[18] = value.ToWord();
    }

    /// <summary>What a late submission cost the provider; part of the charge that it is not paid.</summary>
    public UInt256 Credit
    {
        get => this[19];
        set => this[19] = value;
    }

    // The re-execution hook reads and never writes.
    private UInt256 this[ulong field]
    {
        get => frame.LoadOf(SystemContracts.JobEscrow, SolidityLayout.Offset(start, field));
        set => frame.Store(SolidityLayout.Offset(start, field), value);
    }
}
