using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Multicall;

/// <summary>The functions of Multicall3 (mds1/multicall3, src/Multicall3.sol).</summary>
internal static class MulticallAbi
{
    public static readonly AbiFunction Aggregate =
        AbiFunction.Parse("aggregate((address,bytes)[])(uint256,bytes[])");

    public static readonly AbiFunction TryAggregate =
        AbiFunction.Parse("tryAggregate(bool,(address,bytes)[])((bool,bytes)[])");

    public static readonly AbiFunction TryBlockAndAggregate =
        AbiFunction.Parse("tryBlockAndAggregate(bool,(address,bytes)[])(uint256,bytes32,(bool,bytes)[])");

    public static readonly AbiFunction BlockAndAggregate =
        AbiFunction.Parse("blockAndAggregate((address,bytes)[])(uint256,bytes32,(bool,bytes)[])");

    public static readonly AbiFunction Aggregate3 =
        AbiFunction.Parse("aggregate3((address,bool,bytes)[])((bool,bytes)[])");

    public static readonly AbiFunction Aggregate3Value =
        AbiFunction.Parse("aggregate3Value((address,bool,uint256,bytes)[])((bool,bytes)[])");

    public static readonly AbiFunction GetBlockHash = AbiFunction.Parse("getBlockHash(uint256)(bytes32)");
    public static readonly AbiFunction GetLastBlockHash = AbiFunction.Parse("getLastBlockHash()(bytes32)");
    public static readonly AbiFunction GetBlockNumber = AbiFunction.Parse("getBlockNumber()(uint256)");
    public static readonly AbiFunction GetBasefee = AbiFunction.Parse("getBasefee()(uint256)");
    public static readonly AbiFunction GetChainId = AbiFunction.Parse("getChainId()(uint256)");
    public static readonly AbiFunction GetCoinbase = AbiFunction.Parse("getCurrentBlockCoinbase()(address)");
    public static readonly AbiFunction GetDifficulty = AbiFunction.Parse("getCurrentBlockDifficulty()(uint256)");
    public static readonly AbiFunction GetGasLimit = AbiFunction.Parse("getCurrentBlockGasLimit()(uint256)");
    public static readonly AbiFunction GetTimestamp = AbiFunction.Parse("getCurrentBlockTimestamp()(uint256)");
    public static readonly AbiFunction GetEthBalance = AbiFunction.Parse("getEthBalance(address)(uint256)");
}
