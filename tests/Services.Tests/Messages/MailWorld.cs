using System.Text;
using Aitbc.Coordinator;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Messages;
using Aitbc.Sdk.Wallet;
using Aitbc.Testing;
using Services.Tests.Chain;
using Services.Tests.Coordinator;
using Services.Tests.Wallet;
using Xunit;

namespace Services.Tests.Messages;

/// <summary>
/// A real node, a real coordinator, a real wallet, and in the registry the agents 0 and 1 of two accounts of the
/// wallet, which can be written to, and 2 of the first, which cannot.
/// </summary>
internal sealed class MailWorld : IAsyncDisposable
{
    public const ulong Ann = 0;
    public const ulong Ben = 1;
    public const ulong Deaf = 2;
    private readonly TemporaryFolder folder = new();
    private RealNode node = null!;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Market Market { get; private set; } = null!;

    public WalletDaemon Wallet { get; private set; } = null!;

    public ChainClient Chain => node.Client;

    public Uri NodeUrl => node.Url;

    public AgentClient Agents { get; private set; } = null!;

    /// <summary>The accounts of the agents.</summary>
    public IReadOnlyList<Address> Accounts { get; private set; } = [];

    public static async Task<MailWorld> StartAsync(
        Func<Func<CoordinatorOptions, CoordinatorOptions>, Task<Market>> start,
        Func<CoordinatorOptions, CoordinatorOptions>? change = null)
    {
        var world = new MailWorld();
        world.node = await RealNode.StartAsync(world.folder.Path, TimeProvider.System);
        world.Market = await start(o => (change?.Invoke(o) ?? o) with { NodeUrl = world.node.Url });
        var options = WalletDaemon.OptionsIn(world.folder) with
        {
            DataDirectory = Path.Combine(world.folder.Path, "wallet"),
        };
        world.Wallet = await WalletDaemon.StartAsync(options, world.Market.Time);
        world.Accounts = [await world.ImportAsync(0), await world.ImportAsync(1)];
        world.Agents = new AgentClient(world.Chain, new TransactionSender(world.Chain, world.Wallet.Client));
        await world.RegisterAsync(world.Accounts[0]);
        await world.RegisterAsync(world.Accounts[1]);
        await world.Agents.RegisterAsync(world.Accounts[0], "", null, Cancel);
        return world;
    }

    public MarketClient ClientOf(int account, HttpMessageHandler? between = null) => new(
        between is null ? Market.Http : new HttpClient(between) { BaseAddress = Market.Http.BaseAddress },
        Wallet.Client,
        Accounts[account],
        Market.Time);

    public AgentMailbox Mailbox(int account, HttpMessageHandler? between = null) =>
        new(Chain, Wallet.Client, ClientOf(account, between), Accounts[account]);

    /// <summary>Agent 0 writes to agent 1.</summary>
    public async Task<AgentMessage> SendAsync(string text, string topic = "")
    {
        var mailbox = Mailbox(0);
        var message = await mailbox.SealAsync(Ann, Ben, Encoding.UTF8.GetBytes(text), topic, Cancel);
        await mailbox.PostAsync(message, Cancel);
        return message;
    }

    public Task<IReadOnlyList<ReceivedMessage>> ReadAsync(
        InboxQuery? query = null, HttpMessageHandler? between = null) =>
        Mailbox(1, between).ReadAsync(Ben, query ?? new InboxQuery(), Cancel);

    /// <summary>Signs an envelope with an account of the wallet, whatever is in it.</summary>
    public async Task<AgentMessage> SignAsync(AgentMessage message, int account)
    {
        var signature = await Wallet.Client.SignTypedDataAsync(Accounts[account], message.ToTypedData(7777), Cancel);
        return message with { Signature = Hex.ToHex(signature.ToBytes65()) };
    }

    public async ValueTask DisposeAsync()
    {
        await Market.DisposeAsync();
        await Wallet.DisposeAsync();
        await node.DisposeAsync();
        folder.Dispose();
    }

    private async Task<Address> ImportAsync(int number)
    {
        using var key = TestAccounts.Key(number);
        var bytes = new byte[32];
        key.CopyTo(bytes);
        return (await Wallet.Client.ImportPrivateKeyAsync(Hex.ToHex(bytes), $"agent-{number}", Cancel)).Address;
    }

    private async Task RegisterAsync(Address account) => await Agents.RegisterAsync(
        account,
        "",
        new Dictionary<string, byte[]>
        {
            [MessageSealing.MetadataKey] = (await Wallet.Client.Messages.KeyAsync(account, Cancel)).ToArray(),
        },
        Cancel);
}
