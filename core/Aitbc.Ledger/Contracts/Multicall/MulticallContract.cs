using Aitbc.Ledger.Contracts.History;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Multicall;

/// <summary>
/// Multicall3 (specs/contracts/multicall3.md): many calls in one, each in this contract's name. It keeps nothing.
/// </summary>
internal sealed class MulticallContract : ISystemContract
{
    public static readonly FunctionTable Table = CreateTable();

    public Address Address => SystemContracts.Multicall3;

    public byte[] Execute(CallFrame frame) => Table.Execute(frame);

    private static FunctionTable CreateTable()
    {
        var table = new FunctionTable()
            .AddPayable(MulticallAbi.Aggregate, Aggregate)
            .AddPayable(MulticallAbi.TryAggregate, (f, a) => [CallAll(f, a.Items(1), a.Flag(0))])
            .AddPayable(MulticallAbi.TryBlockAndAggregate, (f, a) => WithBlock(f, CallAll(f, a.Items(1), a.Flag(0))))
            .AddPayable(
                MulticallAbi.BlockAndAggregate, (f, a) => WithBlock(f, CallAll(f, a.Items(0), isRequired: true)))
            .AddPayable(MulticallAbi.Aggregate3, Aggregate3)
            .AddPayable(MulticallAbi.Aggregate3Value, Aggregate3Value);
        return table
            .Add(MulticallAbi.GetBlockHash, (f, a) =>
                [BlockHashHistory.Find(f, a.Number(0), BlockHashHistory.InstructionWindow)])
            .Add(MulticallAbi.GetLastBlockHash, (f, _) =>
                [BlockHashHistory.Find(f, f.Block.Number - 1, BlockHashHistory.InstructionWindow)])
            .Add(MulticallAbi.GetBlockNumber, (f, _) => [(UInt256)f.Block.Number])
            .Add(MulticallAbi.GetBasefee, (f, _) => [f.Block.BaseFee])
            .Add(MulticallAbi.GetChainId, (f, _) => [(UInt256)f.ChainId])
            .Add(MulticallAbi.GetCoinbase, (f, _) => [f.Block.Miner])
            .Add(MulticallAbi.GetDifficulty, (_, _) => [UInt256.Zero])
            .Add(MulticallAbi.GetGasLimit, (f, _) => [(UInt256)f.Block.GasLimit])
            .Add(MulticallAbi.GetTimestamp, (f, _) => [(UInt256)f.Timestamp])
            .Add(MulticallAbi.GetEthBalance, (f, a) => [f.BalanceOf(a.Address(0))]);
    }

    private static object?[] Aggregate(CallFrame frame, CallArguments arguments)
    {
        var results = CallAll(frame, arguments.Items(0), isRequired: true);
        return [(UInt256)frame.Block.Number, results.Select(r => ((object?[])r!)[1]).ToArray()];
    }

    private static object?[] CallAll(CallFrame frame, CallArguments calls, bool isRequired)
    {
        var results = new object?[calls.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var call = calls.Tuple(i);
            results[i] = Call(frame, call.Address(0), default, call.Bytes(1), isRequired);
        }

        return results;
    }

    private static object?[] Aggregate3(CallFrame frame, CallArguments arguments)
    {
        var calls = arguments.Items(0);
        var results = new object?[calls.Count];
        for (var i = 0; i < results.Length; i++)
        {
            var call = calls.Tuple(i);
            results[i] = Call(frame, call.Address(0), default, call.Bytes(2), isRequired: !call.Flag(1));
        }

        return [results];
    }

    private static object?[] Aggregate3Value(CallFrame frame, CallArguments arguments)
    {
        var calls = arguments.Items(0);
        var results = new object?[calls.Count];
        UInt256 sum = default;
        for (var i = 0; i < results.Length; i++)
        {
            var call = calls.Tuple(i);
            // The sum wraps, as it does in the original: it is compared and nothing is paid by it.
            UInt256.TryAdd(sum, call.Number(2), out sum);
            results[i] = Call(frame, call.Address(0), call.Number(2), call.Bytes(3), isRequired: !call.Flag(1));
        }

        return sum == frame.Value ? [results] : throw RevertException.Text("Multicall3: value mismatch");
    }

    private static object?[] Call(CallFrame frame, Address target, UInt256 value, byte[] data, bool isRequired)
    {
        var result = frame.Call(target, value, data);
        if (result.RanOutOfGas)
            throw new OutOfGasException();
        return result.Succeeded || !isRequired
            ? [result.Succeeded, result.ReturnData]
            : throw RevertException.Text("Multicall3: call failed");
    }

    // BLOCKHASH of the block that runs is zero in the EVM, and so it is here.
    private static object?[] WithBlock(CallFrame frame, object?[] results) =>
        [(UInt256)frame.Block.Number, Hash256.Zero, results];
}
