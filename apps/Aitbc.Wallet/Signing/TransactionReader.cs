using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Signing;

/// <summary>Turns the JSON form of a transaction into one that can be signed, or says why not.</summary>
internal static class TransactionReader
{
    public static Verdict<Transaction> Read(UnsignedTransaction json)
    {
        if (json.Type is < 0 or > 2)
            return Refusal.InvalidRequest("type is 0 (legacy with EIP-155), 1 (EIP-2930) or 2 (EIP-1559).");
        if (json.ChainId is not { } chainId || chainId.IsZero)
            return Refusal.MissingChainId;
        if (json.Nonce == ulong.MaxValue)
            return Refusal.InvalidRequest("nonce is below 2^64 - 1 (EIP-2681).");
        if (json.Type == 0 && json.AccessList is { Count: > 0 })
            return Refusal.InvalidRequest("A transaction of type 0 has no access list.");
        var fees = Fees(json);
        if (fees.Value is not { } fee)
            return fees.Refusal!;
        return new Transaction
        {
            Type = (TransactionType)json.Type,
            ChainId = chainId,
            Nonce = json.Nonce,
            MaxPriorityFeePerGas = fee.Tip,
            MaxFeePerGas = fee.Cap,
            GasLimit = json.Gas,
            To = json.To,
            Value = json.Value ?? UInt256.Zero,
            Data = json.Data ?? [],
            AccessList = [.. (json.AccessList ?? []).Select(a => new AccessListEntry(a.Address, [.. a.StorageKeys]))],
        };
    }

    private static Verdict<FeePair> Fees(UnsignedTransaction json)
    {
        if (json.Type != 2)
        {
            return json is { GasPrice: { } price, MaxFeePerGas: null, MaxPriorityFeePerGas: null }
                ? new FeePair(price, price)
                : Refusal.InvalidRequest("Types 0 and 1 carry gasPrice and no other fee.");
        }

        if (json is not { GasPrice: null, MaxFeePerGas: { } cap, MaxPriorityFeePerGas: { } tip })
            return Refusal.InvalidRequest("Type 2 carries maxFeePerGas and maxPriorityFeePerGas and no gasPrice.");
        return tip > cap
            ? Refusal.InvalidRequest("maxPriorityFeePerGas is higher than maxFeePerGas.")
            : new FeePair(tip, cap);
    }

    private sealed record FeePair(UInt256 Tip, UInt256 Cap);
}
