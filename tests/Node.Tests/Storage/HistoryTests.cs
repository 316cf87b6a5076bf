using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Xunit;

namespace Node.Tests.Storage;

/// <summary>The state of earlier heights, out of the undo records, on real RocksDB.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void Every_height_of_the_window_has_its_own_state_and_proofs_against_its_own_root()
    {
        using var chain = new StoredChain();
        var balances = new List<UInt256[]> { Balances(chain.Store) };
        for (var i = 1; i <= 12; i++)
        {
            chain.Add((StoredChain.Receiver(i % 5), (ulong)i), (StoredChain.Receiver(6 + i), 1));
            balances.Add(Balances(chain.Store));
        }

        chain.Reopen();
        for (var height = 0; height <= 12; height++)
        {
            var found = Assert.IsType<StateLookup.Found>(chain.Store.At((ulong)height));
            using var view = found.View;
            Assert.Equal(height, (int)view.Block.Header.Number);
            Assert.Equal(height == 12, view.IsLatest);
            Assert.Equal(balances[height], Balances(view));
            for (var i = 0; i < 20; i++)
                Prove(view, StoredChain.Receiver(i));
            Prove(view, Supply.Record);
        }
    }

    [Fact]
    public void Heights_outside_the_window_and_beyond_the_head_are_named_so()
    {
        using var chain = new StoredChain(history: 3);
        for (var i = 1; i <= 5; i++)
            chain.Add((StoredChain.Receiver(i), 1));
        Assert.Equal(new StateLookup.Pruned(2), chain.Store.At(1));
        Assert.Equal(new StateLookup.Beyond(5), chain.Store.At(6));
        using var view = Assert.IsType<StateLookup.Found>(chain.Store.At(2)).View;
        Assert.Equal(1UL, (ulong)view.GetAccount(StoredChain.Receiver(2))!.Value.Balance);
        Assert.Null(view.GetAccount(StoredChain.Receiver(3)));
    }

    [Fact]
    public void A_view_keeps_its_state_while_blocks_become_final_and_after_the_store_is_closed()
    {
        using var chain = new StoredChain();
        chain.Add((StoredChain.Receiver(1), 5));
        using var latest = chain.Store.Latest();
        using var earlier = Assert.IsType<StateLookup.Found>(chain.Store.At(0)).View;
        for (var i = 0; i < 5; i++)
            chain.Add((StoredChain.Receiver(1), 5));
        Assert.Equal((UInt256)5UL, latest.GetAccount(StoredChain.Receiver(1))!.Value.Balance);
        Assert.Null(earlier.GetAccount(StoredChain.Receiver(1)));
        chain.Store.Dispose();
        Prove(latest, StoredChain.Receiver(1));
        Prove(earlier, StoredChain.Receiver(1));
        Assert.Throws<ObjectDisposedException>(chain.Store.Latest);
        latest.Dispose();
        earlier.Dispose();
        Assert.Throws<ObjectDisposedException>(() => latest.GetAccount(StoredChain.Receiver(1)));
        chain.Reopen();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Whole_epochs_are_forgotten_unless_the_node_is_an_archive(bool archive)
    {
        using var chain = new StoredChain(history: 10, archive);
        chain.Add((StoredChain.Receiver(1), 5));
        while (chain.Head.Number < 2 * StateHistory.Epoch)
            chain.Add();
        if (!archive)
        {
            Assert.Equal(new StateLookup.Pruned((2 * StateHistory.Epoch) - 10), chain.Store.At(1_000));
            // Whoever keeps more from now on cannot ask for what is gone.
            chain.Options.StateHistory = 8_192;
            chain.Reopen();
            Assert.Equal(new StateLookup.Pruned(StateHistory.Epoch - 1), chain.Store.At(1_000));
            using var oldest = Assert.IsType<StateLookup.Found>(chain.Store.At(StateHistory.Epoch - 1)).View;
            Prove(oldest, Supply.Record);
            return;
        }

        using var view = Assert.IsType<StateLookup.Found>(chain.Store.At(0)).View;
        Assert.Null(view.GetAccount(StoredChain.Receiver(1)));
        Prove(view, StoredChain.Receiver(1));
    }

    private static UInt256[] Balances(IStateStore state) =>
        [.. Enumerable.Range(0, 20).Select(i => state.GetAccount(StoredChain.Receiver(i))?.Balance ?? default)];

    private static void Prove(StateView view, Address address)
    {
        Hash256[] slots = [Hash256.FromUInt256(2), Hash256.FromUInt256(9)];
        var proof = view.Prove(address, slots);
        var root = view.Block.Header.StateRoot;
        Assert.True(TrieProof.TryVerify(root, address.KeccakHash().ToArray(), proof.Nodes, out var account));
        Assert.Equal(proof.Account, account is null ? null : AccountState.Decode(account));
        var storage = proof.Account?.StorageRoot ?? MerkleTrie.EmptyRoot;
        foreach (var slot in proof.Slots)
        {
            var key = Keccak256.HashWord(slot.Slot).ToArray();
            Assert.True(TrieProof.TryVerify(storage, key, slot.Nodes, out var value));
            Assert.Equal(slot.Value.IsZero, value is null);
        }
    }
}
