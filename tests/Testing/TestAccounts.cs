using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Keys;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Testing;

/// <summary>Accounts of the standard test mnemonic, and transactions that they sign.</summary>
public static class TestAccounts
{
    private static readonly byte[] Seed =
        Mnemonic.ToSeed("test test test test test test test test test test test junk");

    public static PrivateKey Key(int index)
    {
        using var root = HdKey.FromSeed(Seed);
        return root.Derive($"m/44'/60'/0'/0/{index}");
    }

    public static Transaction Transfer(
        int from, ulong nonce, Address to, UInt256 value, ulong tipGwei = 1, ulong capGwei = 20, ulong chainId = 7777,
        ulong gas = 21_000)
    {
        using var key = Key(from);
        return new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = chainId,
            Nonce = nonce,
            MaxPriorityFeePerGas = tipGwei * 1_000_000_000UL,
            MaxFeePerGas = capGwei * 1_000_000_000UL,
            GasLimit = gas,
            To = to,
            Value = value,
        }.Sign(key);
    }

    public static byte[] Bytes(this Transaction transaction) => transaction.Encode().ToArray();
}
