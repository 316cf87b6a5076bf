using Aitbc.Node;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Testing;
using Aitbc.Wallet;
using Aitbc.Wallet.Reconciling;
using Services.Tests.Chain;
using Xunit;

namespace Services.Tests.Wallet.Payments;

/// <summary>
/// A real node, a wallet daemon that pays from a funded account, and a shop that settles on the chain.
/// </summary>
internal sealed class PayWorld : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-pay-").FullName;
    private RealNode node = null!;

    public ShiftedTime Time { get; } = new();

    public WalletDaemon Wallet { get; private set; } = null!;

    public WalletOptions Options { get; private set; } = null!;

    public Shop Shop { get; private set; } = null!;

    public HttpClient NodeHttp => node.Http;

    public ChainClient Chain => node.Client;

    public Address Account { get; } = TestAccounts.Key(0).Address;

    public static async Task<PayWorld> StartAsync(Action<NodeOptions>? configure = null)
    {
        var world = new PayWorld();
        world.node = await RealNode.StartAsync(world.folder, world.Time, funded: 2, configure);
        world.Options = new WalletOptions
        {
            DataDirectory = Path.Combine(world.folder, "wallet"),
            CreatePasswordFile = true,
            Argon2MemoryKiB = 64,
            Argon2Passes = 1,
            NodeUrl = world.NodeHttp.BaseAddress,
            ReconcileInterval = TimeSpan.FromDays(1), // a pass is made when a test asks for one
            ChannelInterval = TimeSpan.Zero,
        };
        world.Wallet = await WalletDaemon.StartAsync(world.Options, world.Time);
        using (var key = TestAccounts.Key(0))
        {
            var bytes = new byte[32];
            key.CopyTo(bytes);
            await world.Wallet.Client.ImportPrivateKeyAsync(Hex.ToHex(bytes), "payer");
        }

        world.Shop = await Shop.StartAsync(world.Chain);
        return world;
    }

    public Task<CreatedBudget> BudgetAsync(UInt256 amount, string label = "agent", BudgetLimits? limits = null) =>
        Wallet.Client.Budgets.CreateAsync(new CreateBudgetRequest(
            label, (limits ?? new BudgetLimits { Amount = amount }) with { Amount = amount }, Account));

    public async Task<UInt256> SpentAsync(CreatedBudget budget) =>
        (await Wallet.Client.Budgets.ShowAsync(budget.Budget.Id)).Spent;

    public PayClient Payments(CreatedBudget budget) => new WalletClient(Wallet.Http, budget.Token).Payments;

    public HttpClient Client(CreatedBudget budget, X402HandlerOptions? options = null) => new(
        new X402Handler(Payments(budget), options ?? new X402HandlerOptions { MaxAmount = 1_000_000 })
        {
            InnerHandler = new SocketsHttpHandler(),
        })
    {
        BaseAddress = Shop.Url,
    };

    public Task ReconcileAsync() => Wallet.Service<Reconciler>().PassAsync(TestContext.Current.CancellationToken);

    public async Task<ChannelInfo> ChannelAsync() => Assert.Single(await Wallet.Client.Payments.ChannelsAsync());

    public Task<UInt256> CoinsAsync(Address account) => Chain.BalanceAsync(account);

    /// <summary>Makes a block, so that the chain's clock is now's.</summary>
    public Task TickAsync() => Shop.SendAsync(new CallRequest(Account, default, UInt256.Zero));

    /// <summary>The daemon ends and starts again on the same data, and asks another node if one is named.</summary>
    public async Task RestartAsync(Uri? node = null)
    {
        await Wallet.DisposeAsync();
        Wallet = await WalletDaemon.StartAsync(Options with { NodeUrl = node ?? Options.NodeUrl }, Time);
    }

    public async ValueTask DisposeAsync()
    {
        await Shop.DisposeAsync();
        await Wallet.DisposeAsync();
        await node.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
