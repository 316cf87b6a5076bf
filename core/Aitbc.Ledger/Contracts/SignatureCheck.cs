using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Ledger.Contracts;

/// <summary>
/// Whether an account signed a digest. No account of this chain has code of its own, so ERC-1271 has nobody to ask: a
/// signature is ECDSA of 65 bytes r ‖ s ‖ v with v 27 or 28 and a low s (EIP-2), and nothing else.
/// </summary>
internal static class SignatureCheck
{
    public static bool IsBy(CallFrame frame, Address signer, Hash256 digest, ReadOnlySpan<byte> signature) =>
        Signature.TryParse65(signature, out var parsed) && IsBy(frame, signer, digest, parsed);

    public static bool IsBy(
        CallFrame frame, Address signer, Hash256 digest, UInt256 v, Hash256 r, Hash256 s) =>
        (v == 27UL || v == 28UL) && IsBy(frame, signer, digest, new Signature(r, s, (byte)((ulong)v - 27)));

    private static bool IsBy(CallFrame frame, Address signer, Hash256 digest, Signature signature) =>
        frame.TryRecover(digest, signature, out var recovered) && recovered == signer && !signer.IsZero;
}
