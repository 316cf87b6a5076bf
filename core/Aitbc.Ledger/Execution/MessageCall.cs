using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Execution;

/// <summary>Moves the value and runs the system contract, if there is one. A failure undoes both.</summary>
internal static class MessageCall
{
    public static CallResult Run(
        WorldState world, Address from, Address to, UInt256 value, ReadOnlyMemory<byte> data, ulong gas,
        BlockContext block)
    {
        var snapshot = world.Snapshot();
        var frame = new CallFrame
        {
            World = world,
            Contract = to,
            Caller = from,
            Value = value,
            Data = data,
            Timestamp = block.Timestamp,
            GasLeft = gas,
        };
        try
        {
            if (!value.IsZero && !world.TryTransfer(from, to, value))
                throw RevertException.Text("transfer amount exceeds balance");
            var result = SystemContracts.At(to, block.Number)?.Execute(frame) ?? [];
            return new CallResult(true, result, gas - frame.GasLeft, false, frame.Logs);
        }
        catch (RevertException revert)
        {
            world.Revert(snapshot);
            return new CallResult(false, revert.Reason, gas - frame.GasLeft, false, []);
        }
        catch (OutOfGasException)
        {
            world.Revert(snapshot);
            return new CallResult(false, default, gas, true, []);
        }
    }
}
