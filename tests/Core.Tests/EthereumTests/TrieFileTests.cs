using System.Text;
using System.Text.Json;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Xunit;

namespace Core.Tests.EthereumTests;

/// <summary>TrieTests of ethereum/tests: all six files.</summary>
public sealed class TrieFileTests
{
    // The order of keys is never asked: the state is flat beside its trie, so a next or previous key is an iterator's.
    private static readonly string[] NotApplicable = ["trietestnextprev"];

    private static readonly IReadOnlyList<JsonElement> Cases = Vectors.Load("ethereum-tests-trie");

    [Fact]
    public void Every_case_has_the_published_root()
    {
        var cases = Cases.Where(c => !NotApplicable.Contains(c.Text("file"))).ToList();
        Assert.Equal(23, cases.Count);
        Assert.Equal(24, Cases.Count);
        foreach (var vector in cases)
        {
            var items = vector.GetProperty("in").EnumerateArray().ToList();
            var root = Hash256.Parse(vector.Text("root"));
            var secure = vector.GetProperty("secure").GetBoolean();
            Assert.Equal(root, RootOf(items, secure));
            if (!vector.GetProperty("anyOrder").GetBoolean())
                continue;
            for (var turn = 0; turn < items.Count; turn++)
            {
                items = [.. items.Skip(1), items[0]];
                Assert.Equal(root, RootOf(items, secure));
                Assert.Equal(root, RootOf(Enumerable.Reverse(items), secure));
            }
        }
    }

    private static Hash256 RootOf(IEnumerable<JsonElement> items, bool secure)
    {
        var trie = MerkleTrie.InMemory();
        foreach (var item in items)
        {
            var key = Bytes(item[0])!;
            trie.Set(secure ? Keccak256.Hash(key).ToArray() : key, Bytes(item[1]));
        }

        return trie.Commit([]);
    }

    private static byte[]? Bytes(JsonElement value) => value.GetString() switch
    {
        null => null,
        ['0', 'x', ..] and var hex => Hex.Parse(hex),
        var text => Encoding.ASCII.GetBytes(text),
    };
}
