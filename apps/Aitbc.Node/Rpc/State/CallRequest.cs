using System.Text.Json;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.State;

/// <summary>The call object of eth_call and its kind.</summary>
/// <param name="From">Who calls; the zero address if absent.</param>
/// <param name="To">Who is called; null would be a creation.</param>
/// <param name="Gas">Gas given; null = as much as a block has.</param>
/// <param name="FeeCap">What the caller would pay per gas at most; zero if it does not say.</param>
/// <param name="Tip">What it would pay to the miner at most.</param>
/// <param name="Value">Coins that move along.</param>
/// <param name="Data">Call data.</param>
/// <param name="AccessList">EIP-2930 list.</param>
internal sealed record CallRequest(
    Address From,
    Address? To,
    UInt256? Gas,
    UInt256 FeeCap,
    UInt256 Tip,
    UInt256 Value,
    ReadOnlyMemory<byte> Data,
    IReadOnlyList<AccessListEntry> AccessList)
{
    /// <summary>Reads a call object; nonce and type are not looked at, as no client means anything by them.</summary>
    public static CallRequest Read(JsonElement call, ulong chainId)
    {
        if (call.ValueKind != JsonValueKind.Object)
            throw RpcError.InvalidParams("invalid argument 0: not a call object");
        if (RpcValue.Field(call, "chainId"u8) is { } chain && RpcValue.Quantity(chain) is var have && have != chainId)
            throw RpcError.Rejected($"invalid chain id for signer: have {have} want {chainId}");
        var (price, cap) = (RpcValue.Field(call, "gasPrice"u8), RpcValue.Field(call, "maxFeePerGas"u8));
        var tip = RpcValue.Field(call, "maxPriorityFeePerGas"u8);
        if (price is not null && (cap is not null || tip is not null))
            throw RpcError.Rejected("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
        return new CallRequest(
            RpcValue.Field(call, "from"u8) is { } from ? RpcValue.Address(from) : default,
            RpcValue.Field(call, "to"u8) is { } to ? RpcValue.Address(to) : null,
            RpcValue.Field(call, "gas"u8) is { } gas ? RpcValue.Quantity(gas) : null,
            Amount(cap ?? price),
            Amount(tip ?? price),
            Amount(RpcValue.Field(call, "value"u8)),
            DataOf(call),
            RpcValue.Field(call, "accessList"u8) is { } list ? RpcValue.AccessList(list) : []);
    }

    private static UInt256 Amount(JsonElement? element) => element is { } given ? RpcValue.Quantity(given) : default;

    private static byte[] DataOf(JsonElement call)
    {
        var input = RpcValue.Field(call, "input"u8) is { } i ? RpcValue.Bytes(i) : null;
        var data = RpcValue.Field(call, "data"u8) is { } d ? RpcValue.Bytes(d) : null;
        if (input is not null && data is not null && !input.AsSpan().SequenceEqual(data))
            throw RpcError.InvalidParams("invalid argument 0: both data and input are given and differ");
        return input ?? data ?? [];
    }
}
