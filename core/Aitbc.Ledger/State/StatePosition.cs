using System.Diagnostics.CodeAnalysis;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.State;

/// <summary>Where a node of the state is: in the account tree or in the storage tree of an account.</summary>
/// <param name="Owner">Keccak-256 of the account whose storage it is; null = the account tree.</param>
/// <param name="Path">One nibble a byte, at most 64.</param>
public sealed record StatePosition(Hash256? Owner, ReadOnlyMemory<byte> Path)
{
    /// <summary>Bytes of the longest key.</summary>
    public const int MaxKey = 1 + Hash256.Length + Hash256.Length + 1;

    private const int MaxPath = 2 * Hash256.Length;

    /// <summary>Its store key, of <see cref="TrieKey"/>.</summary>
    public byte[] Key()
    {
        var prefix = Owner is { } owner ? TrieKey.Storage(owner) : TrieKey.Accounts;
        var key = new byte[TrieKey.Length(prefix, Path.Length)];
        TrieKey.Write(prefix, Path.Span, key);
        return key;
    }

    /// <summary>Reads what <see cref="Key"/> wrote; false for other bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> key, [NotNullWhen(true)] out StatePosition? position)
    {
        position = null;
        var head = key.IsEmpty ? 0 : key[0] == TrieKey.AccountTree ? 1 : 1 + Hash256.Length;
        if (head == 0 || key[0] > TrieKey.StorageTree || key.Length <= head || key[^1] > MaxPath
            || key.Length != head + ((key[^1] + 1) / 2) + 1)
            return false;
        var nibbles = TrieNodeCodec.Nibbles(key[head..^1]);
        var length = (int)key[^1];
        if (length < nibbles.Length && nibbles[length] != 0)
            return false;
        position = new StatePosition(
            key[0] == TrieKey.AccountTree ? null : Hash256.FromBytes(key[1..head]), nibbles.AsMemory(0, length));
        return true;
    }

    /// <summary>Per cent of the account tree that lie to the left of it, 0 to 99.</summary>
    public int Percent()
    {
        Span<byte> first = stackalloc byte[4];
        AccountPath().AsSpan(0, Math.Min(first.Length, AccountPath().Length)).CopyTo(first);
        return ((first[0] << 12) | (first[1] << 8) | (first[2] << 4) | first[3]) * 100 / 0x10000;
    }

    /// <summary>Below 0 if it comes before the other in a walk, 0 if it is the same.</summary>
    public int CompareTo(StatePosition other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Owner is not null && Owner == other.Owner)
            return Path.Span.SequenceCompareTo(other.Path.Span);
        var order = AccountPath().AsSpan().SequenceCompareTo(other.AccountPath());
        // An account's leaf, however long its path, comes before its storage.
        return order != 0 ? order : (Owner is null ? 0 : 1) - (other.Owner is null ? 0 : 1);
    }

    /// <summary>True if the way from the root to the other leads over this one.</summary>
    public bool IsAbove(StatePosition other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Owner is not null)
            return Owner == other.Owner && other.Path.Length > Path.Length && other.Path.Span.StartsWith(Path.Span);
        var path = other.AccountPath();
        return path.AsSpan().StartsWith(Path.Span) && (other.Owner is not null || path.Length > Path.Length);
    }

    /// <summary>The key that a whole path spells.</summary>
    /// <exception cref="RlpException">The path has another length than keys have.</exception>
    internal static Hash256 KeyOf(ReadOnlySpan<byte> nibbles)
    {
        if (nibbles.Length != MaxPath)
            throw new RlpException(RlpError.WrongLength);
        Span<byte> key = stackalloc byte[Hash256.Length];
        for (var i = 0; i < key.Length; i++)
            key[i] = (byte)((nibbles[2 * i] << 4) | nibbles[(2 * i) + 1]);
        return Hash256.FromBytes(key);
    }

    private byte[] AccountPath()
    {
        if (Owner is not { } owner)
            return Path.ToArray();
        Span<byte> key = stackalloc byte[Hash256.Length];
        owner.CopyTo(key);
        return TrieNodeCodec.Nibbles(key);
    }
}
