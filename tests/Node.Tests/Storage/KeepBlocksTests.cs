using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Node.Engine;
using Aitbc.Node.Maintenance;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Storage;

/// <summary>What a node keeps that is told to keep few blocks (specs/storage.md, section 8).</summary>
public sealed class KeepBlocksTests : IDisposable
{
    private const int Transfers = 150;
    private static readonly Address Receiver = Address.Parse("0x00000000000000000000000000000000000000aa");
    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-keep-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_newest_blocks_are_kept_whole_and_of_older_ones_nothing()
    {
        var options = TestNode.OptionsIn(folder);
        options.KeepBlocks = 128;
        ulong from;
        await using (var node = await TestNode.StartAsync(options))
        {
            for (var nonce = 0UL; nonce < Transfers; nonce++)
                await TransferAsync(node, nonce);
            var chain = node.Service<Chain>();
            from = chain.Head.Header.Number - 127;
            Assert.Equal(from, chain.Store.WholeFrom);
            Assert.NotNull(chain.Store.Block(from));
            for (var height = 1UL; height < from; height++)
            {
                Assert.Null(chain.Store.Block(height));
                Assert.Null(chain.Store.CertificateBytes(height));
                Assert.Empty(chain.Store.Receipts(height));
            }

            Assert.Null(await node.CallAsync("eth_getTransactionByHash", Transfer(0).Hash.ToString()));
            Assert.NotNull(await node.CallAsync("eth_getBlockByNumber", "0x0", false));
            var told = await PrunedAsync(node, "eth_getBlockByNumber", "0x1", false);
            Assert.Contains($"{from}", told, StringComparison.Ordinal);
            await PrunedAsync(node, "eth_getBalance", Receiver.ToString(), "0x1");
        }

        await using (var again = await TestNode.StartAsync(options))
        {
            Assert.Equal(from, again.Service<Chain>().Store.WholeFrom);
            await TransferAsync(again, Transfers);
        }

        Assert.Equal(0, NodeData.Verify(options.DataDirectory, 1_024, CancellationToken.None).ProblemCount);
    }

    [Theory]
    [InlineData(127UL, false)]
    [InlineData(200UL, true)]
    public async Task Too_few_blocks_and_an_archive_that_forgets_are_refused(ulong keep, bool archive)
    {
        var options = TestNode.OptionsIn(folder);
        (options.KeepBlocks, options.Archive) = (keep, archive);
        await Assert.ThrowsAsync<ArgumentException>(() => TestNode.StartAsync(options));
    }

    private static Transaction Transfer(ulong nonce) =>
        TestAccounts.Transfer(0, nonce, Receiver, 1);

    private static async Task TransferAsync(TestNode node, ulong nonce) =>
        await node.ReceiptAsync((string)(await node.SendRawAsync(Transfer(nonce).Bytes()))!);

    private static async Task<string> PrunedAsync(
        TestNode node, string method, params JsonNode?[] parameters)
    {
        var error = (await node.AnswerAsync(method, parameters))["error"]!;
        Assert.Equal(4444, (int)error["code"]!);
        return (string)error["message"]!;
    }
}
