using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>Proofs of keys that are there and of keys that are not, and what is no proof.</summary>
public sealed class TrieProofTests
{
    [Fact]
    public void Every_key_has_a_proof_of_its_value_or_of_its_absence() =>
        Gen.Select(Gen.Int[0, 40].HashSet[0, 30], Gen.Int[1, 60]).Sample((keys, length) =>
        {
            var (root, reader) = TrieOf(keys, length);
            for (var i = 0; i <= 45; i++)
            {
                var proof = TrieProof.Of(reader, TrieKey.Accounts, KeyOf(i));
                Assert.True(TrieProof.TryVerify(root, KeyOf(i), proof, out var value));
                Assert.Equal(keys.Contains(i) ? ValueOf(i, length) : null, value);
            }
        });

    [Fact]
    public void A_proof_with_any_byte_changed_proves_nothing()
    {
        var (root, reader) = TrieOf([.. Enumerable.Range(0, 40)], 40);
        var proof = TrieProof.Of(reader, TrieKey.Accounts, KeyOf(7));
        Assert.True(proof.Count >= 2);
        for (var node = 0; node < proof.Count; node++)
        {
            for (var at = 0; at < proof[node].Length; at++)
            {
                var changed = proof.Select(n => (byte[])n.Clone()).ToArray();
                changed[node][at] ^= 0x10;
                Assert.False(TrieProof.TryVerify(root, KeyOf(7), changed, out _));
            }
        }
    }

    [Fact]
    public void A_proof_that_is_too_short_or_too_long_or_for_another_root_proves_nothing()
    {
        var (root, reader) = TrieOf([.. Enumerable.Range(0, 40)], 40);
        var proof = TrieProof.Of(reader, TrieKey.Accounts, KeyOf(7)).ToArray();
        Assert.False(TrieProof.TryVerify(root, KeyOf(7), proof[..^1], out _));
        Assert.False(TrieProof.TryVerify(root, KeyOf(7), [.. proof, proof[^1]], out _));
        Assert.False(TrieProof.TryVerify(root, KeyOf(7), [], out _));
        Assert.False(TrieProof.TryVerify(Keccak256.Hash([1]), KeyOf(7), proof, out _));
    }

    [Fact]
    public void Bytes_of_any_kind_are_refused_without_an_exception() =>
        Gen.Byte.Array[0, 80].Array[1, 4].Sample(nodes =>
            Assert.False(TrieProof.TryVerify(Keccak256.Hash(nodes[0]), KeyOf(1), [nodes[0], .. nodes], out _)));

    [Fact]
    public void A_missing_node_is_named()
    {
        var (_, reader) = TrieOf([.. Enumerable.Range(0, 40)], 40);
        var error = Assert.Throws<InvalidDataException>(() => TrieProof.Of(
            key => key.Length == 2 ? reader(key) : null, TrieKey.Accounts, KeyOf(7)));
        Assert.Contains("is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_proof_holds_against_the_state_root_and_its_slots_against_the_storage_root()
    {
        var devnet = new Devnet();
        devnet.Mine(devnet.Sign(0, devnet.At(1), 5));
        var record = Aitbc.Ledger.Execution.Supply.Record;
        Hash256[] slots = [Hash256.Zero, Hash256.FromUInt256(2), Hash256.FromUInt256(77)];
        var proof = StateProof.Of(devnet.Store, record, slots);
        Assert.True(TrieProof.TryVerify(
            devnet.Head.StateRoot, record.KeccakHash().ToArray(), proof.Nodes, out var account));
        Assert.Equal(proof.Account, AccountState.Decode(account));
        foreach (var slot in proof.Slots)
        {
            Assert.True(TrieProof.TryVerify(
                proof.Account!.Value.StorageRoot, Keccak256.HashWord(slot.Slot).ToArray(), slot.Nodes, out var value));
            Assert.Equal(slot.Value.IsZero, value is null);
            if (value is not null)
                Assert.Equal(slot.Value, new Aitbc.Primitives.Encoding.RlpReader(value).ReadUInt256());
        }

        Assert.Equal([false, false, true], proof.Slots.Select(s => s.Value.IsZero));
        var nobody = Address.Parse("0x00000000000000000000000000000000000000bb");
        var absent = StateProof.Of(devnet.Store, nobody, slots);
        Assert.Null(absent.Account);
        Assert.True(TrieProof.TryVerify(
            devnet.Head.StateRoot, nobody.KeccakHash().ToArray(), absent.Nodes, out var nothing));
        Assert.Null(nothing);
        Assert.All(absent.Slots, s => Assert.Empty(s.Nodes));
    }

    private static (Hash256 Root, TrieNodeReader Reader) TrieOf(IEnumerable<int> keys, int length)
    {
        var trie = new MerkleTrie(_ => null, TrieKey.Accounts);
        foreach (var key in keys)
            trie.Set(KeyOf(key), ValueOf(key, length));
        var writes = new List<NodeChange>();
        var root = trie.Commit(writes);
        var stored = writes.ToDictionary(w => Convert.ToHexString(w.Key), w => w.After);
        return (root, key => stored.GetValueOrDefault(Convert.ToHexString(key)));
    }

    private static byte[] ValueOf(int key, int length) => [.. Enumerable.Repeat((byte)(key + 1), length)];

    // Every third key shares all but its end with others, so that there are extensions and nodes inside nodes.
    private static byte[] KeyOf(int key) => key % 3 == 0
        ? [.. Enumerable.Repeat((byte)0x22, 31), (byte)key]
        : Keccak256.Hash([(byte)key]).ToArray();
}
