using Aitbc.Primitives;

namespace Aitbc.Ledger.Blocks;

/// <summary>The 2048-bit log bloom (Yellow Paper, section 4.3.1).</summary>
public static class Bloom
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 256;

    /// <summary>The bloom of these logs.</summary>
    public static byte[] Of(IEnumerable<Log> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        var bloom = new byte[Length];
        foreach (var log in logs)
            Add(bloom, log);
        return bloom;
    }

    /// <summary>Adds the address and the topics of a log.</summary>
    public static void Add(Span<byte> bloom, Log log)
    {
        ArgumentNullException.ThrowIfNull(log);
        Span<byte> item = stackalloc byte[Hash256.Length];
        log.Address.CopyTo(item);
        Add(bloom, item[..Address.Length]);
        for (var i = 0; i < log.Topics.Count; i++)
        {
            log.Topics[i].CopyTo(item);
            Add(bloom, item);
        }
    }

    /// <summary>True if the bloom may contain the address or topic; false means surely not.</summary>
    public static bool MayContain(ReadOnlySpan<byte> bloom, ReadOnlySpan<byte> item)
    {
        Span<byte> hash = stackalloc byte[Hash256.Length];
        Keccak256.Hash(item, hash);
        for (var i = 0; i < 6; i += 2)
        {
            var bit = ((hash[i] << 8) | hash[i + 1]) & 2047;
            if ((bloom[Length - 1 - (bit / 8)] & (1 << (bit % 8))) == 0)
                return false;
        }

        return true;
    }

    /// <summary>Adds all bits of another bloom.</summary>
    public static void Merge(Span<byte> bloom, ReadOnlySpan<byte> other)
    {
        for (var i = 0; i < Length; i++)
            bloom[i] |= other[i];
    }

    private static void Add(Span<byte> bloom, ReadOnlySpan<byte> item)
    {
        Span<byte> hash = stackalloc byte[Hash256.Length];
        Keccak256.Hash(item, hash);
        for (var i = 0; i < 6; i += 2)
        {
            var bit = ((hash[i] << 8) | hash[i + 1]) & 2047;
            bloom[Length - 1 - (bit / 8)] |= (byte)(1 << (bit % 8));
        }
    }
}
