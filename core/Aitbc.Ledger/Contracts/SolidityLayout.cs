using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts;

/// <summary>Where Solidity keeps the values of mappings and structs, so that proofs of storage read as usual.</summary>
internal static class SolidityLayout
{
    public static Hash256 Mapping(Address key, Hash256 slot)
    {
        Span<byte> word = stackalloc byte[Hash256.Length];
        key.CopyTo(word[12..]);
        return Mapping(word, slot);
    }

    public static Hash256 Mapping(Hash256 key, Hash256 slot)
    {
        Span<byte> word = stackalloc byte[Hash256.Length];
        key.CopyTo(word);
        return Mapping(word, slot);
    }

    /// <summary>The slot that lies some slots behind; addition wraps as in the EVM.</summary>
    public static Hash256 Offset(Hash256 slot, ulong by)
    {
        _ = UInt256.TryAdd(slot.ToUInt256(), by, out var sum);
        return Hash256.FromUInt256(sum);
    }

    private static Hash256 Mapping(ReadOnlySpan<byte> key, Hash256 slot)
    {
        Span<byte> both = stackalloc byte[2 * Hash256.Length];
        key.CopyTo(both);
        slot.CopyTo(both[Hash256.Length..]);
        return Keccak256.Hash(both);
    }
}
