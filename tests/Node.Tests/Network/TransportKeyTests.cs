using System.Runtime.Versioning;
using Aitbc.Node;
using Aitbc.Node.Network.Links.Identity;
using Xunit;

namespace Node.Tests.Network;

/// <summary>The file of the transport key (specs/p2p.md, K1 and K2).</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TransportKeyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-key-").FullName;

    private string FilePath => Path.Combine(folder, TransportKey.FileName);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void K1_the_key_is_made_once_and_is_for_its_owner_only()
    {
        using var first = TransportKey.ReadOrCreate(folder);
        using var second = TransportKey.ReadOrCreate(folder);
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(folder));
    }

    [Fact]
    public async Task K1_of_many_that_make_the_keys_at_once_all_have_the_same()
    {
        for (var round = 0; round < 20; round++)
        {
            var own = Path.Combine(folder, $"{round}");
            using var start = new Barrier(8);
            var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return Aitbc.Node.NodeKeys.ReadOrCreate(own);
                },
                TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.Single(keys.Distinct());
            Assert.Equal(2, Directory.GetFiles(own).Length);
        }
    }

    [Fact]
    public void K1_a_key_that_others_may_read_stops_the_start()
    {
        TransportKey.ReadOrCreate(folder).Dispose();
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var refusal = Assert.Throws<NodeStartException>(() => TransportKey.ReadOrCreate(folder));
        Assert.Equal(NodeStartException.KeyExposed, refusal.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    [InlineData("P-384")]
    public void K1_another_kind_of_key_stops_the_start(string content)
    {
        using var other = System.Security.Cryptography.ECDsa.Create(
            System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        TransportKey.ReadOrCreate(folder).Dispose();
        File.WriteAllText(FilePath, content == "P-384" ? other.ExportPkcs8PrivateKeyPem() : content);
        var refusal = Assert.Throws<NodeStartException>(() => TransportKey.ReadOrCreate(folder));
        Assert.Equal(NodeStartException.Damaged, refusal.Code);
    }

    [Fact]
    public void K2_the_name_is_the_hash_of_the_public_key_and_not_of_the_certificate()
    {
        using var key = TransportKey.ReadOrCreate(folder);
        using var again = TransportKey.ReadOrCreate(folder);
        Assert.Equal(key.Id, TransportKey.PeerIdOf(again.Certificate));
        Assert.NotEqual(key.Certificate.RawData, again.Certificate.RawData);
    }
}
