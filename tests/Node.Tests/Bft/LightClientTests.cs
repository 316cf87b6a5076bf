using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Light;
using Aitbc.Testing;
using Xunit;

namespace Node.Tests.Bft;

/// <summary>The Sdk's light client against real nodes.</summary>
public sealed class LightClientTests
{
    private static readonly Address Receiver = Address.Parse("0x00000000000000000000000000000000000000aa");

    [Fact]
    public async Task A_light_client_that_trusts_the_genesis_only_proves_balances_and_receipts_of_any_node()
    {
        await using var cluster = await Cluster.StartAsync(4);
        for (var nonce = 0UL; nonce < 5; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
        using var http = new HttpClient { BaseAddress = cluster[2].Url };
        var chain = new ChainClient(http);
        var genesis = cluster.ChainOf(0);
        var trust = new LightTrust(
            genesis.Genesis.ChainId, genesis.GenesisHash, 1, genesis.ValidatorsAt(1)!, genesis.Genesis.TimeMs);
        // The genesis of tests is of a fixed day.
        var options = new LightOptions { TrustingPeriod = TimeSpan.FromDays(36_500) };
        var client = new LightClient(new RpcLightSource(chain), trust, options);
        var header = await client.HeaderAsync();
        Assert.Equal((await chain.BlockAsync(header.Height))!.Hash, header.Hash);
        Assert.Equal((UInt256)5, (await client.AccountAsync(Receiver, header)).Balance);
        Assert.Equal(5UL, (await client.AccountAsync(TestAccounts.Key(0).Address, header)).Nonce);
        var transfer = TestAccounts.Transfer(0, 3, Receiver, 1).Hash;
        var receipt = (await client.ReceiptAsync(transfer))!;
        Assert.True(receipt.Receipt.Succeeded);
        Assert.Equal((await chain.ReceiptAsync(transfer))!.BlockHash, receipt.Block.Hash);
        Assert.Null(await client.ReceiptAsync(Keccak256.Hash("none"u8)));
        using var second = new HttpClient { BaseAddress = cluster[3].Url };
        Assert.True(await client.CompareAsync(new RpcLightSource(new ChainClient(second)), header));
    }
}
