using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Token;

/// <summary>
/// EIP-3009: transfers by signature. Each authorizer's nonces are one set for transfers, receipts and cancellations,
/// and each is used once. The texts are those that x402 facilitators know.
/// </summary>
internal static class TokenAuthorization
{
    /// <summary>Anybody may hand in a transfer.</summary>
    public static void Transfer(CallFrame frame, CallArguments arguments, TokenSignature signature) =>
        Move(frame, TokenAbi.TransferMessage, arguments, signature);

    /// <summary>Only the payee may: nobody can separate the payment from what the payee does with it.</summary>
    public static void Receive(CallFrame frame, CallArguments arguments, TokenSignature signature)
    {
        if (frame.Caller != arguments.Address(1))
            throw RevertException.Text("FiatTokenV2: caller must be the payee");
        Move(frame, TokenAbi.ReceiveMessage, arguments, signature);
    }

    public static void Cancel(CallFrame frame, CallArguments arguments, TokenSignature signature)
    {
        var (authorizer, nonce) = (arguments.Address(0), arguments.Word(1));
        var slot = Unused(frame, authorizer, nonce);
        var message = ContractDomain.HashStruct(
            frame, TokenAbi.CancelMessage, SolidityLayout.ToWord(authorizer), nonce.ToUInt256());
        RequireSigned(frame, authorizer, message, signature);
        frame.Store(slot, UInt256.One);
        frame.Emit(TokenAbi.AuthorizationCanceled.Encode(authorizer, nonce));
    }

    private static void Move(CallFrame frame, Hash256 type, CallArguments arguments, TokenSignature signature)
    {
        var (from, to, value) = (arguments.Address(0), arguments.Address(1), arguments.Number(2));
        var (validAfter, validBefore, nonce) = (arguments.Number(3), arguments.Number(4), arguments.Word(5));
        if (frame.Timestamp <= validAfter)
            throw RevertException.Text("FiatTokenV2: authorization is not yet valid");
        if (frame.Timestamp >= validBefore)
            throw RevertException.Text("FiatTokenV2: authorization is expired");
        var slot = Unused(frame, from, nonce);
        var message = ContractDomain.HashStruct(
            frame,
            type,
            SolidityLayout.ToWord(from),
            SolidityLayout.ToWord(to),
            value,
            validAfter,
            validBefore,
            nonce.ToUInt256());
        RequireSigned(frame, from, message, signature);
        frame.Store(slot, UInt256.One);
        frame.Emit(TokenAbi.AuthorizationUsed.Encode(from, nonce));
        AitTokenContract.Move(frame, from, to, value);
    }

    private static Hash256 Unused(CallFrame frame, Address authorizer, Hash256 nonce)
    {
        var slot = TokenStorage.Authorization(authorizer, nonce);
        return frame.Load(slot).IsZero
            ? slot
            : throw RevertException.Text("FiatTokenV2: authorization is used or canceled");
    }

    private static void RequireSigned(CallFrame frame, Address signer, Hash256 message, TokenSignature signature)
    {
        if (!signature.IsBy(frame, signer, AitTokenContract.Domain.Digest(frame, message)))
            throw RevertException.Text("FiatTokenV2: invalid signature");
    }
}
