using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Coordinator.Payments;

/// <summary>The account that judges jobs. Its key is in another process.</summary>
internal interface IEvaluatorAccount : IWalletSigner
{
    Task<Address> AddressAsync(CancellationToken cancel);

    /// <summary>Another account of the same wallet; made if there is none.</summary>
    Task<Address> AddressAsync(string label, CancellationToken cancel);
}

/// <summary>The account in the wallet daemon, whose token file may appear after this daemon's start.</summary>
internal sealed class WalletEvaluatorAccount(CoordinatorOptions options) : IEvaluatorAccount, IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = options.WalletUrl, Timeout = TimeSpan.FromSeconds(15) };

    public Task<Address> AddressAsync(CancellationToken cancel) => AddressAsync(options.AccountLabel, cancel);

    public async Task<Address> AddressAsync(string label, CancellationToken cancel) =>
        (await (await WalletAsync(cancel)).CreateAsync(label, cancel)).Address;

    public async Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default) =>
        await (await WalletAsync(cancel)).SignTransactionAsync(from, transaction, cancel);

    public async Task<Signature> SignMessageAsync(
        Address from, ReadOnlyMemory<byte> message, CancellationToken cancel = default) =>
        await (await WalletAsync(cancel)).SignMessageAsync(from, message, cancel);

    public async Task<Signature> SignTypedDataAsync(
        Address from, JsonElement typedData, CancellationToken cancel = default) =>
        await (await WalletAsync(cancel)).SignTypedDataAsync(from, typedData, cancel);

    public void Dispose() => http.Dispose();

    // Read each time: the daemon may have been set up anew, with another token.
    private async Task<WalletClient> WalletAsync(CancellationToken cancel) =>
        new(http, await WalletClient.ReadTokenAsync(options.WalletTokenFile, cancel));
}
