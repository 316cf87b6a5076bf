using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Consensus.Bft.Validators;

/// <summary>Shows that whoever registers a validator key for an operator holds the secret of it.</summary>
public static class ProofOfPossession
{
    // Not a step of a round, so it can never be taken for a proposal or a vote.
    private const byte Type = 4;

    /// <summary>The bytes the key signs: the head of every signed message, type 4, operator (20), key (32).</summary>
    /// <param name="binding">Chain and genesis.</param>
    /// <param name="account">Account of the operator.</param>
    /// <param name="publicKey">32 bytes.</param>
    /// <exception cref="ArgumentException">Another length of key.</exception>
    public static byte[] SignBytes(ChainBinding binding, Address account, ReadOnlySpan<byte> publicKey)
    {
        ArgumentNullException.ThrowIfNull(binding);
        if (publicKey.Length != Ed25519Keys.PublicKeyLength)
            throw new ArgumentException("A validator key has 32 bytes.", nameof(publicKey));
        var bytes = new byte[ChainBinding.PrefixLength + 1 + Address.Length + Ed25519Keys.PublicKeyLength];
        binding.WritePrefix(bytes);
        bytes[ChainBinding.PrefixLength] = Type;
        account.CopyTo(bytes.AsSpan(ChainBinding.PrefixLength + 1));
        publicKey.CopyTo(bytes.AsSpan(ChainBinding.PrefixLength + 1 + Address.Length));
        return bytes;
    }

    /// <summary>True if the key signed for this operator on this chain. Wrong lengths are false.</summary>
    /// <param name="binding">Chain and genesis.</param>
    /// <param name="validator">Operator and key.</param>
    /// <param name="signature">64 bytes.</param>
    /// <param name="verifier">Checks signatures.</param>
    public static bool Verify(
        ChainBinding binding, Validator validator, ReadOnlySpan<byte> signature, ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(validator);
        ArgumentNullException.ThrowIfNull(verifier);
        return validator.PublicKey.Length == Ed25519Keys.PublicKeyLength && verifier.Verify(
            validator.PublicKey.Span, SignBytes(binding, validator.Operator, validator.PublicKey.Span), signature);
    }
}
