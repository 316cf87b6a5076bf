using System.Buffers.Binary;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts;

/// <summary>What a function does: its results in the order of its signature.</summary>
internal delegate object?[] ContractFunction(CallFrame frame, CallArguments arguments);

/// <summary>
/// The functions of a contract by selector. Unknown selectors, arguments that do not decode and coins for a function
/// that takes none revert without a reason, as Solidity does.
/// </summary>
internal sealed class FunctionTable
{
    private readonly Dictionary<uint, Entry> bySelector = [];
    private readonly List<AbiFunction> functions = [];

    /// <summary>All of them, in the order they were added.</summary>
    public IReadOnlyList<AbiFunction> Functions => functions;

    public FunctionTable Add(AbiFunction function, ContractFunction body) => Add(function, body, isPayable: false);

    public FunctionTable AddPayable(AbiFunction function, ContractFunction body) =>
        Add(function, body, isPayable: true);

    /// <summary>A function without results.</summary>
    public FunctionTable Add(AbiFunction function, Action<CallFrame, CallArguments> body) => Add(
        function,
        (frame, arguments) =>
        {
            body(frame, arguments);
            return [];
        });

    public byte[] Execute(CallFrame frame)
    {
        var data = frame.Data.Span;
        frame.Charge(GasSchedule.Dispatch + (GasSchedule.Word * GasSchedule.Words(data.Length)));
        if (data.Length < 4 || !bySelector.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(data), out var entry)
            || (!entry.IsPayable && !frame.Value.IsZero))
            throw RevertException.Silent();
        var results = entry.Body(frame, Decode(entry.Function, data));
        var answer = entry.Function.EncodeResult(results);
        frame.Charge(GasSchedule.Word * GasSchedule.Words(answer.Length));
        return answer;
    }

    private static CallArguments Decode(AbiFunction function, ReadOnlySpan<byte> data)
    {
        try
        {
            return new CallArguments(function.DecodeCall(data));
        }
        catch (AbiException)
        {
            throw RevertException.Silent();
        }
    }

    private FunctionTable Add(AbiFunction function, ContractFunction body, bool isPayable)
    {
        bySelector.Add(BinaryPrimitives.ReadUInt32BigEndian(function.Selector), new Entry(function, body, isPayable));
        functions.Add(function);
        return this;
    }

    private sealed record Entry(AbiFunction Function, ContractFunction Body, bool IsPayable);
}
