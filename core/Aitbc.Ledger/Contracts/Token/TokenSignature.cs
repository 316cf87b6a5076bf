using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Token;

/// <summary>
/// The signature at the end of a call: v, r and s in three arguments, or r ‖ s ‖ v in one of 65 bytes.
/// </summary>
internal readonly struct TokenSignature(CallArguments arguments, int first)
{
    public bool IsBy(CallFrame frame, Address signer, Hash256 digest) => arguments.Count == first + 1
        ? SignatureCheck.IsBy(frame, signer, digest, arguments.Bytes(first))
        : SignatureCheck.IsBy(
            frame, signer, digest, arguments.Number(first), arguments.Word(first + 1), arguments.Word(first + 2));
}
