using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using BenchmarkDotNet.Attributes;

namespace Aitbc.Bench.Micro;

/// <summary>What a node does for each transfer before it executes it.</summary>
[MemoryDiagnoser]
public class TransactionBench
{
    private byte[] raw = [];
    private Transaction decoded = new();

    /// <summary>A type-2 transfer.</summary>
    [GlobalSetup]
    public void Sign()
    {
        using var key = PrivateKey.FromBytes(Keccak256.Hash("benchmark"u8).ToArray());
        decoded = new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = 7777,
            MaxPriorityFeePerGas = 1_000_000_000,
            MaxFeePerGas = 2_000_000_000,
            GasLimit = 21_000,
            To = key.Address,
            Value = 1,
        }.Sign(key);
        raw = decoded.Encode().ToArray();
    }

    /// <summary>Strict decoding of the signed bytes.</summary>
    [Benchmark]
    public bool Decode() => TransactionCodec.TryDecode(raw, out _, out _);

    /// <summary>The sender, from the signature.</summary>
    [Benchmark]
    public bool Recover() => Secp256k1.TryRecover(decoded.SigningHash(), decoded.Signature!.Value, out _);

    /// <summary>Keccak-256 of the signed bytes.</summary>
    [Benchmark]
    public Hash256 Hash() => Keccak256.Hash(raw);
}
