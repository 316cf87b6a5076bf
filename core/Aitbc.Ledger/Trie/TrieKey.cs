using Aitbc.Primitives;

namespace Aitbc.Ledger.Trie;

/// <summary>
/// Where a trie node is stored (specs/storage.md): a prefix that names the tree, the path with two nibbles a byte (an
/// odd path is filled up with a zero nibble), and the number of nibbles in one byte. A node keyed by its path is
/// overwritten by its successor, so that no garbage remains.
/// </summary>
public static class TrieKey
{
    /// <summary>First byte of every key of the account tree.</summary>
    public const byte AccountTree = 0;

    /// <summary>First byte of every key of a storage tree.</summary>
    public const byte StorageTree = 1;

    /// <summary>Prefix of the account tree: one byte.</summary>
    public static byte[] Accounts => [AccountTree];

    /// <summary>Prefix of the storage tree of a contract: 33 bytes.</summary>
    /// <param name="owner">Keccak-256 of the contract's address.</param>
    public static byte[] Storage(Hash256 owner)
    {
        var prefix = new byte[1 + Hash256.Length];
        prefix[0] = StorageTree;
        owner.CopyTo(prefix.AsSpan(1));
        return prefix;
    }

    /// <summary>Bytes of the key of a node.</summary>
    /// <param name="prefix">Of the tree.</param>
    /// <param name="nibbles">Length of the path, at most 255.</param>
    public static int Length(ReadOnlySpan<byte> prefix, int nibbles) => prefix.Length + ((nibbles + 1) / 2) + 1;

    /// <summary>Writes the key of a node; returns its length.</summary>
    /// <param name="prefix">Of the tree.</param>
    /// <param name="path">One nibble a byte, at most 255.</param>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    public static int Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> path, Span<byte> destination)
    {
        prefix.CopyTo(destination);
        var at = prefix.Length;
        for (var i = 0; i < path.Length; i += 2)
        {
            var low = i + 1 < path.Length ? path[i + 1] : 0;
            destination[at++] = (byte)((path[i] << 4) | low);
        }

        destination[at++] = checked((byte)path.Length);
        return at;
    }
}
