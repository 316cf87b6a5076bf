using Aitbc.Node;
using Aitbc.Primitives;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Engine;

public sealed class RestartTests : NodeTest
{
    [Fact]
    public async Task A_restart_continues_the_chain_with_every_receipt()
    {
        var first = await TransferAsync(0, 5);
        var before = await Node.HeightAsync();
        await RestartAsync();
        Assert.Equal(before, await Node.HeightAsync());
        Assert.Equal("0x1", (string)(await Node.ReceiptAsync(first))["status"]!);
        await TransferAsync(1, 6);
        Assert.Equal(before + 1, await Node.HeightAsync());
        Assert.Equal((UInt256)11UL, await Node.BalanceAsync(Receiver));
    }

    [Fact]
    public async Task Another_genesis_is_refused_and_the_data_stay()
    {
        await TransferAsync(0);
        await Node.DisposeAsync();
        var other = TestNode.OptionsIn(Folder, chainId: 7778);
        var refusal = await Assert.ThrowsAsync<NodeStartException>(() => TestNode.StartAsync(other));
        Assert.Equal(NodeStartException.OtherChain, refusal.Code);
        await RestartAsync();
        Assert.Equal(1UL, await Node.HeightAsync());
    }

    [Fact]
    public async Task A_block_of_another_validator_stops_the_start()
    {
        await TransferAsync(0);
        await Node.DisposeAsync();
        File.Delete(Path.Combine(Node.Options.DataDirectory, "validator.key"));
        var refusal = await Assert.ThrowsAsync<NodeStartException>(() => TestNode.StartAsync(Node.Options));
        Assert.Equal(NodeStartException.Damaged, refusal.Code);
        Assert.Contains("certificate", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_nodes_cannot_open_the_same_data()
    {
        var refusal = await Assert.ThrowsAsync<NodeStartException>(() => TestNode.StartAsync(Node.Options));
        Assert.Equal(NodeStartException.DataInUse, refusal.Code);
        await TransferAsync(0);
    }

    [Fact]
    public async Task A_genesis_file_that_cannot_be_read_is_named()
    {
        var options = TestNode.OptionsIn(Path.Combine(Folder, "other"));
        File.WriteAllText(options.GenesisFile, "{\"chainId\":");
        var refusal = await Assert.ThrowsAsync<NodeStartException>(() => TestNode.StartAsync(options));
        Assert.Equal(NodeStartException.GenesisInvalid, refusal.Code);
        Assert.Contains(options.GenesisFile, refusal.Message, StringComparison.Ordinal);
    }
}
