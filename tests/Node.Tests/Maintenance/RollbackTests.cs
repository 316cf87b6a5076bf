using Aitbc.Node;
using Aitbc.Node.Maintenance;
using Aitbc.Node.Storage;
using Node.Tests.Storage;
using Xunit;

namespace Node.Tests.Maintenance;

/// <summary>Going back leaves the very tables that the chain had at that height.</summary>
public sealed class RollbackTests
{
    [Fact]
    public void Every_earlier_height_has_its_own_tables_again_and_the_chain_goes_on()
    {
        using var chain = new StoredChain();
        var dumps = new List<string>();
        for (var i = 0; i <= 8; i++)
        {
            chain.Close();
            dumps.Add(RawTables.Dump(chain.Folder));
            chain.Reopen();
            chain.Add((StoredChain.Receiver(i % 3), 7), (StoredChain.Receiver(10 + i), 1));
        }

        chain.Close();
        for (var to = 8; to >= 0; to -= 2)
        {
            var report = Rollback(chain, (ulong)to);
            Assert.Equal((ulong)to, report.To);
            Assert.Equal(dumps[to], RawTables.Dump(chain.Folder));
            Assert.Equal(0, NodeData.Verify(chain.Folder, 100, CancellationToken.None).ProblemCount);
        }

        chain.ReopenAt(0);
        for (var i = 0; i < 3; i++)
            chain.Add((StoredChain.Receiver(50 + i), 9));
        chain.Close();
        Assert.Equal(0, NodeData.Verify(chain.Folder, 100, CancellationToken.None).ProblemCount);
    }

    [Fact]
    public void It_goes_back_over_the_end_of_an_epoch()
    {
        using var chain = new StoredChain();
        while (chain.Head.Number < StateHistory.Epoch - 2)
            chain.Add();
        chain.Add((StoredChain.Receiver(1), 1));
        chain.Close();
        var dump = RawTables.Dump(chain.Folder);
        chain.Reopen();
        for (var i = 0; i < 4; i++)
            chain.Add((StoredChain.Receiver(1), 1), (StoredChain.Receiver(2 + i), 1));
        chain.Close();
        var report = Rollback(chain, StateHistory.Epoch - 1);
        Assert.Equal((4UL, 8UL), (report.Blocks, report.Transactions));
        Assert.Equal(dump, RawTables.Dump(chain.Folder));
    }

    [Fact]
    public void Without_the_word_it_says_what_it_would_remove_and_changes_nothing()
    {
        using var chain = Chain(4);
        var before = RawTables.Dump(chain.Folder);
        var report = NodeData.Rollback(chain.Folder, 1, really: false, CancellationToken.None);
        Assert.Equal((4UL, 1UL, 3UL), (report.From, report.To, report.Blocks));
        Assert.Equal((6UL, false), (report.Transactions, report.Done));
        Assert.True(report.UndoRecords > 12);
        Assert.Equal(before, RawTables.Dump(chain.Folder));
    }

    [Fact]
    public void Heights_that_it_cannot_go_to_are_refused_and_nothing_is_changed()
    {
        using var chain = Chain(4);
        RawTables.Put(chain.Folder, "meta", "historyFrom"u8.ToArray(), Height(2));
        var before = RawTables.Dump(chain.Folder);
        Refused(chain, 4, "there is nothing to go back from");
        Refused(chain, 5, "there is nothing to go back from");
        Refused(chain, 1, "reach back to block 2 only");
        Assert.Equal(before, RawTables.Dump(chain.Folder));
        RawTables.Remove(chain.Folder, "blocks", Height(3));
        Refused(chain, 3, "Block 3 is missing");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_was_cut_off_is_finished_by_the_same_command_and_by_no_other(bool atTheBeginning)
    {
        using var chain = Chain(2);
        var wanted = RawTables.Dump(chain.Folder);
        chain.Reopen();
        for (var i = 0; i < 3; i++)
            chain.Add((StoredChain.Receiver(i), 4));
        chain.Close();
        if (!atTheBeginning)
            Rollback(chain, 2);
        RawTables.Put(chain.Folder, "meta", "rollback"u8.ToArray(), Height(2));
        Refused(chain, 1, "has to be finished first, with --to 2");
        foreach (var command in new Action[]
        {
            () => NodeData.Verify(chain.Folder, 1, CancellationToken.None),
            () => NodeData.RebuildTrie(chain.Folder, really: true, CancellationToken.None),
        })
        {
            var refusal = Assert.Throws<NodeStartException>(command);
            Assert.Contains("db rollback --data", refusal.Message, StringComparison.Ordinal);
        }

        Rollback(chain, 2);
        Assert.Equal(wanted, RawTables.Dump(chain.Folder));
    }

    [Fact]
    public void Blocks_that_cannot_be_read_leave_nothing_that_points_to_them()
    {
        using var chain = Chain(2);
        var wanted = RawTables.Dump(chain.Folder);
        chain.Reopen();
        for (var i = 0; i < 3; i++)
            chain.Add((StoredChain.Receiver(i), 4));
        chain.Close();
        RawTables.Remove(chain.Folder, "blocks", Height(4));
        RawTables.Flip(chain.Folder, "hashes", chain.Headers[5].Hash().ToArray());
        RawTables.Put(chain.Folder, "blocks", Height(5), [1, 2, 3]);
        Rollback(chain, 2);
        Assert.Equal(Lines(wanted), Lines(RawTables.Dump(chain.Folder)));
        chain.ReopenAt(2);
        chain.Add((StoredChain.Receiver(1), 1));
    }

    [Fact]
    public void It_ends_when_it_is_told_to_before_anything_is_changed()
    {
        using var chain = Chain(4);
        var before = RawTables.Dump(chain.Folder);
        using var ended = new CancellationTokenSource();
        ended.Cancel();
        Assert.Throws<OperationCanceledException>(() => NodeData.Rollback(chain.Folder, 1, really: true, ended.Token));
        Assert.Equal(before, RawTables.Dump(chain.Folder));
    }

    // All but how many transactions were ever included, which lost blocks can no longer say.
    private static IEnumerable<string> Lines(string dump) =>
        dump.Split('\n').Where(l => !l.StartsWith(Convert.ToHexString("included"u8), StringComparison.Ordinal));

    private static StoredChain Chain(int blocks)
    {
        var chain = new StoredChain();
        for (var i = 0; i < blocks; i++)
            chain.Add((StoredChain.Receiver(1), 7), (StoredChain.Receiver(10 + i), 1));
        chain.Close();
        return chain;
    }

    private static RollbackReport Rollback(StoredChain chain, ulong to)
    {
        var report = NodeData.Rollback(chain.Folder, to, really: true, CancellationToken.None);
        Assert.True(report.Done);
        return report;
    }

    private static void Refused(StoredChain chain, ulong to, string reason)
    {
        var refusal = Assert.Throws<NodeStartException>(
            () => NodeData.Rollback(chain.Folder, to, really: true, CancellationToken.None));
        Assert.Equal(NodeStartException.RollbackRefused, refusal.Code);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Height(ulong height)
    {
        var bytes = new byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, height);
        return bytes;
    }
}
