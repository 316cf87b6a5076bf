using System.Text.Json;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.ReceiptRoots;
using Aitbc.Primitives;
using Aitbc.Primitives.Merkle;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>Receipt roots: the tree by vectors, what a proof proves, and the order of epochs.</summary>
public sealed class ReceiptRootTests
{
    private const int Provider = 1;
    private static readonly Address Contract = SystemContracts.ReceiptRoots;

    [Fact]
    public void Roots_and_proofs_equal_those_of_the_recursive_definition()
    {
        var cases = Vectors.Load("receipt-roots");
        Assert.Equal(30, cases.Count);
        foreach (var one in cases)
        {
            var (count, index) = (one.GetProperty("count").GetInt32(), one.GetProperty("index").GetInt32());
            var leaves = Leaves(count);
            Assert.Equal(one.Text("leaf"), leaves[index].ToHex());
            Assert.Equal(one.Text("root"), ReceiptTree.Root(leaves).ToHex());
            Assert.Equal(
                one.GetProperty("proof").EnumerateArray().Select(p => p.GetString()),
                ReceiptTree.Prove(leaves, index).Select(p => p.ToHex()));
        }
    }

    [Fact]
    public void Every_place_of_a_tree_is_proven_and_no_other_place_leaf_count_or_length_is() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 39], Gen.Int[0, 39]).Sample(
            (count, index, other) =>
            {
                var leaves = Leaves(count);
                var (at, root) = (index % count, ReceiptTree.Root(leaves));
                var proof = ReceiptTree.Prove(leaves, at);
                Assert.True(ReceiptTree.Verify(root, (ulong)count, leaves[at], (ulong)at, proof));
                Assert.Equal(other == at, ReceiptTree.Verify(root, (ulong)count, leaves[at], (ulong)other, proof));
                Assert.False(ReceiptTree.Verify(root, (ulong)count, root, (ulong)at, [.. proof, root]));
                Assert.False(ReceiptTree.Verify(root, (ulong)count, Keccak256.Hash("x"u8), (ulong)at, proof));
                if (proof.Count > 0)
                    Assert.False(ReceiptTree.Verify(root, (ulong)count, leaves[at], (ulong)at, [.. proof.Skip(1)]));
            },
            iter: 500);

    [Fact]
    public void A_node_of_the_tree_does_not_pass_for_a_leaf()
    {
        var leaves = Leaves(4);
        var inner = ReceiptTree.Node(leaves[0], leaves[1]);
        var right = ReceiptTree.Node(leaves[2], leaves[3]);
        var root = ReceiptTree.Root(leaves);
        Assert.True(ReceiptTree.Verify(root, 2, inner, 0, [right]));
        Assert.False(ReceiptTree.Verify(root, 4, inner, 0, [right]));
        Assert.NotEqual(inner, ReceiptTree.Leaf(leaves[0], leaves[1]));
    }

    [Fact]
    public void A_published_root_proves_its_receipts_to_anybody()
    {
        var net = new Devnet();
        var leaves = Leaves(5);
        var epoch = Epoch(net) - 1UL;
        var receipt = Publish(net, epoch, ReceiptTree.Root(leaves), 5);
        Assert.True(receipt.Succeeded);
        var log = Assert.Single(receipt.Logs);
        Assert.Equal(
            [net.At(Provider), epoch, ReceiptTree.Root(leaves), (UInt256)5UL],
            ReceiptRootsContract.Published.TryDecode(log.Topics, log.Data.Span));
        Assert.Equal(
            [ReceiptTree.Root(leaves), (UInt256)5UL, (UInt256)net.Seconds],
            net.View(Contract, ReceiptRootsContract.RootOf, net.At(Provider), epoch));
        Assert.Equal([true, epoch], net.View(Contract, ReceiptRootsContract.LastEpoch, net.At(Provider)));
        for (var i = 0; i < 5; i++)
            Assert.True(Verify(net, epoch, leaves[i], (ulong)i, ReceiptTree.Prove(leaves, i)));
        Assert.False(Verify(net, epoch, leaves[0], 1, ReceiptTree.Prove(leaves, 0)));
        Assert.False(Verify(net, epoch, leaves[0], 5, ReceiptTree.Prove(leaves, 0)));
        Assert.False(Verify(net, epoch + 1UL, leaves[0], 0, ReceiptTree.Prove(leaves, 0)));
        Assert.False(Verify(net, epoch, leaves[0], 0, [.. Enumerable.Repeat(leaves[0], 33)]));
    }

    [Fact]
    public void The_contract_gives_the_leaf_of_the_tree() =>
        Assert.Equal(
            [ReceiptTree.Leaf(Word("a"), Word("b"))],
            new Devnet().View(Contract, ReceiptRootsContract.LeafOf, Word("a"), Word("b")));

    [Fact]
    public void An_epoch_is_published_once_after_it_is_over_and_never_backwards()
    {
        var net = new Devnet();
        var epoch = Epoch(net);
        var root = Word("root");
        Assert.Equal([false, UInt256.Zero], net.View(Contract, ReceiptRootsContract.LastEpoch, net.At(Provider)));
        Assert.Equal("EpochNotOver(uint64)", Refusal(net, epoch, root, 1));
        net.Seconds = (ulong)((epoch + 1UL) * ReceiptRootsContract.EpochSeconds) - 1;
        Assert.Equal("EpochNotOver(uint64)", Refusal(net, epoch, root, 1));
        net.Seconds += 1;
        Assert.True(Publish(net, epoch, root, 1).Succeeded);
        Assert.Equal("EpochPassed(uint64)", Refusal(net, epoch, root, 1));
        Assert.Equal("EpochPassed(uint64)", Refusal(net, epoch - 1UL, root, 1));
        Assert.False(Publish(net, epoch, Word("other"), 1).Succeeded);
        Assert.Equal(root, net.View(Contract, ReceiptRootsContract.RootOf, net.At(Provider), epoch)[0]);
        // Another provider has epochs of its own.
        Assert.True(net.Send(2, Contract, ReceiptRootsContract.Publish, default, epoch, root, UInt256.One).Succeeded);
    }

    [Fact]
    public void Epoch_zero_counts_as_published()
    {
        var net = new Devnet();
        Assert.True(Publish(net, default, Word("root"), 1).Succeeded);
        Assert.Equal([true, UInt256.Zero], net.View(Contract, ReceiptRootsContract.LastEpoch, net.At(Provider)));
        Assert.Equal("EpochPassed(uint64)", Refusal(net, default, Word("root"), 1));
    }

    [Fact]
    public void A_root_of_nothing_and_a_count_out_of_range_are_refused()
    {
        var net = new Devnet();
        Assert.Equal("InvalidRoot()", Refusal(net, UInt256.One, Hash256.Zero, 1));
        Assert.Equal("InvalidRoot()", Refusal(net, UInt256.One, Word("root"), 0));
        Assert.Equal("InvalidRoot()", Refusal(net, UInt256.One, Word("root"), (1UL << 32) + 1));
        Assert.Null(Refusal(net, UInt256.One, Word("root"), 1UL << 32));
    }

    [Fact]
    public void Published_roots_behave_as_their_model_over_random_lives() =>
        Gen.Select(Gen.Int[1, 2], Gen.Int[-3, 1], Gen.Int[0, 3], Gen.ULong[0, 2], Gen.ULong[0, 9_000]).Array[1, 30]
            .Sample(
                steps =>
                {
                    var net = new Devnet();
                    var last = new Dictionary<int, UInt256>();
                    var entries = new Dictionary<(int Who, UInt256 Epoch), (Hash256 Root, UInt256 Count, UInt256 At)>();
                    foreach (var (who, ago, name, count, seconds) in steps)
                    {
                        net.Seconds += seconds;
                        var epoch = (UInt256)((ulong)((long)(net.Seconds / ReceiptRootsContract.EpochSeconds) + ago));
                        var root = name == 0 ? Hash256.Zero : Word($"root {name}");
                        var may = name > 0 && count > 0 && ago < 0 && (!last.TryGetValue(who, out var l) || epoch > l);
                        var receipt = net.Send(
                            who, Contract, ReceiptRootsContract.Publish, default, epoch, root, (UInt256)count);
                        Assert.Equal(may, receipt.Succeeded);
                        if (may)
                        {
                            last[who] = epoch;
                            entries.Add((who, epoch), (root, count, net.Seconds));
                        }

                        foreach (var (provider, at) in last)
                        {
                            Assert.Equal(
                                [true, at], net.View(Contract, ReceiptRootsContract.LastEpoch, net.At(provider)));
                        }

                        // What was published once is never another.
                        Assert.All(entries, e => Assert.Equal(
                            [e.Value.Root, e.Value.Count, e.Value.At],
                            net.View(Contract, ReceiptRootsContract.RootOf, net.At(e.Key.Who), e.Key.Epoch)));
                    }
                },
                iter: 40);

    private static UInt256 Epoch(Devnet net) => net.Seconds / ReceiptRootsContract.EpochSeconds;

    private static Hash256 Word(string text) => Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(text));

    private static List<Hash256> Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(i => ReceiptTree.Leaf(Word($"job {i}"), Word($"digest {i}")))];

    private static Aitbc.Ledger.Blocks.Receipt Publish(Devnet net, UInt256 epoch, Hash256 root, ulong count) =>
        net.Send(Provider, Contract, ReceiptRootsContract.Publish, default, epoch, root, (UInt256)count);

    private static string? Refusal(Devnet net, UInt256 epoch, Hash256 root, ulong count) => net.Refusal(
        Provider, Contract, ReceiptRootsContract.Errors, ReceiptRootsContract.Publish, default, epoch, root,
        (UInt256)count);

    private static bool Verify(
        Devnet net, UInt256 epoch, Hash256 leaf, ulong index, IReadOnlyList<Hash256> proof) =>
        (bool)net.View(
            Contract, ReceiptRootsContract.Verify, net.At(Provider), epoch, leaf, (UInt256)index,
            proof.Cast<object?>().ToArray())[0]!;
}
