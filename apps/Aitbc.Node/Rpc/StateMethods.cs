using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Node.Engine;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Node.Rpc;

/// <summary>Balances, nonces, storage, calls and fees, of the latest block.</summary>
internal sealed class StateMethods(Chain chain)
{
    private static readonly AbiFunction ErrorText = AbiFunction.Parse("Error(string)(string)");

    public JsonNode? Balance(RpcParams p)
    {
        RequireLatest(p[1]);
        return (chain.Store.GetAccount(p.Address(0)) ?? AccountState.Empty).Balance.ToQuantity();
    }

    public JsonNode? Nonce(RpcParams p)
    {
        var account = p.Address(0);
        if (p[1] is { } tag && RpcParams.Text(tag)?.ToLowerInvariant() == "pending")
            return RpcParams.Quantity(chain.Pool.PendingNonce(account));
        RequireLatest(p[1]);
        return RpcParams.Quantity(chain.Store.GetAccount(account)?.Nonce ?? 0);
    }

    public static JsonNode? Code(RpcParams p) => Hex.ToHex(SystemContracts.CodeOf(p.Address(0)).Span);

    public JsonNode? Storage(RpcParams p)
    {
        RequireLatest(p[2]);
        var slot = Hash256.FromUInt256(RpcParams.Quantity(p.Required(1)));
        return Hash256.FromUInt256(chain.Store.GetStorage(new StorageKey(p.Address(0), slot))).ToHex();
    }

    public JsonNode? Call(RpcParams p) => Hex.ToHex(Run(p).ReturnData.Span);

    // Gas of native contracts does not depend on the gas given, so what was used is what is needed.
    public JsonNode? Estimate(RpcParams p) => RpcParams.Quantity(Run(p).GasUsed);

    public JsonNode? GasPrice(RpcParams p) => (chain.NextBaseFee + 1_000_000UL).ToQuantity();

    public static JsonNode? Tip(RpcParams p) => ((UInt256)1_000_000UL).ToQuantity();

    public JsonNode? FeeHistory(RpcParams p)
    {
        var head = chain.Head.Header.Number;
        var count = Math.Min((ulong)UInt256.Min(Count(p.Required(0)), 1024UL), head + 1);
        var newest = BlockTag.Height(chain, p[1]);
        if (newest > head)
            throw RpcError.Rejected("request beyond head block");
        var oldest = newest + 1 < count ? 0 : newest + 1 - count;
        var percentiles = p[2] is { ValueKind: JsonValueKind.Array } list ? list.GetArrayLength() : 0;
        if (percentiles > 100)
            throw RpcError.InvalidParams("at most 100 reward percentiles");
        var (fees, ratios, rewards) = (new JsonArray(), new JsonArray(), new JsonArray());
        for (var h = oldest; h <= newest && count > 0; h++)
        {
            var block = chain.Store.Block(h)!;
            fees.Add(block.Header.BaseFeePerGas.ToQuantity());
            ratios.Add((double)block.Header.GasUsed / block.Header.GasLimit);
            rewards.Add(new JsonArray([.. Enumerable.Repeat(0, percentiles).Select(_ => (JsonNode)Reward(block)!)]));
            if (h == newest)
                fees.Add(BaseFee.After(block.Header).ToQuantity());
        }

        var answer = new JsonObject
        {
            ["oldestBlock"] = RpcParams.Quantity(oldest),
            ["baseFeePerGas"] = fees,
            ["gasUsedRatio"] = ratios,
        };
        if (percentiles > 0)
            answer["reward"] = rewards;
        return answer;
    }

    private static string Reward(Ledger.Blocks.Block block) => block.Transactions.Count == 0
        ? "0x0"
        : block.Transactions.Select(t => t.EffectiveTip(block.Header.BaseFeePerGas)).Min().ToQuantity();

    private static UInt256 Count(JsonElement element) => element.ValueKind == JsonValueKind.Number
        ? element.TryGetUInt64(out var count) ? count : throw RpcError.InvalidParams("invalid argument: not a count")
        : RpcParams.Quantity(element);

    private CallResult Run(RpcParams p)
    {
        RequireLatest(p[1]);
        var call = p.Required(0);
        if (call.ValueKind != JsonValueKind.Object)
            throw RpcError.InvalidParams("invalid argument 0: not a call object");
        JsonElement? Field(string name) =>
            call.TryGetProperty(name, out var v) && v.ValueKind != JsonValueKind.Null ? v : null;
        if (Field("input") is { } both && Field("data") is { } other
            && !RpcParams.Bytes(both).AsSpan().SequenceEqual(RpcParams.Bytes(other)))
            throw RpcError.InvalidParams("invalid argument 0: both data and input are given and differ");
        var data = Field("input") ?? Field("data");
        var gas = Field("gas") is { } g ? RpcParams.Quantity(g) : chain.Head.Header.GasLimit;
        var result = chain.Read((view, context) => BlockExecutor.Call(
            view,
            Field("from") is { } from ? RpcParams.Address(from) : default,
            Field("to") is { } to ? RpcParams.Address(to) : null,
            Field("value") is { } value ? RpcParams.Quantity(value) : default,
            data is { } bytes ? RpcParams.Bytes(bytes) : default,
            (ulong)UInt256.Min(gas, context.GasLimit),
            context,
            Field("accessList") is { } list ? RpcParams.AccessList(list) : []));
        if (result.Succeeded)
            return result;
        throw result.RanOutOfGas ? RpcError.Rejected("intrinsic gas too low or out of gas") : Revert(result);
    }

    private static RpcError Revert(CallResult result)
    {
        var data = result.ReturnData.Span;
        var text = "execution reverted";
        if (data.Length > 4 && data[..4].SequenceEqual(ErrorText.Selector))
            text += ": " + (string)AbiCodec.Decode(ErrorText.Arguments, data[4..])[0]!;
        return RpcError.Reverted(text, Hex.ToHex(data));
    }

    private void RequireLatest(JsonElement? tag)
    {
        var head = chain.Head.Header.Number;
        var height = BlockTag.Height(chain, tag);
        if (height > head)
            throw RpcError.Rejected("header not found");
        if (height < head)
            throw new RpcError(4444, "pruned history unavailable: this node keeps the latest state only");
    }
}
