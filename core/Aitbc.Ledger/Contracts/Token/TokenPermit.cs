namespace Aitbc.Ledger.Contracts.Token;

/// <summary>EIP-2612: an allowance by signature, valid up to and including its deadline.</summary>
internal static class TokenPermit
{
    public static void Use(CallFrame frame, CallArguments arguments, TokenSignature signature)
    {
        var (owner, spender) = (arguments.Address(0), arguments.Address(1));
        var (value, deadline) = (arguments.Number(2), arguments.Number(3));
        if (frame.Timestamp > deadline)
            throw RevertException.Text("FiatTokenV2: permit is expired");
        var slot = TokenStorage.Nonce(owner);
        var nonce = frame.Load(slot);
        var message = ContractDomain.HashStruct(
            frame,
            TokenAbi.PermitMessage,
            SolidityLayout.ToWord(owner),
            SolidityLayout.ToWord(spender),
            value,
            nonce,
            deadline);
        if (!signature.IsBy(frame, owner, AitTokenContract.Domain.Digest(frame, message)))
            throw RevertException.Text("EIP2612: invalid signature");
        frame.Store(slot, nonce + 1UL);
        AitTokenContract.Allow(frame, owner, spender, value);
    }
}
