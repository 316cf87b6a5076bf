using Aitbc.Primitives.Transactions;

namespace Aitbc.Sdk.Chain;

/// <summary>What is known of signed bytes after they were given to the node.</summary>
internal enum DeliveryState
{
    /// <summary>The pool has them or they are final.</summary>
    Accepted,

    /// <summary>They can never be included: their nonce belongs to another transaction.</summary>
    NonceTaken,
}

/// <summary>Gives signed bytes to the node as often as needed, never other bytes.</summary>
internal sealed class RawTransactionDelivery(ChainClient chain, TransactionSenderOptions options, TimeProvider time)
{
    private const int TransactionRejected = -32000;

    public static RpcException NonceTaken() => new(
        TransactionRejected, "nonce too low: another transaction of the account took this nonce");

    /// <param name="transaction">The signed transaction.</param>
    /// <param name="mayBeKnown">True if the bytes may have reached the node before.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<DeliveryState> HandOverAsync(
        Transaction transaction, bool mayBeKnown, CancellationToken cancel)
    {
        var raw = transaction.Encode();
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await chain.SendRawAsync(raw, cancel).ConfigureAwait(false);
                return DeliveryState.Accepted;
            }
            catch (RpcException e)
            {
                return await JudgeRefusalAsync(transaction, e, mayBeKnown, cancel).ConfigureAwait(false);
            }
            catch (ChainUnavailableException e)
            {
                mayBeKnown = true;
                if (time.GetElapsedTime(started) >= options.ReceiptTimeout)
                    throw new TransactionOutcomeUnknownException(transaction.Hash, raw, e);
            }

            await Task.Delay(options.ResendInterval, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the receipt and repeats the bytes, in case a restarted node lost its pool.</summary>
    /// <returns>The receipt, or null if the transaction can never be included any more.</returns>
    public async Task<TransactionReceipt?> WaitFinalAsync(Transaction transaction, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            TransactionReceipt? receipt;
            try
            {
                receipt = await chain
                    .WaitReceiptAsync(transaction.Hash, options.ResendInterval, cancel).ConfigureAwait(false);
            }
            catch (ChainUnavailableException)
            {
                receipt = null; // the next hand-over waits for the node
            }

            if (receipt is not null)
                return receipt;
            if (time.GetElapsedTime(started) >= options.ReceiptTimeout)
                throw new TransactionOutcomeUnknownException(transaction.Hash, transaction.Encode());
            if (await HandOverAsync(transaction, mayBeKnown: true, cancel).ConfigureAwait(false)
                == DeliveryState.NonceTaken)
            {
                return null;
            }
        }
    }

    private async Task<DeliveryState> JudgeRefusalAsync(
        Transaction transaction, RpcException refusal, bool mayBeKnown, CancellationToken cancel)
    {
        if (Says(refusal, "already known"))
            return DeliveryState.Accepted;

        // "nonce too low" is said of a final nonce. Receipts are stored with the state, so if ours is not there now,
        // another transaction has the nonce and ours is dead for good.
        TransactionReceipt? receipt;
        try
        {
            receipt = await chain.ReceiptAsync(transaction.Hash, cancel).ConfigureAwait(false);
        }
        catch (ChainUnavailableException e)
        {
            throw new TransactionOutcomeUnknownException(transaction.Hash, transaction.Encode(), e);
        }

        if (receipt is not null)
            return DeliveryState.Accepted;
        if (Says(refusal, "nonce too low"))
            return DeliveryState.NonceTaken;
        if (mayBeKnown)
            throw new TransactionOutcomeUnknownException(transaction.Hash, transaction.Encode(), refusal);
        if (Says(refusal, "replacement transaction underpriced"))
            return DeliveryState.NonceTaken; // refused at once: another waiting transaction has the nonce
        throw refusal;
    }

    private static bool Says(RpcException e, string text) =>
        e.Message.Contains(text, StringComparison.OrdinalIgnoreCase);
}
