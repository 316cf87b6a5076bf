using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Bonds;

/// <summary>Functions, events and errors of the provider bonds (specs/contracts/bonds.md).</summary>
internal static class BondsAbi
{
    public const string ReceiptTuple =
        "(bytes32,uint256,address,address,address,string,string,bytes32,bytes32,bytes32,uint256,string,uint256,uint64,"
        + "uint64)";

    public static readonly AbiFunction Bond = AbiFunction.Parse("bond()");
    public static readonly AbiFunction TopUp = AbiFunction.Parse("topUp(address)");
    public static readonly AbiFunction RequestUnbonding = AbiFunction.Parse("requestUnbonding(uint256)(uint256)");
    public static readonly AbiFunction Withdraw = AbiFunction.Parse("withdraw()(uint256)");

    public static readonly AbiFunction ReportReceipts =
        AbiFunction.Parse($"reportReceipts({ReceiptTuple},bytes,{ReceiptTuple},bytes)(uint256)");

    public static readonly AbiFunction ReportRoot =
        AbiFunction.Parse($"reportRoot({ReceiptTuple},bytes,uint64,bytes32,uint256,bytes32[])(uint256)");

    public static readonly AbiFunction SlashFor =
        AbiFunction.Parse("slashFor(address,address,uint256,bytes32)(uint256)");

    public static readonly AbiFunction BondOf = AbiFunction.Parse("bondOf(address)(uint256)");
    public static readonly AbiFunction UnbondingOf = AbiFunction.Parse("unbondingOf(address)(uint256)");
    public static readonly AbiFunction Available = AbiFunction.Parse("available(address)(uint256)");
    public static readonly AbiFunction Unbondings = AbiFunction.Parse("unbondings(address)((uint256,uint256)[])");
    public static readonly AbiFunction SlashedOf = AbiFunction.Parse("slashedOf(address)(uint256)");
    public static readonly AbiFunction IsPunished = AbiFunction.Parse("isPunished(address,bytes32)(bool)");
    public static readonly AbiFunction Held = AbiFunction.Parse("totalHeld()(uint256)");
    public static readonly AbiFunction UnbondingTime = AbiFunction.Parse("UNBONDING_TIME()(uint256)");
    public static readonly AbiFunction MaxUnbondings = AbiFunction.Parse("MAX_UNBONDINGS()(uint256)");

    public static readonly AbiEvent Bonded = AbiEvent.Parse("Bonded(address indexed,address indexed,uint256)");

    public static readonly AbiEvent UnbondingRequested =
        AbiEvent.Parse("UnbondingRequested(address indexed,uint256,uint256)");

    public static readonly AbiEvent Withdrawn = AbiEvent.Parse("Withdrawn(address indexed,uint256)");

    public static readonly AbiEvent Slashed =
        AbiEvent.Parse("Slashed(address indexed,bytes32 indexed,uint256,address,uint256,address,uint256,uint256)");

    /// <summary>Errors without arguments, by name.</summary>
    public static readonly IReadOnlyList<string> Errors =
    [
        "ZeroAmount", "ZeroAddress", "BondTooSmall", "TooManyUnbondings", "NothingToWithdraw", "Unauthorized",
        "OtherChain", "NotSameJob", "SameReceipt", "BadSignature", "NotInRoot", "AlreadyPunished", "NothingBonded",
    ];

    public static RevertException Error(string name) => RevertException.Custom(AbiFunction.Parse(name + "()"));
}
