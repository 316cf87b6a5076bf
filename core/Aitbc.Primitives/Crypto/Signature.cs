namespace Aitbc.Primitives.Crypto;

/// <summary>A recoverable secp256k1 signature.</summary>
/// <param name="R">x of the nonce point.</param>
/// <param name="S">The proof; Ethereum transactions want it at most half the order (EIP-2).</param>
/// <param name="YParity">0 or 1: parity of y of the nonce point.</param>
public readonly record struct Signature(Hash256 R, Hash256 S, byte YParity)
{
    /// <summary>Length of the r‖s‖v form in bytes.</summary>
    public const int Length = 65;

    // Half of the group order, rounded down (EIP-2).
    private static readonly UInt256 HalfOrder = UInt256.Parse(
        "0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0");

    /// <summary>True if s is at most half the group order.</summary>
    public bool IsLowS => S.ToUInt256() <= HalfOrder;

    /// <summary>r ‖ s ‖ v with v = 27 or 28, as personal_sign and eth_signTypedData return it.</summary>
    public byte[] ToBytes65()
    {
        var bytes = new byte[Length];
        R.CopyTo(bytes);
        S.CopyTo(bytes.AsSpan(32));
        bytes[64] = (byte)(27 + YParity);
        return bytes;
    }

    /// <summary>
    /// Reads r ‖ s ‖ v. v must be 27 or 28; r and s in range and s low, so that one signature has one form.
    /// </summary>
    public static bool TryParse65(ReadOnlySpan<byte> bytes, out Signature signature)
    {
        signature = default;
        if (bytes.Length != Length || bytes[64] is not (27 or 28))
            return false;
        var parsed = new Signature(
            Hash256.FromBytes(bytes[..32]), Hash256.FromBytes(bytes[32..64]), (byte)(bytes[64] - 27));
        if (!parsed.IsInRange || !parsed.IsLowS)
            return false;
        signature = parsed;
        return true;
    }

    /// <summary>True if r and s are in 1..n-1 and the parity is 0 or 1.</summary>
    public bool IsInRange =>
        !R.IsZero && !S.IsZero && YParity <= 1
        && R.ToUInt256() < Secp256k1.Order && S.ToUInt256() < Secp256k1.Order;
}
