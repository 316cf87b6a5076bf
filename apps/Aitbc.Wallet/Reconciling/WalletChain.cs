using Aitbc.Sdk.Chain;

namespace Aitbc.Wallet.Reconciling;

/// <summary>The node this wallet asks; without one nothing is asked, and what was signed stays counted.</summary>
internal sealed class WalletChain : IDisposable
{
    private readonly HttpClient? http;

    public WalletChain(WalletOptions options, TimeProvider time)
    {
        if (options.NodeUrl is null)
            return;
        http = new HttpClient { BaseAddress = options.NodeUrl };
        Client = new ChainClient(http, time: time);
        Escrow = new EscrowClient(Client);
    }

    public ChainClient? Client { get; }

    public EscrowClient? Escrow { get; }

    public void Dispose() => http?.Dispose();
}
