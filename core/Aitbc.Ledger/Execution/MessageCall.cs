using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Execution;

/// <summary>Moves the value and runs the system contract, if there is one. A failure undoes both.</summary>
internal static class MessageCall
{
    /// <summary>The call of a transaction.</summary>
    public static CallResult Run(
        WorldState world, Address from, Address to, UInt256 value, ReadOnlyMemory<byte> data, ulong gas,
        BlockContext block)
    {
        if (SystemContracts.At(to, block.Number) is not { } contract)
            return Plain(world, from, to, value);
        var message = new MessageContext(world, block);
        var result = Execute(contract, message, from, value, data, gas, depth: 0);
        return result with { Logs = message.Logs };
    }

    /// <summary>A call that a contract makes; its events join those of the transaction.</summary>
    public static CallResult Nested(CallFrame caller, Address to, UInt256 value, ReadOnlyMemory<byte> data)
    {
        var message = caller.Message;
        if (caller.Depth + 1 >= MessageContext.MaxDepth)
            return new CallResult(false, default, 0, false, []);
        return SystemContracts.At(to, message.Block.Number) is { } contract
            ? Execute(contract, message, caller.Contract, value, data, caller.GasLeft, caller.Depth + 1)
            : Plain(message.World, caller.Contract, to, value);
    }

    private static CallResult Execute(
        ISystemContract contract, MessageContext message, Address from, UInt256 value, ReadOnlyMemory<byte> data,
        ulong gas, int depth)
    {
        var (snapshot, logs) = (message.World.Snapshot(), message.Logs.Count);
        var frame = new CallFrame(message)
        {
            Contract = contract.Address,
            Caller = from,
            Value = value,
            Data = data,
            GasLeft = gas,
            Depth = depth,
        };
        try
        {
            if (!value.IsZero && !message.World.TryTransfer(from, contract.Address, value))
                throw RevertException.Text("transfer amount exceeds balance");
            var result = contract.Execute(frame);
            return new CallResult(true, result, gas - frame.GasLeft, false, []);
        }
        catch (RevertException revert)
        {
            Undo();
            return new CallResult(false, revert.Reason, gas - frame.GasLeft, false, []);
        }
        catch (OutOfGasException)
        {
            Undo();
            return new CallResult(false, default, gas, true, []);
        }

        void Undo()
        {
            message.World.Revert(snapshot);
            message.Logs.RemoveRange(logs, message.Logs.Count - logs);
        }
    }

    // An account without code: the value moves and nothing runs.
    private static CallResult Plain(WorldState world, Address from, Address to, UInt256 value) =>
        value.IsZero || world.TryTransfer(from, to, value)
            ? new CallResult(true, default, 0, false, [])
            : new CallResult(false, RevertException.Text("transfer amount exceeds balance").Reason, 0, false, []);
}
