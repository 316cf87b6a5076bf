using System.Buffers.Binary;
using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Node.Storage;

/// <summary>Keys and values of the flat tables (specs/storage.md, section 2).</summary>
internal static class FlatCodec
{
    public const int AccountKey = Hash256.Length;
    public const int SlotKey = 2 * Hash256.Length;

    /// <summary>Bytes of the longest account value: a list of a nonce, a balance and two hashes.</summary>
    public const int LongestAccount = 2 + 9 + 33 + 33 + 33;

    public static void WriteSlotKey(Hash256 owner, Hash256 slot, Span<byte> destination)
    {
        owner.CopyTo(destination);
        slot.CopyTo(destination[Hash256.Length..]);
    }

    /// <summary>RLP [nonce, balance, storageRoot, codeHash]; an empty root and no code are the empty string.</summary>
    public static void Encode(RlpWriter writer, AccountState account)
    {
        writer.Clear();
        var list = writer.StartList();
        writer.Write(account.Nonce);
        writer.Write(account.Balance);
        Write(writer, account.StorageRoot, MerkleTrie.EmptyRoot);
        Write(writer, account.CodeHash, AccountState.EmptyCodeHash);
        writer.EndList(list);
    }

    /// <exception cref="RlpException">Not an account.</exception>
    public static AccountState Decode(ReadOnlySpan<byte> value)
    {
        var outer = new RlpReader(value);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var account = new AccountState(
            fields.ReadUInt64(),
            fields.ReadUInt256(),
            Read(fields.ReadBytes(), MerkleTrie.EmptyRoot),
            Read(fields.ReadBytes(), AccountState.EmptyCodeHash));
        fields.EnsureEnd();
        return account;
    }

    public static void WriteHeight(ulong height, Span<byte> destination) =>
        BinaryPrimitives.WriteUInt64BigEndian(destination, height);

    private static void Write(RlpWriter writer, Hash256 hash, Hash256 usual)
    {
        if (hash == usual)
            writer.Write(default(ReadOnlySpan<byte>));
        else
            writer.Write(hash);
    }

    private static Hash256 Read(ReadOnlySpan<byte> bytes, Hash256 usual) => bytes.Length switch
    {
        0 => usual,
        Hash256.Length => Hash256.FromBytes(bytes),
        _ => throw new RlpException(RlpError.WrongLength),
    };
}
