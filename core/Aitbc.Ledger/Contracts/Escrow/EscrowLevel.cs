using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>A promise of a job: submitted at most so late, or else a part of the charge is not paid.</summary>
/// <param name="Seconds">Promised from funding to submission; 0 = nothing is promised.</param>
/// <param name="BasisPoints">Ten-thousandths of the charge.</param>
/// <param name="DueAt">The last second in which a submission is in time.</param>
internal readonly record struct EscrowLevel(UInt256 Seconds, UInt256 BasisPoints, UInt256 DueAt)
{
    public const ulong MaxSeconds = 2_592_000;
    public const ulong All = 10_000;

    private static readonly UInt256 Part = UInt256.One + ulong.MaxValue;

    /// <summary>True for what a job may promise.</summary>
    public bool IsSane =>
        !Seconds.IsZero && Seconds <= MaxSeconds && !BasisPoints.IsZero && BasisPoints <= All;

    /// <summary>The packed slot: 8 bytes of seconds, lowest, 8 of basis points, 16 of the time.</summary>
    public static EscrowLevel OfWord(UInt256 word) =>
        new(word % Part, word / Part % Part, word / Part / Part);

    public UInt256 ToWord() => (((DueAt * Part) + BasisPoints) * Part) + Seconds;

    /// <summary>The part of a charge that a late submission does not earn, rounded up.</summary>
    public UInt256 CreditOf(UInt256 charge) => ((charge * BasisPoints) + (All - 1)) / All;
}
