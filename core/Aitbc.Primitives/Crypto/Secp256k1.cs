namespace Aitbc.Primitives.Crypto;

/// <summary>
/// ECDSA on secp256k1 through libsecp256k1 where the system has it, BouncyCastle otherwise; same results.
/// </summary>
public static class Secp256k1
{
    /// <summary>The group order n (SEC 2, section 2.4.1).</summary>
    public static readonly UInt256 Order = UInt256.Parse(
        "0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");

    internal static readonly ISecp256k1Backend Active =
        LibSecp256k1Backend.IsAvailable ? new LibSecp256k1Backend() : new BouncyCastleBackend();

    /// <summary>"libsecp256k1" or "BouncyCastle".</summary>
    public static string Backend => Active.Name;

    /// <summary>
    /// Recovers the signer. False if r or s is out of range or no point fits. High s is recovered too, as by ecrecover;
    /// who forbids it checks <see cref="Signature.IsLowS"/>.
    /// </summary>
    public static bool TryRecover(Hash256 hash, Signature signature, out Address signer)
    {
        signer = default;
        if (!signature.IsInRange)
            return false;
        Span<byte> digest = stackalloc byte[Hash256.Length];
        Span<byte> publicKey = stackalloc byte[64];
        hash.CopyTo(digest);
        if (!Active.TryRecover(digest, signature, publicKey))
            return false;
        signer = Address.FromPublicKey(publicKey);
        return true;
    }
}
