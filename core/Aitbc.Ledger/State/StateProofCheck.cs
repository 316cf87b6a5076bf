using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.State;

/// <summary>Checks proofs of accounts and slots (EIP-1186) that come from somebody who is not trusted.</summary>
public static class StateProofCheck
{
    /// <summary>Checks the proof of an account.</summary>
    /// <param name="stateRoot">From a header that is believed.</param>
    /// <param name="address">The account.</param>
    /// <param name="nodes">RLP of the nodes from the root down.</param>
    /// <param name="account">The account; that nobody has touched if the proof shows that there is none.</param>
    /// <returns>False if the nodes prove nothing.</returns>
    public static bool TryAccount(
        Hash256 stateRoot, Address address, IReadOnlyList<byte[]> nodes, out AccountState account)
    {
        account = AccountState.Empty;
        if (!TryValue(stateRoot, address.KeccakHash(), nodes, out var value))
            return false;
        if (value is null)
            return true;
        try
        {
            account = AccountState.Decode(value);
            return true;
        }
        catch (RlpException)
        {
            return false;
        }
    }

    /// <summary>Checks the proof of a slot.</summary>
    /// <param name="storageRoot">From an account that was proved.</param>
    /// <param name="slot">The slot, before hashing.</param>
    /// <param name="nodes">RLP of the nodes from the root down.</param>
    /// <param name="word">Its value; zero if the proof shows that it was never set.</param>
    /// <returns>False if the nodes prove nothing.</returns>
    public static bool TrySlot(Hash256 storageRoot, Hash256 slot, IReadOnlyList<byte[]> nodes, out UInt256 word)
    {
        word = default;
        if (!TryValue(storageRoot, Keccak256.HashWord(slot), nodes, out var value))
            return false;
        if (value is null)
            return true;
        try
        {
            var reader = new RlpReader(value);
            word = reader.ReadUInt256();
            reader.EnsureEnd();
            return true;
        }
        catch (RlpException)
        {
            return false;
        }
    }

    private static bool TryValue(Hash256 root, Hash256 key, IReadOnlyList<byte[]> nodes, out byte[]? value)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        key.CopyTo(bytes);
        return TrieProof.TryVerify(root, bytes, nodes, out value);
    }
}
