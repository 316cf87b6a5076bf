using System.Buffers.Binary;
using System.Security.Cryptography;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Gpu;

/// <summary>
/// The work of a challenge for a graphics processor (specs/provider.md, "Challenge"): lanes that fill memory with
/// products of matrices modulo 2^31 - 1. Here is what an asker needs to check an answer; a check of one lane costs
/// what that lane costs.
/// </summary>
public sealed record GpuWork
{
    /// <summary>Rows and columns of a matrix.</summary>
    public const int Side = 16;

    /// <summary>Elements of a matrix, each an unsigned 32-bit word below 2^31 - 1.</summary>
    public const int Elements = Side * Side;

    /// <summary>Bytes of a matrix.</summary>
    public const int BlockBytes = Elements * sizeof(uint);

    /// <summary>Most lanes of a challenge.</summary>
    public const int MostLanes = 1 << 16;

    /// <summary>Most matrices of a lane.</summary>
    public const int MostSteps = 1 << 20;

    private const ulong Prime = (1UL << 31) - 1;
    private static readonly byte[] Domain = "aitbc-gpu-1"u8.ToArray();

    /// <summary>Chosen by the asker and never used before.</summary>
    public required Hash256 Seed { get; init; }

    /// <summary>Independent chains, 1 to 65,536.</summary>
    public required int Lanes { get; init; }

    /// <summary>Matrices of each chain, 1 to 1,048,576; all of them are held at the same time.</summary>
    public required int Steps { get; init; }

    /// <summary>Bytes that the work fills.</summary>
    public long Bytes => (long)Lanes * Steps * BlockBytes;

    /// <summary>Null if every value is in its range; otherwise what is wrong.</summary>
    public string? Problem()
    {
        if (Lanes is < 1 or > MostLanes)
            return $"lanes is 1 to {MostLanes}.";
        return Steps is < 1 or > MostSteps ? $"steps is 1 to {MostSteps}." : null;
    }

    /// <summary>The two words that every element is made from.</summary>
    public (ulong First, ulong Second) Words()
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData([.. Domain, .. Seed.ToArray()], digest);
        return (BinaryPrimitives.ReadUInt64LittleEndian(digest), BinaryPrimitives.ReadUInt64LittleEndian(digest[8..]));
    }

    /// <summary>The result of one lane, from 0, computed here.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such lane.</exception>
    public ulong Lane(int lane)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, Lanes);
        var words = Words();
        var blocks = new uint[Steps][];
        blocks[0] = [.. Enumerable.Range(0, Elements).Select(e => Element(words, lane, 0, e))];
        for (var step = 1; step < Steps; step++)
        {
            var before = blocks[step - 1];
            blocks[step] = Next(words, lane, step, before, blocks[before[0] % step]);
        }

        var result = 0UL;
        foreach (var element in blocks[Steps - 1])
            result = Mix(result + element);
        return result;
    }

    /// <summary>
    /// Whether results are possible: as many as lanes, and right in each lane of the sample. An answer that is wrong
    /// in a part f of its lanes passes a sample of k lanes with probability (1 - f)^k.
    /// </summary>
    /// <param name="results">Eight bytes a lane, little-endian.</param>
    /// <param name="sample">Lanes that the one who answered could not foresee.</param>
    public bool Verify(ReadOnlySpan<byte> results, IReadOnlyList<int> sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (results.Length != Lanes * sizeof(ulong))
            return false;
        foreach (var lane in sample)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(results[(lane * sizeof(ulong))..]) != Lane(lane))
                return false;
        }

        return true;
    }

    private static uint[] Next((ulong, ulong) words, int lane, int step, uint[] left, uint[] right)
    {
        var block = new uint[Elements];
        for (var row = 0; row < Side; row++)
        {
            for (var column = 0; column < Side; column++)
            {
                var element = (row * Side) + column;
                ulong sum = Element(words, lane, step, element);
                for (var k = 0; k < Side; k++)
                    sum = ((sum & Prime) + (sum >> 31)) + ((ulong)left[(row * Side) + k] * right[(k * Side) + column]);
                block[element] = (uint)(sum % Prime);
            }
        }

        return block;
    }

    private static uint Element((ulong First, ulong Second) words, int lane, int step, int element)
    {
        var place = ((ulong)lane << 40) | ((ulong)step << 8) | (uint)element;
        return (uint)(Mix(words.First + Mix(words.Second + place)) % Prime);
    }

    /// <summary>The finalizer of SplitMix64: spreads what differs over all bits.</summary>
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
