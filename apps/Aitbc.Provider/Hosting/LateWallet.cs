using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Provider.Hosting;

/// <summary>
/// The wallet daemon, whose token file may appear after this process has started and may change when the daemon
/// restarts. The file is read at every use; it is small and signing is rare.
/// </summary>
internal sealed class LateWallet(ProviderOptions options) : IWalletSigner, IProviderAccount, IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = options.WalletUrl, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The account with this provider's label, made when the wallet has none.</summary>
    public async Task<Address> AddressAsync(CancellationToken cancel) =>
        (await (await ClientAsync(cancel)).CreateAsync(options.AccountLabel, cancel)).Address;

    public async Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default) =>
        await (await ClientAsync(cancel)).SignTransactionAsync(from, transaction, cancel);

    public async Task<Signature> SignMessageAsync(
        Address from, ReadOnlyMemory<byte> message, CancellationToken cancel = default) =>
        await (await ClientAsync(cancel)).SignMessageAsync(from, message, cancel);

    public async Task<Signature> SignTypedDataAsync(
        Address from, JsonElement typedData, CancellationToken cancel = default) =>
        await (await ClientAsync(cancel)).SignTypedDataAsync(from, typedData, cancel);

    public void Dispose() => _http.Dispose();

    private async Task<WalletClient> ClientAsync(CancellationToken cancel) =>
        new(_http, await WalletClient.ReadTokenAsync(options.WalletTokenFile, cancel));
}
