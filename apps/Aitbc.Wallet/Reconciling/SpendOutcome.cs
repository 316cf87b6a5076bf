using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Reconciling;

/// <summary>What the chain shows a signed line to have taken. Null = it may still take something.</summary>
/// <param name="State">Settled or released.</param>
/// <param name="Took">In atto-AIT.</param>
/// <param name="Reason">Why.</param>
internal sealed record Outcome(string State, UInt256 Took, string Reason)
{
    public static Outcome Settled(UInt256 took, string reason) => new(SpendStates.Settled, took, reason);

    public static Outcome Released(string reason) => new(SpendStates.Released, default, reason);
}

/// <summary>
/// Reads outcomes from the state of the chain, never from events: it does not matter what was missed.
/// </summary>
internal sealed class SpendOutcome(ChainClient chain, EscrowClient escrow)
{
    public Task<Outcome?> OfAsync(SpendRow row, CancellationToken cancel) =>
        OfAsync(row, UInt256.FromBigEndian(row.Amount), cancel);

    /// <summary>The same for a line that may have ended already.</summary>
    /// <param name="row">The line.</param>
    /// <param name="worst">The most that what was signed could take.</param>
    /// <param name="cancel">Stops the wait.</param>
    public async Task<Outcome?> OfAsync(SpendRow row, UInt256 worst, CancellationToken cancel)
    {
        if (row.TransactionHash is not null)
            return await OfTransactionAsync(row, worst, cancel);
        if (row.AuthorizationNonce is not null)
            return await OfAuthorizationAsync(row, worst, cancel);

        // Messages take nothing; what is left is an allowance, which stays counted.
        return worst.IsZero ? Outcome.Settled(default, "takes nothing by itself") : null;
    }

    private async Task<Outcome?> OfTransactionAsync(SpendRow row, UInt256 worst, CancellationToken cancel)
    {
        var hash = Hash256.FromBytes(row.TransactionHash!);
        var receipt = await chain.ReceiptAsync(hash, cancel);
        if (receipt is null && row.Nonce is { } nonce
            && await chain.FinalNonceAsync(Address.FromBytes(row.Signer!), cancel) > (ulong)nonce)
        {
            // The nonce is used: by this transaction, whose receipt is there now, or by another one for good.
            receipt = await chain.ReceiptAsync(hash, cancel);
            if (receipt is null)
                return Outcome.Released("another transaction has its nonce");
        }

        if (receipt is null || Decode(row) is not { } transaction)
            return null;
        var fee = receipt.EffectiveGasPrice * receipt.GasUsed;
        if (!receipt.Succeeded)
            return Outcome.Settled(fee, "reverted; only the fee was paid");
        var moved = worst - (transaction.MaxFeePerGas * transaction.GasLimit);
        return row.Kind switch
        {
            "openJob" when row.JobId is { } job => await OfJobAsync(Hash256.FromBytes(job), fee, moved, cancel),
            "dispute" when StakedOn(transaction) is { } number => await OfDisputeAsync(number, fee, cancel),
            "approve" => null, // whoever has the allowance may still use it
            _ => Outcome.Settled(fee + moved, "final"),
        };
    }

    // What a job does not cost comes back to the account, and so to the budget.
    private async Task<Outcome?> OfJobAsync(Hash256 key, UInt256 fee, UInt256 moved, CancellationToken cancel)
    {
        if (await escrow.FindJobAsync(key, cancel) is not { IsTerminal: true } job)
            return null;
        return job.Status == EscrowStatus.Completed
            ? Outcome.Settled(fee + UInt256.Min(job.Payment, moved), "the job is paid")
            : Outcome.Settled(fee, "the job was refunded");
    }

    // Of a stake the votes keep the fees, and the bond of a doubt that was wrong; the rest comes back.
    private async Task<Outcome?> OfDisputeAsync(ulong number, UInt256 fee, CancellationToken cancel)
    {
        var hook = new ReexecutionClient(chain);
        var dispute = await hook.DisputeAsync(number, cancel);
        if (dispute.State is not (DisputeState.Confirmed or DisputeState.Refuted or DisputeState.Lapsed))
            return null;
        var kept = dispute.State == DisputeState.Confirmed ? dispute.Bond : UInt256.Zero;
        foreach (var member in dispute.State == DisputeState.Lapsed ? [] : dispute.Reexecutors)
        {
            if (await hook.VoteOfAsync(number, member, cancel) == dispute.Result)
                kept += dispute.Fee;
        }

        return Outcome.Settled(fee + kept, $"the dispute is over: {dispute.State}");
    }

    private static ulong? StakedOn(Transaction transaction)
    {
        const int Selector = 4;
        var data = transaction.Data.Span;
        return data.Length == Selector + UInt256.Length
            && UInt256.FromBigEndian(data[Selector..]) is { IsUInt64: true } number ? (ulong)number : null;
    }

    private async Task<Outcome?> OfAuthorizationAsync(SpendRow row, UInt256 worst, CancellationToken cancel)
    {
        // The head is asked first: unused in a state that is not older than a head past its end, it is unused for good.
        var head = await chain.BlockAsync(cancel: cancel);
        var call = ChannelAbi.AuthorizationState.EncodeCall(
            Address.FromBytes(row.Signer!), Hash256.FromBytes(row.AuthorizationNonce!));
        var answer = await chain.CallAsync(new CallRequest(SystemContractAddresses.Token, call), cancel);
        if ((bool)ChannelAbi.AuthorizationState.DecodeResult(answer)[0]!)
        {
            return await IsCanceledAsync(row, cancel)
                ? Outcome.Released("canceled on the chain")
                : Outcome.Settled(worst, "used");
        }

        return head is not null && row.ValidBefore is { } end && head.TimestampSeconds >= (ulong)end
            ? Outcome.Released("expired unused")
            : null;
    }

    private async Task<bool> IsCanceledAsync(SpendRow row, CancellationToken cancel) => row.CancelHash is { } hash
        && await chain.ReceiptAsync(Hash256.FromBytes(hash), cancel) is { Succeeded: true };

    private static Transaction? Decode(SpendRow row)
    {
        if (row.Answer is null
            || JsonSerializer.Deserialize(row.Answer, WalletJson.Default.SignedTransaction) is not { } signed)
            return null;
        return TransactionCodec.TryDecode(signed.Raw, out var transaction, out _) ? transaction : null;
    }
}
