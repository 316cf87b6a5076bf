using System.Text;
using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// A script in JavaScript: it finds the input blob as text in <c>input</c>, and what it prints is the result
/// (specs/provider.md, "Engine js").
/// </summary>
public sealed record JsSpec
{
    private const int LongestSeed = 64;
    private const uint LargestMemoryMib = 4096;

    private static readonly Eip712Type Type = Eip712Type.Parse(
        "JsJob(bytes32 scriptHash,bytes32 inputHash,uint64 maxStatements,uint32 maxMemoryMib,string seed)");

    /// <summary>Keccak-256 of the script's bytes, which are UTF-8.</summary>
    public required Hash256 ScriptHash { get; init; }

    /// <summary>Keccak-256 of the input's bytes, which are UTF-8; the input may be empty, but it is a blob.</summary>
    public required Hash256 InputHash { get; init; }

    /// <summary>Most statements, from 1 to 2^63 - 1.</summary>
    public required ulong MaxStatements { get; init; }

    /// <summary>Most memory in MiB, from 1 to 4096.</summary>
    public required uint MaxMemoryMib { get; init; }

    /// <summary>Changes the numbers of <c>Math.random</c>; 0 to 64 bytes.</summary>
    public string Seed { get; init => field = value ?? ""; } = "";

    internal string? Problem()
    {
        if (MaxStatements is 0 or > long.MaxValue)
            return "maxStatements is 1 to 2^63 - 1.";
        if (MaxMemoryMib is 0 or > LargestMemoryMib)
            return $"maxMemoryMib is 1 to {LargestMemoryMib}.";
        return Encoding.UTF8.GetByteCount(Seed) > LongestSeed ? $"The seed has at most {LongestSeed} bytes." : null;
    }

    internal Hash256 Hash() =>
        Type.HashStruct(ScriptHash, InputHash, (UInt256)MaxStatements, (UInt256)MaxMemoryMib, Seed);
}
