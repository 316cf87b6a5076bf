using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Token;

/// <summary>
/// The native coin as a token (specs/contracts/token.md): balances are the accounts' own, the rest is here.
/// </summary>
internal sealed class AitTokenContract : ISystemContract
{
    public const string TokenName = "AIT";
    public const string TokenVersion = "1";

    public static readonly ContractDomain Domain = new(TokenName, TokenVersion);

    public static readonly FunctionTable Table = TokenFunctions.Create();

    public Address Address => SystemContracts.AitToken;

    public byte[] Execute(CallFrame frame) => Table.Execute(frame);

    /// <summary>Moves coins with the event Transfer; also for other system contracts that pay as ERC-20.</summary>
    internal static void Move(CallFrame frame, Address from, Address to, UInt256 amount)
    {
        if (from.IsZero)
            throw RevertException.Text("ERC20: transfer from the zero address");
        if (to.IsZero)
            throw RevertException.Text("ERC20: transfer to the zero address");
        if (!frame.TryMove(from, to, amount))
            throw RevertException.Text("ERC20: transfer amount exceeds balance");
        frame.Emit(SystemContracts.AitToken, TokenAbi.Transferred.Encode(from, to, amount));
    }

    /// <summary>Moves coins out of an allowance. The largest allowance is not used up.</summary>
    internal static void MoveFrom(CallFrame frame, Address spender, Address from, Address to, UInt256 amount)
    {
        var slot = TokenStorage.Allowance(from, spender);
        var allowed = frame.LoadOf(SystemContracts.AitToken, slot);
        if (allowed != UInt256.MaxValue)
        {
            if (!UInt256.TrySubtract(allowed, amount, out var rest))
                throw RevertException.Text("ERC20: transfer amount exceeds allowance");
            frame.StoreOf(SystemContracts.AitToken, slot, rest);
        }

        Move(frame, from, to, amount);
    }

    /// <summary>Sets what a spender may move, with the event Approval.</summary>
    internal static void Allow(CallFrame frame, Address owner, Address spender, UInt256 amount)
    {
        if (owner.IsZero)
            throw RevertException.Text("ERC20: approve from the zero address");
        if (spender.IsZero)
            throw RevertException.Text("ERC20: approve to the zero address");
        frame.Store(TokenStorage.Allowance(owner, spender), amount);
        frame.Emit(TokenAbi.Approved.Encode(owner, spender, amount));
    }
}
