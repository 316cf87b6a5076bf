using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;
using Xunit;

namespace System.Tests.CommandLine;

/// <summary>What runs of one command share.</summary>
public sealed class SessionTests
{
    private const int Many = 32;
    private static readonly Uri Node = new("http://127.0.0.1:1");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Runs_side_by_side_share_one_connection_one_wallet_and_one_sender()
    {
        var folder = Directory.CreateTempSubdirectory("aitbc-session-");
        try
        {
            var token = Path.Combine(folder.FullName, "token");
            await File.WriteAllTextAsync(token, new string('a', 64), Cancel);
            for (var round = 0; round < 20; round++)
            {
                var opened = 0;
                using var session = new Session(Places(token), (address, _) =>
                {
                    Interlocked.Increment(ref opened);
                    return new HttpClient { BaseAddress = address };
                });
                var all = await SideBySideAsync(async () => (
                    Chain: session.Chain,
                    Wallet: await session.WalletAsync(Cancel),
                    Sender: await session.SenderAsync(Cancel),
                    Http: session.Http(Node)));

                Assert.All(all, one => Assert.Same(all[0].Chain, one.Chain));
                Assert.All(all, one => Assert.Same(all[0].Wallet, one.Wallet));
                Assert.All(all, one => Assert.Same(all[0].Sender, one.Sender));
                Assert.All(all, one => Assert.Same(all[0].Http, one.Http));
                Assert.Equal(2, opened);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_wallet_that_could_not_be_opened_is_tried_again()
    {
        var folder = Directory.CreateTempSubdirectory("aitbc-session-");
        try
        {
            var token = Path.Combine(folder.FullName, "token");
            using var session = new Session(Places(token));
            await Assert.ThrowsAnyAsync<IOException>(() => session.WalletAsync(Cancel));
            await File.WriteAllTextAsync(token, new string('a', 64), Cancel);
            Assert.NotNull(await session.WalletAsync(Cancel));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Without_a_token_every_caller_is_told_what_is_missing()
    {
        using var session = new Session(Places(null));
        var codes = await SideBySideAsync(async () =>
            (await Assert.ThrowsAsync<CliFailure>(() => session.SenderAsync(Cancel))).Code);
        Assert.All(codes, code => Assert.Equal("no_wallet_token", code));
    }

    private static Endpoints Places(string? token) =>
        new(Node, new Uri("http://127.0.0.1:2"), new Uri("http://127.0.0.1:3"), null, token);

    /// <summary>All begin at once.</summary>
    private static async Task<T[]> SideBySideAsync<T>(Func<Task<T>> act)
    {
        using var start = new Barrier(Many);
        return await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Cancel);
                return act();
            },
            Cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
    }
}
