using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts;

/// <summary>
/// Where Solidity keeps the values of mappings, arrays and structs, so that proofs of storage read as usual (Solidity
/// documentation, "Layout of State Variables in Storage").
/// </summary>
internal static class SolidityLayout
{
    public static Hash256 Slot(ulong index) => Hash256.FromUInt256(index);

    /// <summary>The first slot of a namespace (ERC-7201), as contracts behind a proxy use them.</summary>
    public static Hash256 Namespace(string id)
    {
        Span<byte> word = stackalloc byte[Hash256.Length];
        var inner = Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(id)).ToUInt256() - 1UL;
        inner.WriteBigEndian(word);
        Keccak256.Hash(word).CopyTo(word);
        word[^1] = 0;
        return Hash256.FromBytes(word);
    }

    public static Hash256 Mapping(Address key, Hash256 slot)
    {
        Span<byte> word = stackalloc byte[Hash256.Length];
        key.CopyTo(word[12..]);
        return Mapping(word, slot);
    }

    public static Hash256 Mapping(UInt256 key, Hash256 slot) => Mapping(Hash256.FromUInt256(key), slot);

    public static Hash256 Mapping(Hash256 key, Hash256 slot)
    {
        Span<byte> word = stackalloc byte[Hash256.Length];
        key.CopyTo(word);
        return Mapping(word, slot);
    }

    /// <summary>A mapping whose keys are strings: their UTF-8 bytes are not padded.</summary>
    public static Hash256 Mapping(string key, Hash256 slot) =>
        Mapping(System.Text.Encoding.UTF8.GetBytes(key).AsSpan(), slot);

    /// <summary>The slot of the first item of a dynamic array, a long string or long bytes.</summary>
    public static Hash256 Items(Hash256 slot)
    {
        Span<byte> word = stackalloc byte[Hash256.Length];
        slot.CopyTo(word);
        return Keccak256.Hash(word);
    }

    /// <summary>The slot that lies some slots behind; addition wraps as in the EVM.</summary>
    public static Hash256 Offset(Hash256 slot, ulong by) => Offset(slot, (UInt256)by);

    /// <summary>The slot that lies some slots behind; addition wraps as in the EVM.</summary>
    public static Hash256 Offset(Hash256 slot, UInt256 by)
    {
        _ = UInt256.TryAdd(slot.ToUInt256(), by, out var sum);
        return Hash256.FromUInt256(sum);
    }

    /// <summary>An address as the word that holds it.</summary>
    public static UInt256 ToWord(Address address)
    {
        Span<byte> bytes = stackalloc byte[Address.Length];
        address.CopyTo(bytes);
        return UInt256.FromBigEndian(bytes);
    }

    /// <summary>The address in the low 20 bytes of a word.</summary>
    public static Address ToAddress(UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[UInt256.Length];
        word.WriteBigEndian(bytes);
        return Address.FromBytes(bytes[12..]);
    }

    private static Hash256 Mapping(ReadOnlySpan<byte> key, Hash256 slot)
    {
        Span<byte> both = key.Length <= 96 ? stackalloc byte[key.Length + Hash256.Length] : new byte[key.Length + 32];
        key.CopyTo(both);
        slot.CopyTo(both[key.Length..]);
        return Keccak256.Hash(both);
    }
}
