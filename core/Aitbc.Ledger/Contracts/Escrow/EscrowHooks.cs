using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>
/// Calls of a job's hook around an action, as IERC8183Hook has them. Only native hooks are known, so none can come
/// back in or hold anything up that it should not. What the hook itself does is not told to it.
/// </summary>
internal sealed class EscrowHooks(CallFrame frame, EscrowJobSlots job)
{
    public static readonly AbiFunction Before = AbiFunction.Parse("beforeAction(uint256,bytes4,bytes)");
    public static readonly AbiFunction After = AbiFunction.Parse("afterAction(uint256,bytes4,bytes)");

    public static bool IsWhitelisted(Address hook) => hook.IsZero || hook == SystemContracts.ReexecutionHook;

    /// <summary>An action between the two calls. The data begin with the caller.</summary>
    public void Around(AbiFunction action, AbiType types, object?[] values, Action body)
    {
        var data = Data(types, values);
        Tell(Before, action, data);
        body();
        Tell(After, action, data);
    }

    /// <summary>An action that the hook hears of when it is done.</summary>
    public void Behind(AbiFunction action, AbiType types, params object?[] values) =>
        Tell(After, action, Data(types, values));

    private byte[] Data(AbiType types, object?[] values) =>
        IsTold ? AbiCodec.Encode(types, [frame.Caller, .. values]) : [];

    private bool IsTold => !job.Hook.IsZero && job.Hook != frame.Caller;

    private void Tell(AbiFunction when, AbiFunction action, byte[] data)
    {
        if (!IsTold)
            return;
        var answer = frame.Call(job.Hook, default, when.EncodeCall(job.Id, action.Selector.ToArray(), data));
        if (answer.RanOutOfGas)
            throw new OutOfGasException();
        if (!answer.Succeeded)
            throw new RevertException(answer.ReturnData.ToArray());
    }
}
