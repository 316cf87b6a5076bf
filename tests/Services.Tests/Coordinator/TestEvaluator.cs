using System.Text.Json;
using Aitbc.Coordinator.Payments;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Wallet;

namespace Services.Tests.Coordinator;

/// <summary>A coordinator's account whose key is the test's; it is also the account of every other label.</summary>
internal sealed class TestEvaluator(LocalSigner key) : IEvaluatorAccount
{
    /// <summary>The wallet does not answer.</summary>
    public bool IsAway { get; set; }

    public Task<Address> AddressAsync(CancellationToken cancel) => Task.FromResult(key.Address);

    public Task<Address> AddressAsync(string label, CancellationToken cancel) => Task.FromResult(key.Address);

    public Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default) =>
        key.SignTransactionAsync(from, transaction, cancel);

    public Task<Signature> SignMessageAsync(
        Address from, ReadOnlyMemory<byte> message, CancellationToken cancel = default) =>
        key.SignMessageAsync(from, message, cancel);

    public Task<Signature> SignTypedDataAsync(
        Address from, JsonElement typedData, CancellationToken cancel = default) =>
        IsAway ? throw new HttpRequestException("away") : key.SignTypedDataAsync(from, typedData, cancel);
}
