using Aitbc.Primitives;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Provider.Self;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Transfers;

/// <summary>Takes signed transfers: one for one request (specs/provider/payments.md, sections 3 and 5).</summary>
internal sealed class TransferTill(
    PaymentJournal journal, TransferChain chain, AnswerStore answers, ProviderOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();

    // Those under way, and what they sum up to for each payer: bounded by the requests that are under way.
    private readonly Dictionary<(Address, Hash256), Open> _open = [];
    private readonly Dictionary<Address, UInt256> _promised = [];

    public async Task<Taken> TakeAsync(
        PresentedTransfer payment, PaidRequest request, ProviderIdentity me, string answer, CancellationToken cancel)
    {
        var a = payment.Authorization;
        Check(payment, request, me);
        TransferRecord? known;
        lock (_gate)
        {
            known = journal.Transfer(a.From, a.Nonce);
            if (_open.TryGetValue((a.From, a.Nonce), out var open))
                return open.Request == request.Hash
                    ? new Taken(null, open.Answer) : throw new PaymentRefusedException(PaymentCodes.ExactNonceUsed);
            if (known is not null)
            {
                if (known.Request != request.Hash || IsOver(known))
                    throw new PaymentRefusedException(PaymentCodes.ExactNonceUsed);
                if (answers.Find(known.Answer) is not null)
                    return new Taken(null, known.Answer);
            }

            _open[(a.From, a.Nonce)] = new Open(request.Hash, answer);
            _promised[a.From] = _promised.GetValueOrDefault(a.From) + a.Value;
        }

        try
        {
            if (!request.IsOffered && known is null)
                throw new PaymentRefusedException(PaymentCodes.NoMatch);
            request.Admit();
            var paid = known?.Transaction ?? await PaidByAsync(a, known is not null, cancel);
            var record = new TransferRecord(
                a.From, a.Nonce, request.Hash, a.Value, a.ValidBefore, answer, paid,
                known?.AtMs ?? time.GetUtcNow().ToUnixTimeMilliseconds(), known?.IsCounted ?? false);
            // A crash may have come between the chain and the record that it was moved.
            var isNew = paid is not null && known?.Transaction is null;
            await journal.PutAsync(
                isNew ? record with { Earned = TransferGrant.Earned(record, request.Ware, time) } : record);
            return new Taken(
                new TransferGrant(this, journal, chain, payment, me, record, request.Ware, time), null);
        }
        catch
        {
            End(a);
            throw;
        }
    }

    /// <summary>The request is no longer under way.</summary>
    public void End(TokenAuthorization a)
    {
        lock (_gate)
        {
            _open.Remove((a.From, a.Nonce));
            Moved(a);
        }
    }

    private void Moved(TokenAuthorization a)
    {
        var left = _promised.GetValueOrDefault(a.From);
        if (left <= a.Value)
            _promised.Remove(a.From);
        else
            _promised[a.From] = left - a.Value;
    }

    private void Check(PresentedTransfer payment, PaidRequest request, ProviderIdentity me)
    {
        var a = payment.Authorization;
        var now = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        // One that was taken before is good for its request although its time may be over.
        var isSettled = journal.Transfer(a.From, a.Nonce)?.Transaction is not null;
        if (TransferChecks.Fault(payment, me.ChainId, me.Address, request.Cap, now, isSettled) is { } fault)
            throw new PaymentRefusedException(fault);
    }

    /// <summary>
    /// The transaction that moved just this, of a request that was taken here before. A nonce may also have been
    /// cancelled, or used for another transfer: neither pays.
    /// </summary>
    private async Task<Hash256?> PaidByAsync(TokenAuthorization a, bool isKnown, CancellationToken cancel)
    {
        var used = chain.IsUsedAsync(a.From, a.Nonce, cancel);
        var balance = chain.BalanceAsync(a.From, cancel);
        await Task.WhenAll(used, balance);
        if (await used)
            return (isKnown ? await chain.FindAsync(a, cancel) : null)
                ?? throw new PaymentRefusedException(PaymentCodes.ExactNonceUsed);
        var held = await balance;
        lock (_gate)
        {
            return _promised.GetValueOrDefault(a.From) > held
                ? throw new PaymentRefusedException(PaymentCodes.ExactBalance) : null;
        }
    }

    // Beyond the time for which answers are kept nobody is owed one.
    private bool IsOver(TransferRecord known) =>
        known.Transaction is not null
        && known.AtMs + options.Payments.KeepAnswers.TotalMilliseconds < time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record Open(Hash256 Request, string Answer);
}
