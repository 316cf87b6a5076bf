using System.Numerics;

namespace Aitbc.Consensus.Bft.Durability;

/// <summary>CRC-32C (Castagnoli), as in RFC 3720.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
