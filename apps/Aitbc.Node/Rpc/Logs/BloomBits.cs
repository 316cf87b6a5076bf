using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.Logs;

/// <summary>The three bits of an address or topic in a bloom, hashed once for all the blocks looked at.</summary>
internal readonly record struct BloomBits(int First, int Second, int Third)
{
    public static BloomBits Of(ReadOnlySpan<byte> item)
    {
        Span<byte> hash = stackalloc byte[Hash256.Length];
        Keccak256.Hash(item, hash);
        return new BloomBits(Bit(hash), Bit(hash[2..]), Bit(hash[4..]));
    }

    public bool In(ReadOnlySpan<byte> bloom) => Has(bloom, First) && Has(bloom, Second) && Has(bloom, Third);

    private static int Bit(ReadOnlySpan<byte> hash) => ((hash[0] << 8) | hash[1]) & ((8 * Bloom.Length) - 1);

    private static bool Has(ReadOnlySpan<byte> bloom, int bit) =>
        (bloom[Bloom.Length - 1 - (bit / 8)] & (1 << (bit % 8))) != 0;
}
