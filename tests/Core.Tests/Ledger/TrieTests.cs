using System.Text;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>The trie against published roots and against itself rebuilt from nothing.</summary>
public sealed class TrieTests
{
    [Fact]
    public void An_empty_trie_has_the_published_root() =>
        Assert.Equal(MerkleTrie.EmptyRoot, MerkleTrie.InMemory().Commit([]));

    // ethereum/tests TrieTests/trieanyorder.json, "dogs" and "singleItem".
    [Fact]
    public void The_dogs_have_the_published_root_in_any_order()
    {
        (string Key, string Value)[] dogs = [("doe", "reindeer"), ("dog", "puppy"), ("dogglesworth", "cat")];
        var expected = Hash256.Parse("0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3");
        Assert.Equal(expected, RootOf(dogs));
        Assert.Equal(expected, RootOf(dogs.Reverse()));
    }

    [Fact]
    public void A_single_item_has_the_published_root() => Assert.Equal(
        Hash256.Parse("0xd23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab"),
        RootOf([("A", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]));

    [Fact]
    public void Incremental_root_and_stored_nodes_equal_a_trie_built_from_nothing() =>
        Gen.Select(Gen.Byte[0, 30], Gen.Int[0, 3], (k, v) => (Key: k, Value: v)).Array[0, 12].Array[1, 8]
            .Sample(blocks =>
            {
                var stored = new Dictionary<string, byte[]>();
                var values = new SortedDictionary<byte, byte[]>();
                foreach (var block in blocks)
                {
                    var trie = new MerkleTrie(key => stored.GetValueOrDefault(Convert.ToHexString(key)), [7]);
                    foreach (var (key, value) in block)
                    {
                        trie.Set(KeyOf(key), ValueOf(key, value));
                        if (value == 0)
                            values.Remove(key);
                        else
                            values[key] = ValueOf(key, value)!;
                    }

                    var root = Apply(trie, stored);
                    var fresh = new Dictionary<string, byte[]>();
                    var again = new MerkleTrie(_ => null, [7]);
                    foreach (var (key, value) in values)
                        again.Set(KeyOf(key), value);
                    Assert.Equal(Apply(again, fresh), root);
                    Assert.Equal(fresh.OrderBy(n => n.Key), stored.OrderBy(n => n.Key));
                }
            });

    [Fact]
    public void The_root_equals_that_of_the_definition_after_any_inserts_updates_and_removals() =>
        Gen.Select(Gen.Byte[0, 63], Gen.Int[0, 5], (k, v) => (Key: k, Value: v)).Array[0, 40].Array[1, 6]
            .Sample(blocks =>
            {
                var stored = new Dictionary<string, byte[]>();
                var values = new SortedDictionary<byte[], byte[]>(new ByteOrder());
                foreach (var block in blocks)
                {
                    var trie = new MerkleTrie(key => stored.GetValueOrDefault(Convert.ToHexString(key)), [7]);
                    foreach (var (key, value) in block)
                    {
                        var bytes = AnyKey(key);
                        trie.Set(bytes, AnyValue(key, value));
                        if (value == 0)
                            values.Remove(bytes);
                        else
                            values[bytes] = AnyValue(key, value)!;
                    }

                    Assert.Equal(NaiveTrie.RootOf(values), Apply(trie, stored));
                }
            }, iter: 500);

    [Fact]
    public void A_list_has_the_root_of_the_definition()
    {
        for (var count = 0; count <= 300; count += count < 20 ? 1 : 40)
        {
            var items = Enumerable.Range(0, count).Select(i => Enumerable.Repeat((byte)i, 1 + (i * 7 % 200)).ToArray());
            var values = new SortedDictionary<byte[], byte[]>(new ByteOrder());
            foreach (var (index, item) in items.Index())
            {
                var writer = new RlpWriter();
                writer.Write((ulong)index);
                values[writer.ToArray()] = item;
            }

            Assert.Equal(
                NaiveTrie.RootOf(values), Block.RootOf(items.Select(i => (ReadOnlyMemory<byte>)i)));
        }
    }

    [Fact]
    public void A_stored_node_that_is_missing_is_named_and_a_trie_commits_once()
    {
        var stored = new Dictionary<string, byte[]>();
        var trie = new MerkleTrie(_ => null, [7]);
        for (byte key = 0; key < 60; key += 2)
            trie.Set(KeyOf(key), ValueOf(key, 3));
        Apply(trie, stored);
        Assert.Throws<InvalidOperationException>(() => trie.Commit([]));
        var root = Convert.ToHexString((byte[])[7, 0]);
        var broken = new MerkleTrie(
            key => Convert.ToHexString(key) == root ? stored[root] : null, [7]);
        broken.Set(KeyOf(2), ValueOf(2, 1));
        var error = Assert.Throws<InvalidDataException>(() => broken.Commit([]));
        Assert.Contains("is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stored_node_that_was_changed_is_noticed_wherever_it_lies_on_the_path()
    {
        var stored = new Dictionary<string, byte[]>();
        var trie = new MerkleTrie(_ => null, [7]);
        for (byte key = 0; key < 60; key += 2)
            trie.Set(KeyOf(key), ValueOf(key, 3));
        var root = Apply(trie, stored);
        var noticed = 0;
        foreach (var (key, node) in stored)
        {
            for (var position = 0; position < node.Length; position += 5)
            {
                var bad = node.ToArray();
                bad[position] ^= (byte)(1 << (position % 8));
                var again = new MerkleTrie(
                    k => Convert.ToHexString(k) is var name && name == key ? bad : stored.GetValueOrDefault(name),
                    [7],
                    root);
                for (byte at = 0; at < 60; at += 2)
                    again.Set(KeyOf(at), ValueOf(at, 4));
                var error = Assert.Throws<InvalidDataException>(() => again.Commit([]));
                Assert.Contains("is not what it was", error.Message, StringComparison.Ordinal);
                noticed++;
            }
        }

        Assert.True(noticed > 300);
    }

    [Fact]
    public void A_trie_built_in_order_has_the_root_and_the_nodes_of_one_built_in_any_order() =>
        Gen.Byte.HashSet[0, 60].Sample(keys =>
        {
            var (stored, built) = (new Dictionary<string, byte[]>(), new Dictionary<string, byte[]>());
            var trie = new MerkleTrie(_ => null, [7]);
            foreach (var key in keys)
                trie.Set(KeyOf(key), ValueOf(key, 1 + (key % 3)));
            var builder = new TrieBuilder((path, encoded) =>
            {
                var key = new byte[TrieKey.Length([7], path.Length)];
                TrieKey.Write([7], path, key);
                built.Add(Convert.ToHexString(key), encoded);
            });
            foreach (var key in keys.Distinct().OrderBy(KeyOf, new ByteOrder()))
                builder.Add(KeyOf(key), ValueOf(key, 1 + (key % 3)));
            Assert.Equal(Apply(trie, stored), builder.Finish());
            Assert.Equal(stored.OrderBy(n => n.Key), built.OrderBy(n => n.Key));
        });

    // Keys of several lengths, some of which begin others, and values that fit into their parents.
    private static byte[] AnyKey(byte key) => (key % 4) switch
    {
        0 => Keccak256.Hash([key]).ToArray(),
        1 => [.. Enumerable.Repeat((byte)0x11, key / 8)],
        2 => [0x11, 0x11, (byte)(key << 2)],
        _ => [(byte)(key << 1), key],
    };

    // All lengths up to 60: a node of exactly 32 bytes is the first that is hashed.
    private static byte[]? AnyValue(byte key, int value) =>
        value == 0 ? null : [.. Enumerable.Repeat((byte)(key * value), (value * 11) - (key % 11))];

    private static byte[]? ValueOf(byte key, int value) =>
        value == 0 ? null : [.. Enumerable.Repeat((byte)(key + value), value * 15)];

    // Half the keys share long prefixes, so that extensions are split and merged.
    private static byte[] KeyOf(byte key) => key % 2 == 0
        ? Keccak256.Hash([key]).ToArray()
        : [.. Enumerable.Repeat((byte)0x11, 28), 0x11, (byte)(key / 8), 0x22, key];

    private static Hash256 Apply(MerkleTrie trie, Dictionary<string, byte[]> stored)
    {
        var writes = new List<NodeChange>();
        var root = trie.Commit(writes);
        foreach (var (key, before, node) in writes)
        {
            Assert.Equal(stored.GetValueOrDefault(Convert.ToHexString(key)), before);
            if (node is null)
                stored.Remove(Convert.ToHexString(key));
            else
                stored[Convert.ToHexString(key)] = node;
        }

        return root;
    }

    private static Hash256 RootOf(IEnumerable<(string Key, string Value)> items)
    {
        var trie = MerkleTrie.InMemory();
        foreach (var (key, value) in items)
            trie.Set(Encoding.ASCII.GetBytes(key), Encoding.ASCII.GetBytes(value));
        return trie.Commit([]);
    }
}
