using System.Text.Json;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.State;

/// <summary>eth_call, eth_estimateGas and eth_createAccessList: a call that is run and forgotten.</summary>
internal sealed class CallMethods(Chain chain, StateSource states, NodeOptions options)
{
    private static readonly AbiFunction ErrorText = AbiFunction.Parse("Error(string)(string)");

    public void Call(in RpcCall call, Utf8JsonWriter json)
    {
        var (result, gas) = Run(call);
        json.Data(Checked(result, gas, "out of gas").ReturnData.Span);
    }

    // Gas of native contracts does not depend on the gas given, so what was used is what is needed.
    public void Estimate(in RpcCall call, Utf8JsonWriter json)
    {
        var (result, gas) = Run(call);
        json.Quantity(Checked(result, gas, $"gas required exceeds allowance ({gas})").GasUsed);
    }

    /// <summary>No access gets cheaper by being announced, so the best list is empty.</summary>
    public void CreateAccessList(in RpcCall call, Utf8JsonWriter json)
    {
        var (result, gas) = Run(call);
        json.WriteStartObject();
        json.WriteStartArray("accessList"u8);
        json.WriteEndArray();
        if (!result.Succeeded)
            json.WriteString("error"u8, Failure(result, gas, "out of gas").Message);
        json.Quantity("gasUsed"u8, result.GasUsed);
        json.WriteEndObject();
    }

    private (CallResult Result, ulong Gas) Run(in RpcCall call)
    {
        var request = CallRequest.Read(call.Required(0), chain.Genesis.ChainId);
        if (call[3] is { } block && (block.ValueKind != JsonValueKind.Object || block.EnumerateObject().Any()))
            throw RpcError.InvalidParams("block overrides are not supported");
        var overrides = call[2] is { } state ? StateOverrides.Read(state, options) : null;
        call.Deadline.Check();
        return states.Read(call[1], (view, context) => Run(request, overrides?.Over(view) ?? view, context));
    }

    private static (CallResult Result, ulong Gas) Run(CallRequest request, IStateStore state, BlockContext context)
    {
        if (request.To is null)
            throw RpcError.Rejected(TransactionVerdict.CreationNotSupported.Describe());
        var gas = Allowance(request, state, context);
        var intrinsic = IntrinsicGas.Of(request.Data.Span, request.AccessList);
        if (gas < intrinsic)
            throw RpcError.Rejected(TransactionVerdict.IntrinsicGasTooLow.Describe(gas, intrinsic));
        var result = BlockExecutor.Call(
            state, request.From, request.To, request.Value, request.Data, gas, context, request.AccessList);
        return (result, gas);
    }

    // As much gas as was asked for, as a block has, and as the caller could pay if it says a price.
    private static ulong Allowance(CallRequest request, IStateStore state, BlockContext context)
    {
        var balance = state.GetAccount(request.From)?.Balance ?? default;
        if (!UInt256.TrySubtract(balance, request.Value, out var rest))
            throw RpcError.Rejected(TransactionVerdict.InsufficientFunds.Describe(balance, request.Value));
        var gas = UInt256.Min(request.Gas ?? context.GasLimit, context.GasLimit);
        if (request.FeeCap.IsZero)
            return (ulong)gas;
        if (request.Tip > request.FeeCap)
            throw RpcError.Rejected(TransactionVerdict.TipAboveFeeCap.Describe());
        if (request.FeeCap < context.BaseFee)
            throw RpcError.Rejected(TransactionVerdict.FeeCapBelowBaseFee.Describe(request.FeeCap, context.BaseFee));
        var payable = rest / request.FeeCap;
        if (request.Gas is not null && payable < gas)
        {
            throw RpcError.Rejected(
                TransactionVerdict.InsufficientFunds.Describe(balance, (gas * request.FeeCap) + request.Value));
        }

        return (ulong)UInt256.Min(gas, payable);
    }

    private static CallResult Checked(CallResult result, ulong gas, string outOfGas) =>
        result.Succeeded ? result : throw Failure(result, gas, outOfGas);

    private static RpcError Failure(CallResult result, ulong gas, string outOfGas)
    {
        if (result.RanOutOfGas)
            return RpcError.Rejected(outOfGas);
        var data = result.ReturnData.Span;
        var text = "execution reverted";
        if (data.Length > ErrorText.Selector.Length && data[..4].SequenceEqual(ErrorText.Selector))
            text += ": " + (string)AbiCodec.Decode(ErrorText.Arguments, data[4..])[0]!;
        return RpcError.Reverted(text, Hex.ToHex(data));
    }
}
