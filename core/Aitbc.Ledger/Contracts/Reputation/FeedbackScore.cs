using System.Numerics;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Reputation;

/// <summary>
/// The first slot of a feedback: value as int128 in the low 16 bytes, then decimals, then whether it was revoked.
/// </summary>
internal readonly record struct FeedbackScore(BigInteger Value, int Decimals, bool IsRevoked)
{
    private const int DecimalsAt = 15;
    private const int RevokedAt = 14;

    public UInt256 Pack()
    {
        Span<byte> word = stackalloc byte[UInt256.Length];
        word.Clear();
        UInt256.FromBigInteger(Value & ((BigInteger.One << 128) - 1)).WriteBigEndian(word);
        word[DecimalsAt] = (byte)Decimals;
        word[RevokedAt] = (byte)(IsRevoked ? 1 : 0);
        return UInt256.FromBigEndian(word);
    }

    public static FeedbackScore Unpack(UInt256 packed)
    {
        Span<byte> word = stackalloc byte[UInt256.Length];
        packed.WriteBigEndian(word);
        var value = new BigInteger(word[16..], isUnsigned: false, isBigEndian: true);
        return new FeedbackScore(value, word[DecimalsAt], word[RevokedAt] != 0);
    }
}
