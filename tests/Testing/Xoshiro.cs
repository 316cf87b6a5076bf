using System.Numerics;

namespace Aitbc.Testing;

/// <summary>xoshiro256** (Blackman and Vigna, public domain): the same seed gives the same cases everywhere.</summary>
public sealed class Xoshiro
{
    private ulong a;
    private ulong b;
    private ulong c;
    private ulong d;

    public Xoshiro(ulong seed)
    {
        // splitmix64 fills the state, so that near seeds have nothing in common.
        a = Mix(ref seed);
        b = Mix(ref seed);
        c = Mix(ref seed);
        d = Mix(ref seed);
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(b * 5, 7) * 9;
        var t = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= t;
        d = BitOperations.RotateLeft(d, 45);
        return result;
    }

    /// <summary>A number from 0 to below the limit.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    public byte Byte() => (byte)Next();

    private static ulong Mix(ref ulong state)
    {
        state += 0x9e3779b97f4a7c15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
