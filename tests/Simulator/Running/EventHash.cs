using System.Numerics;
using Aitbc.Primitives;

namespace Aitbc.Simulator.Running;

/// <summary>A running hash over everything that happens: two runs are the same exactly if it is (I15).</summary>
internal sealed class EventHash
{
    public ulong Value { get; private set; } = 0x9e3779b97f4a7c15;

    public void Add(ulong value)
    {
        var x = (Value ^ value) * 0xbf58476d1ce4e5b9;
        Value = BitOperations.RotateLeft(x ^ (x >> 29), 23) + value;
    }

    public void Add(ReadOnlySpan<byte> bytes) => Add(Of(bytes));

    public void Add(Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        hash.CopyTo(bytes);
        Add(BitConverter.ToUInt64(bytes));
    }

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = 0x9e3779b97f4a7c15UL ^ (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = Step(hash, BitConverter.ToUInt64(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
            hash = Step(hash, b);
        return hash ^ (hash >> 32);
    }

    private static ulong Step(ulong hash, ulong word)
    {
        hash = (hash ^ word) * 0xff51afd7ed558ccd;
        return BitOperations.RotateLeft(hash ^ (hash >> 33), 27) * 5;
    }
}
