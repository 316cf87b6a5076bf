using Aitbc.Node;
using Aitbc.Node.Maintenance;
using Node.Tests.Storage;
using Xunit;

namespace Node.Tests.Maintenance;

/// <summary>A damaged trie is derived anew out of the flat tables, byte for byte.</summary>
public sealed class RebuildTrieTests : IDisposable
{
    private static readonly byte[] Root = [0, 0];
    private readonly StoredChain chain = new();

    public RebuildTrieTests()
    {
        for (var i = 0; i < 6; i++)
            chain.Add([.. Enumerable.Range(0, 40).Select(r => (StoredChain.Receiver((40 * i) + r), (ulong)r + 1))]);
        chain.Close();
    }

    public void Dispose() => chain.Dispose();

    [Fact]
    public void Deleted_changed_and_foreign_nodes_are_repaired_to_the_very_tables_and_the_chain_goes_on()
    {
        var whole = RawTables.Dump(chain.Folder);
        var count = 0;
        foreach (var table in new[] { "trieTop", "trieSlot" })
        {
            var keys = RawTables.Keys(chain.Folder, table);
            RawTables.Remove(chain.Folder, table, keys.Where((_, i) => i % 2 == 0));
            RawTables.Flip(chain.Folder, table, keys.Where((_, i) => i % 4 == 1));
            count += keys.Count;
        }

        RawTables.Put(chain.Folder, "trieAcct", [0, 1, 2, 3, 4, 5, 10], new byte[40]);
        Assert.True(Verify() > count / 2);
        var report = NodeData.RebuildTrie(chain.Folder, really: true, CancellationToken.None);
        Assert.Equal((chain.Head.StateRoot, count), (report.StateRoot, (int)report.TrieNodes));
        Assert.True(report.Done);
        Assert.Equal(whole, RawTables.Dump(chain.Folder));
        Assert.Equal(0, Verify());
        chain.Reopen();
        chain.Add([.. Enumerable.Range(0, 240).Select(r => (StoredChain.Receiver(r), 5UL))]);
        chain.Close();
        Assert.Equal(0, Verify());
    }

    [Fact]
    public void A_trie_whose_file_the_disk_damaged_is_repaired_without_reading_it()
    {
        var whole = RawTables.Dump(chain.Folder);
        RawTables.FlipOnDisk(chain.Folder, "trieTop", Root);
        Assert.NotEqual(0, Verify());
        NodeData.RebuildTrie(chain.Folder, really: true, CancellationToken.None);
        Assert.Equal(0, Verify());
        Assert.Equal(whole, RawTables.Dump(chain.Folder));
    }

    [Fact]
    public void A_wrong_storage_root_in_a_flat_account_is_put_right()
    {
        var whole = RawTables.Dump(chain.Folder);
        var keys = RawTables.Keys(chain.Folder, "slot");
        var owner = keys[0][..32];
        // The account's value ends with its storage root and its code hash, each a string of 32 bytes or empty.
        RawTables.Change(chain.Folder, "acct", (db, table) =>
        {
            var value = db.Get(owner, table);
            value[^40] ^= 1;
            db.Put(owner, value, table);
        });
        Assert.Equal(1, Verify());
        Assert.Equal(1, NodeData.RebuildTrie(chain.Folder, really: true, CancellationToken.None).Corrected);
        Assert.Equal(whole, RawTables.Dump(chain.Folder));
    }

    [Fact]
    public void Without_the_word_nothing_is_changed()
    {
        RawTables.Remove(chain.Folder, "trieTop", Root);
        var before = RawTables.Dump(chain.Folder);
        var report = NodeData.RebuildTrie(chain.Folder, really: false, CancellationToken.None);
        Assert.False(report.Done);
        Assert.Equal(chain.Head.StateRoot, report.StateRoot);
        Assert.Equal(before, RawTables.Dump(chain.Folder));
    }

    [Theory]
    [InlineData("acct")]
    [InlineData("slot")]
    public void Damaged_flat_tables_are_refused_and_nothing_is_changed(string table)
    {
        var key = RawTables.Keys(chain.Folder, table)[1];
        RawTables.Flip(chain.Folder, table, key);
        var before = RawTables.Dump(chain.Folder);
        Refuse();
        RawTables.Remove(chain.Folder, table, key);
        Refuse();
        RawTables.Put(chain.Folder, table, key, [1, 2, 3]);
        Refuse();
        RawTables.Remove(chain.Folder, table, key);
        RawTables.Put(chain.Folder, table, [9, 9], [1, 2, 3]);
        Refuse();
        Assert.NotEqual(before, RawTables.Dump(chain.Folder));
    }

    [Fact]
    public void A_rebuild_that_was_cut_off_is_run_again()
    {
        var whole = RawTables.Dump(chain.Folder);
        // As after the tables were emptied, one of them for good.
        RawTables.Remove(chain.Folder, "trieTop", RawTables.Keys(chain.Folder, "trieTop"));
        RawTables.Change(chain.Folder, "trieSlot", (db, _) => db.DropColumnFamily("trieSlot"));
        NodeData.RebuildTrie(chain.Folder, really: true, CancellationToken.None);
        Assert.Equal(whole, RawTables.Dump(chain.Folder));
    }

    [Fact]
    public void A_block_that_meets_a_damaged_node_is_not_made_and_nothing_is_written()
    {
        RawTables.Flip(chain.Folder, "trieTop", RawTables.Keys(chain.Folder, "trieTop").Where(k => k[^1] >= 1));
        var before = RawTables.Dump(chain.Folder);
        chain.Reopen();
        var error = Assert.Throws<InvalidDataException>(() => chain.Add((StoredChain.Receiver(3), 1)));
        Assert.Contains("is not what it was", error.Message, StringComparison.Ordinal);
        chain.Close();
        Assert.Equal(before, RawTables.Dump(chain.Folder));
    }

    private void Refuse()
    {
        var before = RawTables.Dump(chain.Folder);
        var refusal = Assert.Throws<NodeStartException>(
            () => NodeData.RebuildTrie(chain.Folder, really: true, CancellationToken.None));
        Assert.Equal(NodeStartException.Damaged, refusal.Code);
        Assert.Contains("Nothing was changed", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, RawTables.Dump(chain.Folder));
    }

    private long Verify() => NodeData.Verify(chain.Folder, 1_024, CancellationToken.None).ProblemCount;
}
