using System.Text.Json;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Bft.Relay;
using Aitbc.Node.Engine;
using Aitbc.Node.Pool;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Node.Rpc.Shapes;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Sending;

/// <summary>Takes transactions, and waits for their receipts where the caller wants to.</summary>
internal sealed class SendMethods(
    Chain chain, IBlockProducer maker, ChainFeed feed, TransactionRelay relay, BlockReader blocks, ReceiptWaits waits,
    RpcTurns turns, NodeOptions options, TimeProvider time)
{
    public void SendRaw(in RpcCall call, Utf8JsonWriter json)
    {
        var submission = call.Submission ?? Submission.Read(RpcValue.Bytes(call.Required(0)));
        json.Data(Take(submission));
    }

    /// <summary>EIP-7966: answers with the final receipt. The waiting holds no turn.</summary>
    public async Task SendRawAndWait(RpcCall call, Utf8JsonWriter json)
    {
        var limit = Timeout(call[1]);
        Task<(ulong Height, int Index)> included;
        Hash256 hash;
        using (await turns.TakeAsync(RpcCost.Send, call.Deadline).ConfigureAwait(false))
        {
            var submission = Submission.Read(RpcValue.Bytes(call.Required(0)));
            var transaction = submission.Transaction ?? throw submission.Refusal!;
            RefuseGap(transaction, submission.Sender);
            hash = transaction.Hash;
            included = waits.Add(hash);
            try
            {
                Take(submission);
            }
            catch
            {
                waits.Remove(hash);
                throw;
            }
        }

        try
        {
            var (height, index) = await included.WaitAsync(limit, time, call.Deadline.Gone).ConfigureAwait(false);
            ReceiptShape.Write(json, blocks.At(height)!, index);
        }
        catch (TimeoutException)
        {
            throw chain.Pool.DropReason(hash) is { } reason
                ? RpcError.NotReady($"the transaction was given up: {reason}", hash.ToHex())
                : RpcError.NotFinalYet(limit, hash.ToHex());
        }
        finally
        {
            waits.Remove(hash);
        }
    }

    /// <summary>What became of a transaction: included, waiting, given up with the reason, or unknown here.</summary>
    public void Status(in RpcCall call, Utf8JsonWriter json)
    {
        var hash = call.Hash(0);
        json.WriteStartObject();
        if (chain.Store.Locate(hash) is { } place)
        {
            json.WriteString("status"u8, "included"u8);
            json.Quantity("blockNumber"u8, place.Height);
        }
        else if (chain.Pool.Find(hash, out var sender) is { } waiting)
        {
            var isNext = waiting.Nonce < chain.Pool.PendingNonce(sender);
            json.WriteString("status"u8, isNext ? "pending"u8 : "queued"u8);
        }
        else if (chain.Pool.DropReason(hash) is { } reason)
        {
            json.WriteString("status"u8, "dropped"u8);
            json.WriteString("reason"u8, reason);
        }
        else
        {
            json.WriteString("status"u8, "unknown"u8);
        }

        json.WriteEndObject();
    }

    private Hash256 Take(Submission submission)
    {
        var transaction = submission.Transaction ?? throw submission.Refusal!;
        var verdict = chain.Pool.Add(
            transaction, submission.Sender, chain.NextBaseFee, chain.Head.Header.GasLimit);
        if (verdict.Error is { } refused)
            throw RpcError.Rejected(IsIncluded(verdict, transaction) ? "already known" : refused);
        feed.Publish(transaction, submission.Sender);
        relay.Offer(transaction);
        maker.Signal();
        return transaction.Hash;
    }

    // Its nonce is used up: by itself, perhaps. Only then is the database asked.
    private bool IsIncluded(PoolVerdict verdict, Transaction transaction) =>
        verdict == PoolVerdict.Of(TransactionVerdict.NonceTooLow)
            && chain.Store.Locate(transaction.Hash) is not null;

    // Taken, it would wait for others for who knows how long: the caller hears at once which nonce it should have.
    private void RefuseGap(Transaction transaction, Address sender)
    {
        if (chain.Pool.PendingNonce(sender) is var expected && transaction.Nonce > expected)
            throw RpcError.NonceGap(((UInt256)expected).ToQuantity());
    }

    // The standard wants the default in place of an invalid one.
    private TimeSpan Timeout(JsonElement? element)
    {
        try
        {
            if (element is { } given && RpcValue.Count(given) is var ms && ms > 0
                && ms <= options.MaxSyncTimeout.TotalMilliseconds)
                return TimeSpan.FromMilliseconds(ms);
        }
        catch (RpcError)
        {
            // Not a number.
        }

        return options.SyncTimeout;
    }
}
