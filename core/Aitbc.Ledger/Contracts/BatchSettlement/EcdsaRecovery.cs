using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>The signer of a digest, with the errors of the library that the original recovers it by.</summary>
internal static class EcdsaRecovery
{
    public static Address Signer(CallFrame frame, Hash256 digest, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Signature.Length)
            throw BatchSettlementAbi.Error("ECDSAInvalidSignatureLength", (UInt256)(ulong)signature.Length);
        var (r, s) = (Hash256.FromBytes(signature[..32]), Hash256.FromBytes(signature[32..64]));
        if (!new Signature(r, s, 0).IsLowS)
            throw BatchSettlementAbi.Error("ECDSAInvalidSignatureS", s);
        return Signature.TryParse65(signature, out var parsed) && frame.TryRecover(digest, parsed, out var signer)
            ? signer
            : throw BatchSettlementAbi.Error("ECDSAInvalidSignature");
    }
}
