using Aitbc.Primitives.Crypto;

namespace Aitbc.Consensus.Bft.Validators;

/// <summary>
/// Checks signatures. A port only so that simulations can run millions of votes; nodes use
/// <see cref="Ed25519Verifier"/>.
/// </summary>
public interface ISignatureVerifier
{
    /// <summary>True if the signature is of this key over this message. Never throws, whatever the lengths.</summary>
    bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}

/// <summary>Ed25519 (RFC 8032), one signature at a time.</summary>
public sealed class Ed25519Verifier : ISignatureVerifier
{
    /// <summary>The only one needed.</summary>
    public static readonly Ed25519Verifier Instance = new();

    private Ed25519Verifier()
    {
    }

    /// <inheritdoc />
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Ed25519Keys.Verify(publicKey, message, signature);
}
