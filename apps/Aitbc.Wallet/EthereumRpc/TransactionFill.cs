using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;

namespace Aitbc.Wallet.EthereumRpc;

/// <summary>
/// Reads the transaction object of the execution API and fills in what it leaves out, as nodes with accounts do: chain,
/// nonce, gas and fees.
/// </summary>
internal sealed class TransactionFill(ChainClient chain)
{
    private static readonly string[] Known =
    [
        "from", "to", "gas", "gasPrice", "maxFeePerGas", "maxPriorityFeePerGas", "value", "nonce", "data", "input",
        "chainId", "type", "accessList",
    ];

    /// <exception cref="RpcFailure">Malformed, contradictory, or for another chain.</exception>
    public async Task<(Address From, Transaction Transaction)> ReadAsync(JsonElement given, CancellationToken cancel)
    {
        if (given.ValueKind != JsonValueKind.Object)
            throw RpcFailure.InvalidParams("invalid argument 0: not a transaction object");
        Check(given);
        var from = AddressOf(given, "from") ?? throw RpcFailure.InvalidParams("invalid argument 0: no 'from'");
        var chainId = await chain.ChainIdAsync(cancel).ConfigureAwait(false);
        if (NumberOf(given, "chainId") is { } named && named != (UInt256)chainId)
            throw RpcFailure.InvalidParams($"chainId does not match the chain: have {named}, want {chainId}");
        var to = AddressOf(given, "to")
            ?? throw RpcFailure.InvalidParams("contract creation is not supported on this chain");
        var price = NumberOf(given, "gasPrice");
        var (type, cap, tip) = await FeesAsync(given, price, cancel).ConfigureAwait(false);
        var call = new CallRequest(to, DataOf(given), NumberOf(given, "value") ?? default, from);
        return (from, new Transaction
        {
            Type = type,
            ChainId = chainId,
            Nonce = Small(NumberOf(given, "nonce"), "nonce")
                ?? await chain.NonceAsync(from, cancel).ConfigureAwait(false),
            MaxFeePerGas = cap,
            MaxPriorityFeePerGas = tip,
            GasLimit = Small(NumberOf(given, "gas"), "gas")
                ?? await chain.EstimateGasAsync(call, cancel).ConfigureAwait(false),
            To = to,
            Value = call.Value,
            Data = call.Data,
            AccessList = AccessListOf(given),
        });
    }

    private async Task<(TransactionType Type, UInt256 Cap, UInt256 Tip)> FeesAsync(
        JsonElement given, UInt256? price, CancellationToken cancel)
    {
        var (cap, tip) = (NumberOf(given, "maxFeePerGas"), NumberOf(given, "maxPriorityFeePerGas"));
        var type = NumberOf(given, "type");
        if (price is { } fixedPrice)
        {
            if (cap is not null || tip is not null || type == (UInt256)2)
                throw RpcFailure.InvalidParams("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
            var hasList = RpcMember.Find(given, "accessList").ValueKind == JsonValueKind.Array;
            return (hasList ? TransactionType.AccessList : TransactionType.Legacy, fixedPrice, fixedPrice);
        }

        if (type is { } named && named != (UInt256)2)
            throw RpcFailure.InvalidParams("a transaction of type 0 or 1 names its gasPrice; others are not signed");
        var fees = await chain.FeesAsync(cancel).ConfigureAwait(false);
        var most = cap ?? fees.BaseFeePerGas + fees.BaseFeePerGas + (tip ?? fees.MaxPriorityFeePerGas);
        var paid = tip ?? (fees.MaxPriorityFeePerGas < most ? fees.MaxPriorityFeePerGas : most);
        return paid <= most
            ? (TransactionType.DynamicFee, most, paid)
            : throw RpcFailure.InvalidParams("max priority fee per gas higher than max fee per gas");
    }

    // What is not known might change what is signed: refused, not ignored.
    private static void Check(JsonElement given)
    {
        foreach (var member in given.EnumerateObject())
        {
            if (!Known.Any(name => member.NameEquals(name)))
                throw RpcFailure.InvalidParams("invalid argument 0: a member of the transaction is not supported");
        }
    }

    private static byte[] DataOf(JsonElement given)
    {
        var (input, data) = (BytesOf(given, "input"), BytesOf(given, "data"));
        if (input is not null && data is not null && !input.AsSpan().SequenceEqual(data))
            throw RpcFailure.InvalidParams("both \"data\" and \"input\" are set and not equal");
        return input ?? data ?? [];
    }

    private static AccessListEntry[] AccessListOf(JsonElement given)
    {
        var list = RpcMember.Find(given, "accessList");
        if (list.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return [];
        if (list.ValueKind != JsonValueKind.Array)
            throw Wrong("accessList");
        return [.. list.EnumerateArray().Select(entry =>
        {
            var keys = RpcMember.Find(entry, "storageKeys");
            if (keys.ValueKind != JsonValueKind.Array)
                throw Wrong("accessList");
            return new AccessListEntry(
                AddressOf(entry, "address") ?? throw Wrong("accessList"),
                [.. keys.EnumerateArray().Select(key =>
                    key.ValueKind == JsonValueKind.String && Hash256.TryParse(RpcMember.Text(key), out var hash)
                        ? hash
                        : throw Wrong("accessList"))]);
        })];
    }

    private static Address? AddressOf(JsonElement given, string name) => TextOf(given, name) is not { } text
        ? null
        : Address.TryParse(text, out var address) ? address : throw Wrong(name);

    private static byte[]? BytesOf(JsonElement given, string name) => TextOf(given, name) is not { } text
        ? null
        : Hex.TryParse(text, out var bytes) ? bytes : throw Wrong(name);

    private static UInt256? NumberOf(JsonElement given, string name)
    {
        if (TextOf(given, name) is not { } text)
            return null;
        try
        {
            return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? UInt256.Parse(text) : throw Wrong(name);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw Wrong(name);
        }
    }

    private static ulong? Small(UInt256? value, string name)
    {
        if (value is not { } number)
            return null;
        return number < (UInt256)ulong.MaxValue ? (ulong)number : throw Wrong(name);
    }

    private static string? TextOf(JsonElement given, string name)
    {
        var member = RpcMember.Find(given, name);
        return member.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.String => RpcMember.Text(member),
            _ => throw Wrong(name),
        };
    }

    private static RpcFailure Wrong(string name) =>
        RpcFailure.InvalidParams($"invalid argument 0: '{name}' is malformed");
}
