using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>The state node by node, for who has nothing and trusts a root (specs/sync.md, N3).</summary>
public sealed class StateWalkTests
{
    [Fact]
    public void N3_a_walk_finds_every_account_slot_and_stored_node_of_the_state_and_nothing_else() =>
        Gen.Select(Gen.Int[0, 200], Gen.Int[1, 9]).Sample((count, seed) =>
        {
            var (root, store) = StateOf(count, seed);
            var walk = new StateWalk(root);
            var found = Walk(walk, StateWalk.Read(store.GetTrieNode, root, null, int.MaxValue));
            Assert.True(walk.IsDone);
            Assert.Equal(
                store.Accounts.ToDictionary(a => a.Key.KeccakHash(), a => a.Value),
                found.SelectMany(n => n.Accounts).ToDictionary(a => a.Key, a => a.Account));
            Assert.Equal(
                store.Storage.ToDictionary(
                    s => (s.Key.Contract.KeccakHash(), Keccak256.HashWord(s.Key.Slot)), s => s.Value),
                found.SelectMany(n => n.Slots).ToDictionary(s => (s.Owner, s.Key), s => s.Value));
            Assert.Equal(store.TrieNodeCount, found.Count);
            Assert.All(found, n => Assert.Equal(store.GetTrieNode(n.Key), n.Encoded));
        }, iter: 25);

    [Fact]
    public void N3_a_walk_that_is_read_in_pieces_of_any_size_is_the_same_walk()
    {
        var (root, store) = StateOf(120, 3);
        var whole = StateWalk.Read(store.GetTrieNode, root, null, int.MaxValue);
        Gen.Int[1, 4_000].Sample(enough =>
        {
            var walk = new StateWalk(root);
            var pieces = new List<byte[]>();
            while (!walk.IsDone)
            {
                Assert.True(StatePosition.TryParse(walk.Next.Key(), out var from));
                var piece = StateWalk.Read(store.GetTrieNode, root, from, enough);
                Assert.NotEmpty(piece);
                Walk(walk, piece);
                pieces.AddRange(piece);
            }

            Assert.Equal(whole, pieces);
        }, iter: 10);
    }

    [Fact]
    public void N3_the_state_of_a_chain_with_its_contracts_is_read_from_any_of_its_nodes_on()
    {
        var devnet = new Devnet(validators: 4);
        var (root, store) = (devnet.Head.StateRoot, devnet.Store);
        var whole = StateWalk.Read(store.GetTrieNode, root, null, int.MaxValue);
        var walk = new StateWalk(root);
        for (var i = 0; i < whole.Count; i++)
        {
            Assert.True(StatePosition.TryParse(walk.Next.Key(), out var from));
            Assert.Equal(whole.Skip(i), StateWalk.Read(store.GetTrieNode, root, from, int.MaxValue));
            Walk(walk, [whole[i]]);
        }

        Assert.True(walk.IsDone);
    }

    [Fact]
    public void N3_a_node_that_is_changed_left_out_doubled_or_of_another_place_is_not_taken()
    {
        var (root, store) = StateOf(60, 5);
        var nodes = StateWalk.Read(store.GetTrieNode, root, null, int.MaxValue);
        var walk = new StateWalk(root);
        for (var i = 0; i < nodes.Count; i++)
        {
            var at = walk.Next.Key();
            for (var bit = 0; bit < nodes[i].Length; bit += 7)
            {
                var changed = (byte[])nodes[i].Clone();
                changed[bit] ^= 1;
                Assert.Null(walk.TryTake(changed));
            }

            Assert.Null(walk.TryTake([]));
            Assert.Null(walk.TryTake(new byte[StateWalk.MaxNode + 1]));
            if (i > 0)
                Assert.Null(walk.TryTake(nodes[i - 1]));
            if (i + 1 < nodes.Count)
                Assert.Null(walk.TryTake(nodes[i + 1]));
            Assert.Equal(at, walk.Next.Key());
            Assert.NotNull(walk.TryTake(nodes[i]));
        }

        Assert.True(walk.IsDone);
        Assert.True(new StateWalk(MerkleTrie.EmptyRoot).IsDone);
    }

    [Fact]
    public void N3_any_position_is_answered_and_any_other_bytes_are_none()
    {
        var (root, store) = StateOf(80, 2);
        Gen.Byte.Array[0, 70].Sample(bytes =>
        {
            if (!StatePosition.TryParse(bytes, out var from))
                return;
            Assert.Equal(bytes, from.Key());
            StateWalk.Read(store.GetTrieNode, root, from, 1_000);
        });
        Assert.False(StatePosition.TryParse([0, 0xff, 1], out _));
        Assert.False(StatePosition.TryParse([2, 0], out _));
        Assert.False(StatePosition.TryParse([0, .. new byte[33], 65], out _));
    }

    [Fact]
    public void N3_a_damaged_store_says_so_in_place_of_sending_what_nobody_takes()
    {
        var (root, store) = StateOf(40, 4);
        Assert.Throws<InvalidDataException>(
            () => StateWalk.Read(_ => null, root, null, 100));
        Assert.Throws<InvalidDataException>(
            () => StateWalk.Read(key => key.Length > 2 ? [0xc0] : store.GetTrieNode(key), root, null, 10_000));
    }

    private static List<StateNode> Walk(StateWalk walk, IReadOnlyList<byte[]> nodes) =>
        [.. nodes.Select(n => walk.TryTake(n) ?? throw new InvalidOperationException("Not the next node."))];

    // Every third account has storage; small values make nodes that lie inside their parents.
    private static (Hash256 Root, MemoryStateStore Store) StateOf(int count, int seed)
    {
        var store = new MemoryStateStore();
        var world = new WorldState(store);
        for (var i = 0; i < count; i++)
        {
            var address = Address.FromBytes(Hash(seed, i).AsSpan(0, 20));
            world.AddBalance(address, (UInt256)(ulong)(i + 1));
            for (var slot = 0; i % 3 == 0 && slot < i % 25; slot++)
            {
                world.SetStorage(
                    new StorageKey(address, Hash256.FromBytes(Hash(i, slot))),
                    slot % 2 == 0 ? 1 : UInt256.FromBigEndian(Hash(slot, i)));
            }
        }

        var diff = world.Commit();
        store.Apply(diff);
        return (diff.StateRoot, store);
    }

    private static byte[] Hash(int a, int b) => Keccak256.Hash([(byte)a, (byte)b]).ToArray();
}
