using System.Collections.Concurrent;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Sdk.Chain;

/// <summary>
/// Turns calls into final transactions: type 2 (EIP-1559), nonce from the pool, fees and gas from the node, signature
/// from the wallet. One account's transactions are given to the node one after the other; different accounts do not
/// wait for each other.
/// </summary>
/// <remarks>
/// An intent gets a second nonce only when its first transaction can never be included: either the node refused it at
/// once and nothing of it was ever accepted, or its nonce is final with another transaction. While the outcome is
/// unknown only the same bytes are sent again.
/// </remarks>
public sealed class TransactionSender
{
    private readonly ChainClient chain;
    private readonly IWalletSigner signer;
    private readonly TransactionSenderOptions options;
    private readonly RawTransactionDelivery delivery;

    // One entry per account of the wallet: bounded by the accounts the process uses.
    private readonly ConcurrentDictionary<Address, SemaphoreSlim> turns = new();

    /// <summary>Makes a sender.</summary>
    /// <param name="chain">The node.</param>
    /// <param name="signer">The wallet that holds the accounts.</param>
    /// <param name="options">Bounds; null = the defaults.</param>
    /// <param name="time">Clock of pauses and timeouts; null = the system's.</param>
    public TransactionSender(
        ChainClient chain, IWalletSigner signer, TransactionSenderOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(signer);
        this.chain = chain;
        this.signer = signer;
        this.options = options ?? new TransactionSenderOptions();
        delivery = new RawTransactionDelivery(chain, this.options, time ?? TimeProvider.System);
    }

    /// <summary>Sends a call as a transaction of an account and waits until it is final.</summary>
    /// <param name="from">The paying account; overrides the call's own.</param>
    /// <param name="call">Target, data and value.</param>
    /// <param name="cancel">Stops the wait; the transaction may still be included.</param>
    /// <exception cref="RpcException">Refused before anything was accepted: reverted estimate, unpayable,
    /// ...</exception>
    /// <exception cref="TransactionOutcomeUnknownException">No receipt within the time.</exception>
    /// <exception cref="ChainUnavailableException">The node did not answer before anything was signed.</exception>
    public async Task<SentTransaction> SendAsync(Address from, CallRequest call, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        for (var conflicts = 0; ; conflicts++)
        {
            var (transaction, state) = await SignAndHandOverAsync(from, call, cancel).ConfigureAwait(false);
            if (state == DeliveryState.Accepted)
            {
                var receipt = await delivery.WaitFinalAsync(transaction, cancel).ConfigureAwait(false);
                if (receipt is not null)
                    return new SentTransaction(transaction.Hash, transaction.Encode(), receipt);
            }

            if (conflicts >= options.MaxNonceConflicts)
                throw RawTransactionDelivery.NonceTaken();
        }
    }

    /// <summary>Gives a transaction signed earlier to the node again and waits until it is final.</summary>
    /// <param name="raw">The signed bytes.</param>
    /// <param name="cancel">Stops the wait; the transaction may still be included.</param>
    /// <exception cref="RpcException">It can never be included (another transaction has its nonce) or was
    /// refused.</exception>
    /// <exception cref="TransactionOutcomeUnknownException">No receipt within the time.</exception>
    /// <exception cref="ArgumentException">The bytes are no transaction.</exception>
    public async Task<SentTransaction> ResumeAsync(ReadOnlyMemory<byte> raw, CancellationToken cancel = default)
    {
        if (!TransactionCodec.TryDecode(raw.Span, out var transaction, out var error) || transaction is null)
            throw new ArgumentException($"The bytes are no transaction: {error}.", nameof(raw));
        var state = await delivery.HandOverAsync(transaction, mayBeKnown: true, cancel).ConfigureAwait(false);
        var receipt = state == DeliveryState.Accepted
            ? await delivery.WaitFinalAsync(transaction, cancel).ConfigureAwait(false)
            : null;
        return receipt is null
            ? throw RawTransactionDelivery.NonceTaken()
            : new SentTransaction(transaction.Hash, raw, receipt);
    }

    private async Task<(Transaction Transaction, DeliveryState State)> SignAndHandOverAsync(
        Address from, CallRequest call, CancellationToken cancel)
    {
        var turn = turns.GetOrAdd(from, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var unsigned = await PrepareAsync(from, call, cancel).ConfigureAwait(false);
            var signed = await signer.SignTransactionAsync(from, unsigned, cancel).ConfigureAwait(false);
            if (options.BeforeSend is { } record)
                await record(signed, cancel).ConfigureAwait(false);
            return (signed, await delivery.HandOverAsync(signed, mayBeKnown: false, cancel).ConfigureAwait(false));
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<Transaction> PrepareAsync(Address from, CallRequest call, CancellationToken cancel)
    {
        var nonce = chain.NonceAsync(from, cancel);
        var fees = chain.FeesAsync(cancel);
        var gas = chain.EstimateGasAsync(call with { From = from }, cancel);
        var chainId = chain.ChainIdAsync(cancel);
        await Task.WhenAll(gas, nonce, fees, chainId).ConfigureAwait(false);
        var estimate = await gas.ConfigureAwait(false);
        var fee = await fees.ConfigureAwait(false);
        return new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = await chainId.ConfigureAwait(false),
            Nonce = await nonce.ConfigureAwait(false),
            MaxPriorityFeePerGas = fee.MaxPriorityFeePerGas,
            MaxFeePerGas = fee.MaxFeePerGas,
            GasLimit = checked(estimate + (estimate / 100 * options.GasMarginPercent)),
            To = call.To,
            Value = call.Value,
            Data = call.Data,
            AccessList = [],
        };
    }
}
