using System.Text;
using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Sdk.Jobs;

/// <summary>A WASI preview1 command: standard input is the input blob, standard output is the result.</summary>
public sealed record WasmSpec
{
    private const int MaxArgs = 64;
    private const int MaxArgBytes = 64 * 1024;
    private const uint LargestMemoryMib = 4096;

    private static readonly Eip712Type Type = Eip712Type.Parse(
        "WasmJob(bytes32 moduleHash,bytes32 inputHash,uint64 maxFuel,uint32 maxMemoryMib,string[] args)");

    /// <summary>Keccak-256 of the module's bytes.</summary>
    public required Hash256 ModuleHash { get; init; }

    /// <summary>Keccak-256 of the input's bytes; the input may be empty, but it is a blob.</summary>
    public required Hash256 InputHash { get; init; }

    /// <summary>Most fuel, from 1 to 2^63 - 1.</summary>
    public required ulong MaxFuel { get; init; }

    /// <summary>Most linear memory in MiB, from 1 to 4096.</summary>
    public required uint MaxMemoryMib { get; init; }

    /// <summary>Arguments after the program's name; at most 64 of 64 KiB together.</summary>
    public IReadOnlyList<string> Args { get; init => field = value ?? []; } = [];

    internal string? Problem()
    {
        if (MaxFuel is 0 or > long.MaxValue)
            return "maxFuel is 1 to 2^63 - 1.";
        if (MaxMemoryMib is 0 or > LargestMemoryMib)
            return $"maxMemoryMib is 1 to {LargestMemoryMib}.";
        if (Args.Contains(null!))
            return "An argument is a text, not null.";
        return Args.Count > MaxArgs || Args.Sum(a => Encoding.UTF8.GetByteCount(a) + 1) > MaxArgBytes
            ? $"There are at most {MaxArgs} arguments of {MaxArgBytes} bytes together."
            : null;
    }

    internal Hash256 Hash() => Type.HashStruct(
        ModuleHash, InputHash, (UInt256)MaxFuel, (UInt256)MaxMemoryMib, Args.Select(a => (object?)a).ToArray());
}
