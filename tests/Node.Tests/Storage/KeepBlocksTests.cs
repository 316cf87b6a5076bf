using Aitbc.Node;
using Aitbc.Node.Engine;
using Aitbc.Node.Maintenance;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Storage;

/// <summary>What a node keeps that is told to keep few blocks (specs/storage.md, section 8).</summary>
public sealed class KeepBlocksTests : NodeTest
{
    [Fact]
    public async Task The_newest_blocks_are_kept_whole_and_of_older_ones_nothing()
    {
        string? first = null;
        for (var nonce = 0UL; nonce < 150; nonce++)
        {
            var hash = await TransferAsync(nonce);
            first ??= hash;
        }

        var chain = Node.Service<Chain>();
        var tip = chain.Head.Header.Number;
        Assert.Equal(tip - 127, chain.Store.WholeFrom);
        Assert.NotNull(chain.Store.Block(chain.Store.WholeFrom));
        for (var height = 1UL; height < chain.Store.WholeFrom; height++)
        {
            Assert.Null(chain.Store.Block(height));
            Assert.Null(chain.Store.CertificateBytes(height));
            Assert.Empty(chain.Store.Receipts(height));
        }

        Assert.Null(await Node.CallAsync("eth_getTransactionByHash", first));
        var error = (await Node.AnswerAsync("eth_getBlockByNumber", "0x1", false))["error"]!;
        Assert.Equal(4444, (int)error["code"]!);
        Assert.Contains($"{tip - 127}", (string)error["message"]!, StringComparison.Ordinal);
        Assert.NotNull(await Node.CallAsync("eth_getBlockByNumber", "0x0", false));
        var state = (await Node.AnswerAsync("eth_getBalance", Receiver.ToString(), "0x1"))["error"]!;
        Assert.Equal(4444, (int)state["code"]!);
        await RestartAsync();
        Assert.Equal(tip - 127, Node.Service<Chain>().Store.WholeFrom);
        await TransferAsync(150);
        await Node.DisposeAsync();
        Assert.Equal(0, NodeData.Verify(Node.Options.DataDirectory, 1_024, CancellationToken.None).ProblemCount);
    }

    [Theory]
    [InlineData(127UL, false)]
    [InlineData(200UL, true)]
    public async Task Too_few_blocks_and_an_archive_that_forgets_are_refused(ulong keep, bool archive)
    {
        var options = TestNode.OptionsIn(Path.Combine(Folder, "other"));
        (options.KeepBlocks, options.Archive) = (keep, archive);
        await Assert.ThrowsAsync<ArgumentException>(() => TestNode.StartAsync(options));
    }

    protected override void Configure(NodeOptions options) => options.KeepBlocks = 128;
}
