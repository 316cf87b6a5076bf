using Aitbc.Node;
using Aitbc.Node.Maintenance;
using Aitbc.Primitives;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Maintenance;

/// <summary>What the node says of damaged data, and that it goes on once they are mended.</summary>
public sealed class RunningNodeTests : NodeTest
{
    private string Data => Node.Options.DataDirectory;

    [Fact]
    public async Task A_damaged_trie_stops_the_start_which_names_the_command_that_repairs_it()
    {
        await TransferAsync(0, 5);
        await Node.DisposeAsync();
        RawTables.Flip(Data, "trieTop", [0, 0]);
        var refusal = await RefusalAsync();
        Assert.Contains($"'aitbcd db rebuild-trie --data {Data} --yes'", refusal, StringComparison.Ordinal);
        NodeData.RebuildTrie(Data, really: true, CancellationToken.None);
        await RestartAsync();
        await TransferAsync(1, 6);
        Assert.Equal((UInt256)11UL, await Node.BalanceAsync(Receiver));
    }

    [Fact]
    public async Task A_file_of_blocks_that_the_disk_damaged_stops_the_start_which_names_the_rollback()
    {
        await TransferAsync(0, 5);
        await TransferAsync(1, 5);
        await Node.DisposeAsync();
        RawTables.Remove(Data, "blocks", [0, 0, 0, 0, 0, 0, 0, 2]);
        var refusal = await RefusalAsync();
        Assert.Contains($"'aitbcd db rollback --data {Data} --to HEIGHT'", refusal, StringComparison.Ordinal);
        NodeData.Rollback(Data, 1, really: true, CancellationToken.None);
        await RestartAsync();
        Assert.Equal(1UL, await Node.HeightAsync());
        await TransferAsync(1, 7);
        Assert.Equal((UInt256)12UL, await Node.BalanceAsync(Receiver));
    }

    [Fact]
    public async Task A_running_node_keeps_its_data_for_itself_and_goes_on()
    {
        await TransferAsync(0);
        var refusal = Assert.Throws<NodeStartException>(
            () => NodeData.Rollback(Data, 0, really: true, CancellationToken.None));
        Assert.Equal(NodeStartException.DataInUse, refusal.Code);
        await TransferAsync(1);
        Assert.Equal(2UL, await Node.HeightAsync());
    }

    [Fact]
    public async Task A_rollback_that_was_cut_off_stops_the_start()
    {
        await TransferAsync(0);
        await Node.DisposeAsync();
        RawTables.Put(Data, "meta", "rollback"u8.ToArray(), new byte[8]);
        Assert.Contains(
            $"'aitbcd db rollback --data {Data} --to 0 --yes'", await RefusalAsync(), StringComparison.Ordinal);
        NodeData.Rollback(Data, 0, really: true, CancellationToken.None);
        await RestartAsync();
        await TransferAsync(0, 3);
        Assert.Equal((UInt256)3UL, await Node.BalanceAsync(Receiver));
    }

    private async Task<string> RefusalAsync()
    {
        var refusal = await Assert.ThrowsAsync<NodeStartException>(() => TestNode.StartAsync(Node.Options));
        Assert.Equal(NodeStartException.Damaged, refusal.Code);
        return refusal.Message;
    }
}
