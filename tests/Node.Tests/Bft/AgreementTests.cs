using Aitbc.Primitives;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Bft;

public sealed class AgreementTests
{
    [Fact]
    public async Task Four_nodes_have_one_hash_at_every_height_under_transfers()
    {
        await using var cluster = await Cluster.StartAsync(4);
        var hashes = new List<string>();
        for (var nonce = 0UL; nonce < 12; nonce++)
        {
            for (var account = 0; account < 4; account++)
                hashes.Add(await cluster.SendAsync(account, account, nonce));
        }

        foreach (var hash in hashes)
            await cluster.FinalAsync(hash);
        Assert.True(cluster.OneHashAtEveryHeight() >= 1);
        var receiver = Address.Parse("0x00000000000000000000000000000000000000aa");
        for (var i = 0; i < 4; i++)
            Assert.Equal((UInt256)48UL, await cluster[i].BalanceAsync(receiver));
    }
}
