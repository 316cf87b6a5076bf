using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>One job as consecutive slots, one field a slot; the description is laid out as a Solidity string.</summary>
internal sealed class EscrowJobSlots(CallFrame frame, UInt256 id, Hash256 start)
{
    public const int MaxDescription = 1024;

    public UInt256 Id => id;

    public Address Client
    {
        get => EscrowStorage.ToAddress(this[0]);
        set => this[0] = EscrowStorage.ToWord(value);
    }

    public Address Provider
    {
        get => EscrowStorage.ToAddress(this[1]);
        set => this[1] = EscrowStorage.ToWord(value);
    }

    public Address Evaluator
    {
        get => EscrowStorage.ToAddress(this[2]);
        set => this[2] = EscrowStorage.ToWord(value);
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

    public EscrowStatus Status
    {
        get => (EscrowStatus)(ulong)this[5];
        set => this[5] = (ulong)value;
    }

    public Address Token
    {
        get => EscrowStorage.ToAddress(this[6]);
        set => this[6] = EscrowStorage.ToWord(value);
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
        get => System.Text.Encoding.UTF8.GetString(ReadText());
        set => WriteText(System.Text.Encoding.UTF8.GetBytes(value));
    }

    private UInt256 this[ulong field]
    {
        get => frame.Load(SolidityLayout.Offset(start, field));
        set => frame.Store(SolidityLayout.Offset(start, field), value);
    }

    private Hash256 TextSlot => SolidityLayout.Offset(start, 17);

    private byte[] ReadText()
    {
        var head = frame.Load(TextSlot);
        Span<byte> word = stackalloc byte[UInt256.Length];
        head.WriteBigEndian(word);
        if ((word[31] & 1) == 0)
            return word[..(word[31] / 2)].ToArray();
        var text = new byte[(int)((ulong)(head - 1) / 2)];
        var slot = Keccak256.Hash(TextSlot.ToArray());
        for (var at = 0; at < text.Length; at += 32)
        {
            frame.Load(SolidityLayout.Offset(slot, (ulong)at / 32)).WriteBigEndian(word);
            word[..Math.Min(32, text.Length - at)].CopyTo(text.AsSpan(at));
        }

        return text;
    }

    private void WriteText(byte[] text)
    {
        Span<byte> word = stackalloc byte[UInt256.Length];
        if (text.Length <= 31)
        {
            word.Clear();
            text.CopyTo(word);
            word[31] = (byte)(text.Length * 2);
            frame.Store(TextSlot, UInt256.FromBigEndian(word));
            return;
        }

        frame.Store(TextSlot, ((ulong)text.Length * 2) + 1);
        var slot = Keccak256.Hash(TextSlot.ToArray());
        for (var at = 0; at < text.Length; at += 32)
        {
            word.Clear();
            text.AsSpan(at, Math.Min(32, text.Length - at)).CopyTo(word);
            frame.Store(SolidityLayout.Offset(slot, (ulong)at / 32), UInt256.FromBigEndian(word));
        }
    }
}
