using Aitbc.Ledger.Execution;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Token;

/// <summary>The table of the token's functions.</summary>
internal static class TokenFunctions
{
    public static FunctionTable Create()
    {
        var table = new FunctionTable();
        AddErc20(table);
        AddTypedData(table);
        table
            .Add(TokenAbi.Nonces, (f, a) => [f.Load(TokenStorage.Nonce(a.Address(0)))])
            .Add(TokenAbi.Permit, (f, a) => TokenPermit.Use(f, a, new TokenSignature(a, 4)))
            .Add(TokenAbi.PermitBytes, (f, a) => TokenPermit.Use(f, a, new TokenSignature(a, 4)));
        AddAuthorizations(table);
        return table;
    }

    private static void AddErc20(FunctionTable table) => table
        .Add(TokenAbi.Name, (_, _) => [AitTokenContract.TokenName])
        .Add(TokenAbi.Symbol, (_, _) => [AitTokenContract.TokenName])
        .Add(TokenAbi.Version, (_, _) => [AitTokenContract.TokenVersion])
        .Add(TokenAbi.Decimals, (_, _) => [(UInt256)(ulong)Amount.Decimals])
        .Add(TokenAbi.TotalSupply, (f, _) => [TotalSupply(f)])
        .Add(TokenAbi.BalanceOf, (f, a) => [f.BalanceOf(a.Address(0))])
        .Add(TokenAbi.Allowance, (f, a) => [f.Load(TokenStorage.Allowance(a.Address(0), a.Address(1)))])
        .Add(TokenAbi.Transfer, (f, a) =>
        {
            AitTokenContract.Move(f, f.Caller, a.Address(0), a.Number(1));
            return [true];
        })
        .Add(TokenAbi.TransferFrom, (f, a) =>
        {
            AitTokenContract.MoveFrom(f, f.Caller, a.Address(0), a.Address(1), a.Number(2));
            return [true];
        })
        .Add(TokenAbi.Approve, (f, a) =>
        {
            AitTokenContract.Allow(f, f.Caller, a.Address(0), a.Number(1));
            return [true];
        });

    private static void AddTypedData(FunctionTable table) => table
        .Add(TokenAbi.DomainSeparator, (f, _) => [AitTokenContract.Domain.Separator(f)])
        .Add(TokenAbi.Eip712Domain, (f, _) => AitTokenContract.Domain.Describe(f))
        .Add(TokenAbi.PermitTypeHash, (_, _) => [TokenAbi.PermitMessage])
        .Add(TokenAbi.TransferTypeHash, (_, _) => [TokenAbi.TransferMessage])
        .Add(TokenAbi.ReceiveTypeHash, (_, _) => [TokenAbi.ReceiveMessage])
        .Add(TokenAbi.CancelTypeHash, (_, _) => [TokenAbi.CancelMessage]);

    private static void AddAuthorizations(FunctionTable table)
    {
        table.Add(
            TokenAbi.AuthorizationState,
            (f, a) => [!f.Load(TokenStorage.Authorization(a.Address(0), a.Word(1))).IsZero]);
        foreach (var function in
            (AbiFunction[])[TokenAbi.TransferWithAuthorization, TokenAbi.TransferWithAuthorizationBytes])
            table.Add(function, (f, a) => TokenAuthorization.Transfer(f, a, new TokenSignature(a, 6)));
        foreach (var function in
            (AbiFunction[])[TokenAbi.ReceiveWithAuthorization, TokenAbi.ReceiveWithAuthorizationBytes])
            table.Add(function, (f, a) => TokenAuthorization.Receive(f, a, new TokenSignature(a, 6)));
        foreach (var function in (AbiFunction[])[TokenAbi.CancelAuthorization, TokenAbi.CancelAuthorizationBytes])
            table.Add(function, (f, a) => TokenAuthorization.Cancel(f, a, new TokenSignature(a, 2)));
    }

    private static UInt256 TotalSupply(CallFrame frame)
    {
        frame.Charge(3 * GasSchedule.ColdLoad);
        return Supply.Read(frame.Message.World).Total;
    }
}
