using System.Text.Json;
using Aitbc.Coordinator.Payments;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Bench.Market;

/// <summary>
/// A coordinator's account with a key of this process; the wallet daemon's time is not in the figures.
/// </summary>
internal sealed class BenchEvaluator : IEvaluatorAccount, IDisposable
{
    public LocalSigner Key { get; } = new(PrivateKey.FromBytes([.. new byte[31], 1]));

    public Task<Address> AddressAsync(CancellationToken cancel) => Task.FromResult(Key.Address);

    public Task<Address> AddressAsync(string label, CancellationToken cancel) => Task.FromResult(Key.Address);

    public Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default) =>
        Key.SignTransactionAsync(from, transaction, cancel);

    public Task<Signature> SignMessageAsync(
        Address from, ReadOnlyMemory<byte> message, CancellationToken cancel = default) =>
        Key.SignMessageAsync(from, message, cancel);

    public Task<Signature> SignTypedDataAsync(
        Address from, JsonElement typedData, CancellationToken cancel = default) =>
        Key.SignTypedDataAsync(from, typedData, cancel);

    public void Dispose() => Key.Dispose();
}
