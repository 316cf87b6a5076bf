using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.State;

/// <summary>What the state tree holds of one account (Yellow Paper, section 4.1).</summary>
/// <param name="Nonce">Transactions sent.</param>
/// <param name="Balance">Coins in atto-AIT.</param>
/// <param name="StorageRoot">Root of the account's storage trie.</param>
/// <param name="CodeHash">Keccak-256 of its code.</param>
public readonly record struct AccountState(ulong Nonce, UInt256 Balance, Hash256 StorageRoot, Hash256 CodeHash)
{
    /// <summary>Keccak-256 of no code.</summary>
    public static readonly Hash256 EmptyCodeHash = Keccak256.Hash(default);

    /// <summary>An account nobody has touched.</summary>
    public static readonly AccountState Empty = new(0, default, Trie.MerkleTrie.EmptyRoot, EmptyCodeHash);

    /// <summary>True if the account is not kept in the tree (EIP-161).</summary>
    public bool IsEmpty => Nonce == 0 && Balance.IsZero && CodeHash == EmptyCodeHash;

    /// <summary>RLP [nonce, balance, storageRoot, codeHash].</summary>
    public byte[] Encode()
    {
        var writer = new RlpWriter(112);
        var list = writer.StartList();
        writer.Write(Nonce);
        writer.Write(Balance);
        writer.Write(StorageRoot);
        writer.Write(CodeHash);
        writer.EndList(list);
        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="RlpException">Other bytes.</exception>
    public static AccountState Decode(ReadOnlySpan<byte> bytes)
    {
        var outer = new RlpReader(bytes);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var account = new AccountState(
            fields.ReadUInt64(), fields.ReadUInt256(), fields.ReadHash(), fields.ReadHash());
        fields.EnsureEnd();
        return account;
    }
}
