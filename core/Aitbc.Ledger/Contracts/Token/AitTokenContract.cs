using Aitbc.Ledger.Execution;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Token;

/// <summary>The native coin seen as ERC-20 (specs/contracts/token.md): balances are the accounts' own.</summary>
internal sealed class AitTokenContract : ISystemContract
{
    private const ulong AllowanceSlot = 1;

    private static readonly AbiFunction Name = AbiFunction.Parse("name()(string)");
    private static readonly AbiFunction Symbol = AbiFunction.Parse("symbol()(string)");
    private static readonly AbiFunction Decimals = AbiFunction.Parse("decimals()(uint8)");
    private static readonly AbiFunction TotalSupply = AbiFunction.Parse("totalSupply()(uint256)");
    private static readonly AbiFunction BalanceOf = AbiFunction.Parse("balanceOf(address)(uint256)");
    private static readonly AbiFunction Transfer = AbiFunction.Parse("transfer(address,uint256)(bool)");
    private static readonly AbiFunction TransferFrom = AbiFunction.Parse("transferFrom(address,address,uint256)(bool)");
    private static readonly AbiFunction Approve = AbiFunction.Parse("approve(address,uint256)(bool)");
    private static readonly AbiFunction Allowance = AbiFunction.Parse("allowance(address,address)(uint256)");

    private static readonly AbiEvent Transferred =
        AbiEvent.Parse("Transfer(address indexed from,address indexed to,uint256 value)");

    private static readonly AbiEvent Approved =
        AbiEvent.Parse("Approval(address indexed owner,address indexed spender,uint256 value)");

    public Address Address => SystemContracts.AitToken;

    public byte[] Execute(CallFrame frame)
    {
        frame.Charge(GasSchedule.Dispatch + (GasSchedule.Word * GasSchedule.Words(frame.Data.Length)));
        if (!frame.Value.IsZero)
            throw RevertException.Silent();
        var call = new AbiCall(frame.Data);
        if (call.Is(Name) || call.Is(Symbol))
            return Name.EncodeResult("AIT");
        if (call.Is(Decimals))
            return Decimals.EncodeResult((UInt256)(ulong)Amount.Decimals);
        if (call.Is(TotalSupply))
            return TotalSupply.EncodeResult(Supply.Read(frame.Message.World).Total);
        if (call.Is(BalanceOf, out var args))
            return BalanceOf.EncodeResult(frame.BalanceOf((Address)args[0]!));
        if (call.Is(Allowance, out args))
            return Allowance.EncodeResult(frame.Load(Slot((Address)args[0]!, (Address)args[1]!)));
        if (call.Is(Transfer, out args))
            Move(frame, frame.Caller, (Address)args[0]!, (UInt256)args[1]!);
        else if (call.Is(Approve, out args))
            SetAllowance(frame, (Address)args[0]!, (UInt256)args[1]!);
        else if (call.Is(TransferFrom, out args))
            MoveFrom(frame, frame.Caller, (Address)args[0]!, (Address)args[1]!, (UInt256)args[2]!);
        else
            throw RevertException.Silent();
        return Transfer.EncodeResult(true);
    }

    /// <summary>Moves coins with the event Transfer; also for other system contracts that pay as ERC-20.</summary>
    internal static void Move(CallFrame frame, Address from, Address to, UInt256 amount)
    {
        if (to.IsZero)
            throw RevertException.Text("ERC20: transfer to the zero address");
        if (!frame.TryMove(from, to, amount))
            throw RevertException.Text("ERC20: transfer amount exceeds balance");
        frame.Emit(SystemContracts.AitToken, Transferred.Encode(from, to, amount));
    }

    /// <summary>Moves coins out of an allowance. The largest allowance is not used up.</summary>
    internal static void MoveFrom(CallFrame frame, Address spender, Address from, Address to, UInt256 amount)
    {
        var slot = Slot(from, spender);
        var allowed = frame.LoadOf(SystemContracts.AitToken, slot);
        if (allowed != UInt256.MaxValue)
        {
            if (!UInt256.TrySubtract(allowed, amount, out var rest))
                throw RevertException.Text("ERC20: transfer amount exceeds allowance");
            frame.StoreOf(SystemContracts.AitToken, slot, rest);
        }

        Move(frame, from, to, amount);
    }

    private static void SetAllowance(CallFrame frame, Address spender, UInt256 amount)
    {
        if (spender.IsZero)
            throw RevertException.Text("ERC20: approve to the zero address");
        frame.Store(Slot(frame.Caller, spender), amount);
        frame.Emit(SystemContracts.AitToken, Approved.Encode(frame.Caller, spender, amount));
    }

    private static Hash256 Slot(Address owner, Address spender) =>
        SolidityLayout.Mapping(spender, SolidityLayout.Mapping(owner, Hash256.FromUInt256(AllowanceSlot)));
}
