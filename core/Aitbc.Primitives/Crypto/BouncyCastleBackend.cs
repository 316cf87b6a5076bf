using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Aitbc.Primitives.Crypto;

/// <summary>BouncyCastle: everywhere, some 25 times slower than libsecp256k1.</summary>
internal sealed class BouncyCastleBackend : ISecp256k1Backend
{
    private static readonly X9ECParameters Curve = SecNamedCurves.GetByName("secp256k1");
    private static readonly ECDomainParameters Domain = new(Curve);
    private static readonly BigInteger HalfOrder = Curve.N.ShiftRight(1);

    public string Name => "BouncyCastle";

    public bool IsValidSecret(ReadOnlySpan<byte> secret)
    {
        var value = new BigInteger(1, secret);
        return value.SignValue > 0 && value.CompareTo(Curve.N) < 0;
    }

    public void PublicKey(ReadOnlySpan<byte> secret, Span<byte> publicKey64)
    {
        if (!IsValidSecret(secret))
            throw new ArgumentException("Not a secret key.", nameof(secret));
        Write(Curve.G.Multiply(new BigInteger(1, secret)), publicKey64);
    }

    public Signature Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> hash)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(true, new ECPrivateKeyParameters(new BigInteger(1, secret), Domain));
        var pair = signer.GenerateSignature(hash.ToArray());
        var s = pair[1].CompareTo(HalfOrder) > 0 ? Curve.N.Subtract(pair[1]) : pair[1];
        Span<byte> own = stackalloc byte[64];
        Span<byte> found = stackalloc byte[64];
        PublicKey(secret, own);
        for (byte parity = 0; parity <= 1; parity++)
        {
            var signature = new Signature(Word(pair[0]), Word(s), parity);
            if (TryRecover(hash, signature, found) && found.SequenceEqual(own))
                return signature;
        }

        // Needs r of the nonce point to exceed the group order: probability about 2^-128.
        throw new InvalidOperationException("The signature has no recovery id of 0 or 1.");
    }

    public bool TryRecover(ReadOnlySpan<byte> hash, Signature signature, Span<byte> publicKey64)
    {
        // SEC 1, section 4.1.6: Q = r^-1 (s R - e G).
        Span<byte> compressed = stackalloc byte[33];
        compressed[0] = (byte)(2 + signature.YParity);
        signature.R.CopyTo(compressed[1..]);
        ECPoint nonce;
        try
        {
            nonce = Curve.Curve.DecodePoint(compressed);
        }
        catch (ArgumentException)
        {
            return false;
        }

        var inverse = new BigInteger(1, signature.R.ToArray()).ModInverse(Curve.N);
        var u1 = Curve.N.Subtract(new BigInteger(1, hash).Mod(Curve.N)).Multiply(inverse).Mod(Curve.N);
        var u2 = new BigInteger(1, signature.S.ToArray()).Multiply(inverse).Mod(Curve.N);
        var point = ECAlgorithms.SumOfTwoMultiplies(Curve.G, u1, nonce, u2);
        if (point.IsInfinity)
            return false;
        Write(point, publicKey64);
        return true;
    }

    private static Hash256 Word(BigInteger value) => UInt256Word(value.ToByteArrayUnsigned());

    private static Hash256 UInt256Word(byte[] bytes) => Hash256.FromUInt256(UInt256.FromBigEndian(bytes));

    private static void Write(ECPoint point, Span<byte> publicKey64) =>
        point.GetEncoded(false).AsSpan(1).CopyTo(publicKey64);
}
