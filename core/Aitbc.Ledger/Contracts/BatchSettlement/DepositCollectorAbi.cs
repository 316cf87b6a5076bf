using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>Functions and errors of the collector that pulls deposits by ERC-3009.</summary>
internal static class DepositCollectorAbi
{
    public static readonly AbiFunction Collect = AbiFunction.Parse("collect(address,address,uint256,bytes32,bytes)");
    public static readonly AbiFunction Settlement = AbiFunction.Parse("x402BatchSettlement()(address)");
    public static readonly AbiFunction OnlySettlement = AbiFunction.Parse("OnlyX402BatchSettlement()");

    /// <summary>validAfter, validBefore, salt and signature.</summary>
    public static readonly AbiType Data = AbiType.Parse("(uint256,uint256,uint256,bytes)");
}
