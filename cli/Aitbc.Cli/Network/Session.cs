using System.Collections.Concurrent;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Network;

/// <summary>
/// Clients of the daemons of one network, made when first asked for and then shared: runs side by side use one sender,
/// since two would take the same nonce. Safe for concurrent use, but for <see cref="Dispose"/>.
/// </summary>
/// <param name="endpoints">Where the daemons are.</param>
/// <param name="open">Opens a way to one of them; null = the plain one.</param>
internal sealed class Session(Endpoints endpoints, Func<Uri, TimeSpan, HttpClient>? open = null) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<Uri, Lazy<HttpClient>> connections = new();
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Lock making = new();
    private ChainClient? chain;
    private WalletClient? wallet;
    private TransactionSender? sender;
    private SignedHash? signed;

    public Endpoints Endpoints { get; } = endpoints;

    /// <summary>The last transaction that was signed for this command; null if none was.</summary>
    public Hash256? Signed => Volatile.Read(ref signed)?.Hash;

    public ChainClient Chain
    {
        get
        {
            lock (making)
                return chain ??= new ChainClient(Http(Endpoints.Node));
        }
    }

    public HttpClient Http(Uri address) => connections.GetOrAdd(
        address, to => new Lazy<HttpClient>(() => (open ?? Connection.Open)(to, Timeout))).Value;

    public async Task<WalletClient> WalletAsync(CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            return wallet ??= await OpenWalletAsync(cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    public async Task<TransactionSender> SenderAsync(CancellationToken cancel)
    {
        var own = await WalletAsync(cancel);
        lock (making)
            return sender ??= Sender(own);
    }

    /// <summary>Sends what another signer than the wallet itself signs.</summary>
    public TransactionSender Sender(IWalletSigner signer) => new(Chain, signer, new TransactionSenderOptions
    {
        BeforeSend = (transaction, _) =>
        {
            Volatile.Write(ref signed, new SignedHash(transaction.Hash));
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
        foreach (var http in connections.Values.Where(c => c.IsValueCreated))
            http.Value.Dispose();
        gate.Dispose();
    }

    // What fails is tried anew by the next who asks: the network may have been started meanwhile.
    private async Task<WalletClient> OpenWalletAsync(CancellationToken cancel)
    {
        var file = Endpoints.WalletTokenFile ?? throw CliFailure.Failed(
            "no_wallet_token",
            "The wallet's token is not known: no network runs in the data folder, and no --wallet-token-file is named.",
            Failures.StartNetwork);
        return new WalletClient(Http(Endpoints.Wallet), await WalletClient.ReadTokenAsync(file, cancel));
    }

    // A reference is read and written whole, a hash is not.
    private sealed record SignedHash(Hash256 Hash);
}
