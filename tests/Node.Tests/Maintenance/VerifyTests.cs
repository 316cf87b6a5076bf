using Aitbc.Node;
using Aitbc.Node.Maintenance;
using Node.Tests.Storage;
using Xunit;

namespace Node.Tests.Maintenance;

/// <summary>Damage of every kind in real tables and files is found and named.</summary>
public sealed class VerifyTests : IDisposable
{
    private static readonly byte[] Root = [0, 0];
    private readonly StoredChain chain = new();

    public VerifyTests()
    {
        for (var i = 0; i < 6; i++)
            chain.Add([.. Enumerable.Range(0, 10).Select(r => (StoredChain.Receiver((10 * i) + r), (ulong)r + 1))]);
        chain.Close();
    }

    public void Dispose() => chain.Dispose();

    [Fact]
    public void I8_whole_data_give_the_root_that_is_recomputed_from_them_and_are_counted()
    {
        var before = RawTables.Dump(chain.Folder);
        var report = Verify();
        Assert.Empty(report.Problems);
        Assert.Equal(0, report.ProblemCount);
        Assert.Equal((6UL, 7UL), (report.Height, report.Blocks));
        Assert.Equal(chain.Head.StateRoot, report.StateRoot);
        Assert.Equal(RawTables.Keys(chain.Folder, "acct").Count, report.Accounts);
        Assert.Equal(RawTables.Keys(chain.Folder, "slot").Count, report.Slots);
        Assert.Equal(
            RawTables.Keys(chain.Folder, "trieTop").Count + RawTables.Keys(chain.Folder, "trieSlot").Count,
            report.TrieNodes);
        Assert.Equal(RawTables.Keys(chain.Folder, "undo").Count, report.UndoRecords);
        Assert.Equal(before, RawTables.Dump(chain.Folder));
    }

    [Theory]
    [InlineData("trieTop", ProblemKind.Trie, 1)]
    [InlineData("trieSlot", ProblemKind.Trie, 1)]
    [InlineData("slot", ProblemKind.Flat, null)]
    [InlineData("acct", ProblemKind.Flat, null)]
    [InlineData("blocks", ProblemKind.Block, null)]
    [InlineData("receipts", ProblemKind.Block, 1)]
    [InlineData("hashes", ProblemKind.Block, 1)]
    [InlineData("txidx", ProblemKind.Block, 1)]
    public void Whatever_entry_is_removed_from_a_table_is_missed(string table, string kind, int? problems)
    {
        var keys = RawTables.Keys(chain.Folder, table);
        RawTables.Remove(chain.Folder, table, keys[keys.Count / 2]);
        var report = Verify();
        Assert.Contains(report.Problems, p => p.Kind == kind);
        Assert.Equal(problems ?? report.ProblemCount, report.ProblemCount);
    }

    [Theory]
    [InlineData("trieTop", ProblemKind.Trie)]
    [InlineData("trieSlot", ProblemKind.Trie)]
    [InlineData("slot", ProblemKind.Flat)]
    [InlineData("acct", ProblemKind.Flat)]
    [InlineData("blocks", ProblemKind.Block)]
    [InlineData("receipts", ProblemKind.Block)]
    [InlineData("hashes", ProblemKind.Block)]
    [InlineData("txidx", ProblemKind.Block)]
    public void Whatever_byte_is_changed_in_a_table_is_noticed(string table, string kind)
    {
        var keys = RawTables.Keys(chain.Folder, table);
        foreach (var key in new[] { keys[0], keys[^1] })
        {
            RawTables.Flip(chain.Folder, table, key);
            Assert.Contains(Verify().Problems, p => p.Kind == kind);
            RawTables.Flip(chain.Folder, table, key);
            Assert.Empty(Verify().Problems);
        }
    }

    [Theory]
    [InlineData("trieTop", ProblemKind.Trie)]
    [InlineData("acct", ProblemKind.Flat)]
    [InlineData("slot", ProblemKind.Flat)]
    [InlineData("undo", ProblemKind.Undo)]
    public void A_file_that_the_disk_damaged_is_named_by_what_is_in_it(string table, string kind)
    {
        var longest = Longest(table);
        RawTables.FlipOnDisk(chain.Folder, table, longest);
        var report = Verify();
        var problem = report.Problems.First(p => p.Kind == kind);
        Assert.Contains("cannot be read", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("orruption", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_and_records_that_belong_to_nothing_are_problems()
    {
        RawTables.Put(chain.Folder, "trieAcct", [0, 1, 2, 3, 4, 5, 10], new byte[40]);
        RawTables.Put(chain.Folder, "undo", [0, 0, 0, 0, 120, 0], []);
        var report = Verify();
        Assert.Equal(2, report.ProblemCount);
        Assert.Contains(report.Problems, p => p.Kind == ProblemKind.Trie && p.Detail.StartsWith("1 stored trie"));
        Assert.Contains(report.Problems, p => p.Kind == ProblemKind.Undo);
    }

    [Fact]
    public void Only_the_first_hundred_problems_are_put_into_words()
    {
        RawTables.Change(chain.Folder, "undo", (db, table) =>
        {
            for (byte i = 0; i < 150; i++)
                db.Put(new byte[] { 0, 0, 0, 0, i }, Array.Empty<byte>(), table);
        });
        var report = Verify();
        Assert.Equal((150, 100), (report.ProblemCount, report.Problems.Count));
    }

    [Fact]
    public void Data_that_are_open_elsewhere_and_folders_without_a_chain_are_refused()
    {
        chain.Reopen();
        var before = chain.Store.Tip;
        foreach (var command in Commands())
            Assert.Equal(NodeStartException.DataInUse, Assert.Throws<NodeStartException>(command).Code);
        Assert.Equal(before, chain.Store.Tip);
        Assert.NotNull(chain.Store.GetTrieNode(Root));
        var empty = Directory.CreateTempSubdirectory("aitbc-store-").FullName;
        var refusal = Assert.Throws<NodeStartException>(() => NodeData.Verify(empty, 1, CancellationToken.None));
        Assert.Equal(NodeStartException.NoData, refusal.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(empty));
        Directory.Delete(empty);
    }

    private Action[] Commands() =>
    [
        () => Verify(),
        () => NodeData.RebuildTrie(chain.Folder, really: true, CancellationToken.None),
        () => NodeData.Rollback(chain.Folder, 0, really: true, CancellationToken.None),
    ];

    private VerifyReport Verify() => NodeData.Verify(chain.Folder, 1_024, CancellationToken.None);

    private byte[] Longest(string table)
    {
        byte[] longest = [];
        RawTables.Change(chain.Folder, table, (db, family) =>
        {
            var most = 0;
            using var iterator = db.NewIterator(family);
            for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
            {
                if (iterator.Value().Length <= most)
                    continue;
                (longest, most) = (iterator.Key(), iterator.Value().Length);
            }
        });
        return longest;
    }
}
