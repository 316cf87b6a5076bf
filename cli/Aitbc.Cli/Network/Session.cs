using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Network;

/// <summary>Clients of the daemons of one network, made when first asked for.</summary>
/// <param name="endpoints">Where the daemons are.</param>
/// <param name="open">Opens a way to one of them; null = the plain one.</param>
internal sealed class Session(Endpoints endpoints, Func<Uri, TimeSpan, HttpClient>? open = null) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private readonly Dictionary<Uri, HttpClient> connections = [];
    private ChainClient? chain;
    private WalletClient? wallet;
    private TransactionSender? sender;

    public Endpoints Endpoints { get; } = endpoints;

    /// <summary>The last transaction that was signed for this command; null if none was.</summary>
    public Hash256? Signed { get; private set; }

    public ChainClient Chain => chain ??= new ChainClient(Http(Endpoints.Node));

    public HttpClient Http(Uri address)
    {
        if (!connections.TryGetValue(address, out var http))
            connections[address] = http = (open ?? Connection.Open)(address, Timeout);
        return http;
    }

    public async Task<WalletClient> WalletAsync(CancellationToken cancel)
    {
        if (wallet is not null)
            return wallet;
        var file = Endpoints.WalletTokenFile ?? throw CliFailure.Failed(
            "no_wallet_token",
            "The wallet's token is not known: no network runs in the data folder, and no --wallet-token-file is named.",
            Failures.StartNetwork);
        return wallet = new WalletClient(Http(Endpoints.Wallet), await WalletClient.ReadTokenAsync(file, cancel));
    }

    public async Task<TransactionSender> SenderAsync(CancellationToken cancel) =>
        sender ??= Sender(await WalletAsync(cancel));

    /// <summary>Sends what another signer than the wallet itself signs.</summary>
    public TransactionSender Sender(IWalletSigner signer) => new(Chain, signer, new TransactionSenderOptions
    {
        BeforeSend = (transaction, _) =>
        {
            Signed = transaction.Hash;
            return Task.CompletedTask;
        },
    });

    /// <summary>The market without an account: what anybody may read.</summary>
    public MarketClient Market() => new(Http(Endpoints.Coordinator));

    /// <summary>The market, signed in with an account of the wallet.</summary>
    public async Task<MarketClient> MarketAsync(Address account, CancellationToken cancel) =>
        new(Http(Endpoints.Coordinator), await WalletAsync(cancel), account);

    /// <summary>The account with this label or address; null = the wallet's first.</summary>
    public async Task<WalletAccount> AccountAsync(string? name, CancellationToken cancel)
    {
        var accounts = await (await WalletAsync(cancel)).AccountsAsync(cancel);
        if (accounts.Count == 0)
        {
            throw CliFailure.Failed(
                "no_account", "The wallet has no account.", "'aitbc wallet create NAME' makes one.");
        }

        if (name is null)
            return accounts[0];
        return accounts.FirstOrDefault(a => a.Label == name)
            ?? (Address.TryParse(name, out var address) ? accounts.FirstOrDefault(a => a.Address == address) : null)
            ?? throw CliFailure.Failed(
                "account_unknown", $"The wallet has no account '{name}'.", "'aitbc wallet list' shows those it has.");
    }

    public void Dispose()
    {
        foreach (var http in connections.Values)
            http.Dispose();
    }
}
