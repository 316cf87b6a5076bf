using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Reconciling;
using Aitbc.Wallet.Signing;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Payments;

/// <summary>
/// Signs payments of x402 (specs/wallet.md, Payments). Counting, the signature and the answer are stored in one
/// transaction of the database and leave after it: a crash leaves all of it or nothing.
/// </summary>
internal sealed class PayDesk(
    SpendLedger ledger,
    AccountSigner signer,
    ChannelOpening opening,
    ChannelPayment channels,
    PayBudget budgets,
    WalletChain chain,
    WalletOptions options,
    TimeProvider time)
{
    private const int LongestUrl = 2_048;
    private const int LongestMethod = 32;
    private const long RepeatedMs = 60_000;

    public async Task<Verdict<Payment>> PayAsync(
        Caller caller, PayRequest request, string? key, CancellationToken cancel)
    {
        if (key is null || !JobId.IsValidKey(key))
            return PayRefusals.KeyMissing;
        if (Fault(request) is { } fault)
            return Refusal.InvalidRequest(fault);
        var payer = await budgets.OfAsync(caller, request.Budget, cancel);
        if (payer.Value is not { } budget)
            return payer.Refusal!;
        if (!X402Codec.TryReadRequired(request.PaymentRequired, out var required, out var unreadable))
            return Refusal.InvalidRequest($"paymentRequired cannot be read: {unreadable}");
        var asked = new SpendRequest(budget.Account, RequestHash(request), key);
        var context = await ContextAsync(budget, request, required, cancel);
        if (context.Value is not { } planned)
        {
            // What was signed under this key is shown again, whatever the server asks for now and the node says.
            return await ledger.ChangeAsync(
                async db => await EarlierAsync(db, budget, asked, cancel) is { Known: { } known }
                    ? known
                    : context.Refusal!,
                cancel);
        }

        var verdict = await ledger.ChangeAsync(db => PayOnceAsync(db, planned, required, asked, cancel), cancel);
        if (!ReferenceEquals(verdict.Refusal, PayRefusals.LookFirst))
            return verdict;

        // The first payment to a receiver: the chain is asked outside the transaction, and all is planned once more.
        var looked = await LookAsync(planned, cancel);
        return looked.Value is { } again
            ? await ledger.ChangeAsync(db => PayOnceAsync(db, again, required, asked, cancel), cancel)
            : looked.Refusal!;
    }

    private async Task<Verdict<Planned>> ContextAsync(
        Budget budget, PayRequest request, PaymentRequired required, CancellationToken cancel)
    {
        try
        {
            if (chain.Client is not { } client)
                return PayRefusals.ChainUnknown;
            var chainId = (UInt256)await client.ChainIdAsync(cancel);
            var choice = OfferChoice.Of(required, request, chainId, options);
            if (choice.Value is not { } payable)
                return choice.Refusal!;
            return new Planned(payable, new PayContext(
                budget,
                request,
                chainId,
                time.GetUtcNow().ToUnixTimeSeconds(),
                (long)options.MaxPaymentLifetime.TotalSeconds,
                new Dictionary<Hash256, ChannelOnChain>()));
        }
        catch (Exception e) when (e is ChainUnavailableException or RpcException)
        {
            return PayRefusals.ChainUnknown;
        }
    }

    private async Task<Verdict<Planned>> LookAsync(Planned planned, CancellationToken cancel)
    {
        try
        {
            var context = planned.Context;
            var seen = await opening.LookAsync(context.Budget, planned.Choice.Offers, context.ChainId, cancel);
            return planned with { Context = context with { Seen = seen } };
        }
        catch (Exception e) when (e is ChainUnavailableException or RpcException)
        {
            return PayRefusals.ChainUnknown;
        }
    }

    private async Task<Verdict<Payment>> PayOnceAsync(
        WalletDbContext db, Planned planned, PaymentRequired required, SpendRequest asked, CancellationToken cancel)
    {
        var (isNew, known) = await EarlierAsync(db, planned.Context.Budget, asked, cancel);
        if (known is { } answered)
            return answered;
        var once = asked with { IsNew = isNew };
        Refusal? first = null;
        foreach (var offer in await OrderAsync(db, planned, cancel))
        {
            var verdict = await PayOfferAsync(db, planned.Context, required, offer, once, cancel);
            if (verdict.Refusal is not { } refusal || refusal.Code == "approval_required"
                || ReferenceEquals(refusal, PayRefusals.LookFirst))
                return verdict;
            first ??= refusal;
            db.ChangeTracker.Clear();
        }

        return first!;
    }

    // What the key was answered before; nothing if it is new, or approved and to be signed now.
    private async Task<(bool IsNew, Verdict<Payment>? Known)> EarlierAsync(
        WalletDbContext db, Budget budget, SpendRequest asked, CancellationToken cancel)
    {
        var row = await SpendLedger.EarlierAsync(db, budget.Id, asked.Key!, cancel);
        if (row is null || ledger.Earlier(row, asked) is not { } known)
            return (row is null, null);
        return (false, known.Refusal is { } refused ? refused : await AgainAsync(db, row, cancel));
    }

    // A channel that can pay at once comes before everything else: it needs no work of the chain.
    private async Task<IReadOnlyList<PaymentOffer>> OrderAsync(
        WalletDbContext db, Planned planned, CancellationToken cancel)
    {
        var ready = new List<PaymentOffer>();
        foreach (var offer in planned.Choice.Offers)
        {
            if (offer.Scheme == PaymentOffer.BatchSettlement && planned.Choice.Offers.Count > 1
                && await opening.OpenAsync(db, planned.Context, offer, cancel) is { Value: { } channel }
                && ChannelMath.TryNext(ChannelMath.Base(channel), offer.Amount, out var next)
                && next <= ChannelBook.Value(channel.Balance))
                ready.Add(offer);
        }

        db.ChangeTracker.Clear();
        return [.. ready, .. planned.Choice.Offers.Except(ready)];
    }

    private async Task<Verdict<Payment>> PayOfferAsync(
        WalletDbContext db, PayContext context, PaymentRequired required, PaymentOffer offer, SpendRequest asked,
        CancellationToken cancel)
    {
        var plan = offer.Scheme == PaymentOffer.Exact
            ? ExactPayment.Plan(offer, context.Budget, context.ChainId, context.ValidBefore(offer))
            : await channels.PlanAsync(db, context, offer, cancel);
        if (plan.Value is not { } payment)
            return plan.Refusal!;
        if (context.Request.Purpose is { } purpose)
            payment = payment with { Spend = payment.Spend with { JobId = purpose.JobId, Class = purpose.Class } };
        if (db.ChangeTracker.Entries<ChannelRow>().Any(e => e.State == EntityState.Added))
            await db.SaveChangesAsync(cancel);
        SpendRow? line = null;
        Payment? answer = null;
        var reserved = await ledger.ReserveOnceAsync(
            db,
            context.Budget.Id,
            payment.Spend,
            asked,
            cancel,
            async row =>
            {
                var signed = await SignAsync(context, required, payment, row, cancel);
                (line, answer) = (row, signed.Value);
                if (payment.Spend.Channel is { } id && await ChannelBook.FindAsync(db, id, cancel) is { } channel)
                {
                    channel.PendingMark = ChannelBook.MarkOf(row);
                    channel.PendingUntilMs = (context.NowSeconds + context.Lifetime(payment.Offer)) * 1_000;
                }

                return signed.Refusal;
            });
        if (reserved.Refusal is { } refusal)
            return refusal;
        return answer! with { Id = line!.Id };
    }

    // The stored answer has no number: the line that holds it is the number.
    private async Task<Verdict<Payment>> SignAsync(
        PayContext context, PaymentRequired required, PlannedPayment payment, SpendRow row, CancellationToken cancel)
    {
        string Header(PrivateKey? key) =>
            X402Codec.WritePayment(required, payment.Offer, writer => payment.Payload(writer, key));

        var header = payment.NeedsAccount
            ? await signer.WithKeyAsync<string>(context.Budget.Account, key => Header(key), cancel)
            : Header(null);
        if (header.Value is not { } value)
            return header.Refusal!;
        var spend = payment.Spend;
        var answer = new Payment(
            0,
            payment.Offer.Scheme,
            value,
            payment.Price,
            spend.Amount,
            payment.Offer.PayTo,
            spend.Channel,
            spend.ValidBefore is { } end ? DateTimeOffset.FromUnixTimeSeconds((long)end) : null);
        row.Answer = JsonSerializer.SerializeToUtf8Bytes(answer, WalletJson.Default.Payment);
        row.State = SpendStates.Signed;
        return answer;
    }

    // The channel waits for its answer once more, unless another request is on its way through it now.
    private async Task<Verdict<Payment>> AgainAsync(WalletDbContext db, SpendRow row, CancellationToken cancel)
    {
        var stored = JsonSerializer.Deserialize(row.Answer!, WalletJson.Default.Payment)!;
        var answer = stored with { Id = row.Id, Repeated = true };
        row.IsRepeated = true;
        if (answer.Channel is not { } id || await ChannelBook.FindAsync(db, id, cancel) is not { } channel)
            return answer;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (channel.PendingMark is { } pending && pending != ChannelBook.MarkOf(row) && channel.PendingUntilMs > now)
            return PayRefusals.Busy;
        channel.PendingMark = ChannelBook.MarkOf(row);
        channel.PendingUntilMs = now + RepeatedMs;
        channel.Version++;
        return answer;
    }

    private static string? Fault(PayRequest request)
    {
        if (request.Url.Length is 0 or > LongestUrl)
            return $"url has 1 to {LongestUrl} characters.";
        if (request.Method.Length is 0 or > LongestMethod || !request.Method.All(char.IsAsciiLetter))
            return "method is the name of an HTTP method.";
        return request.MaxDeposit is { IsZero: true } ? "maxDeposit is at least 1 atto-AIT." : null;
    }

    /// <summary>
    /// Keccak-256 of the request that is paid for. The server's offers are not part of it: the same request under the
    /// same key is the same payment, whatever the server asks for the second time.
    /// </summary>
    private static Hash256 RequestHash(PayRequest request)
    {
        var text = Encoding.UTF8.GetBytes(
            $"x402\n{request.Method}\n{request.Url}\n{request.MaxAmount}\n{request.Refund}\n{request.Purpose?.Class}");
        return Keccak256.Hash(
        [
            .. text, .. (request.BodyHash ?? default).ToArray(), .. (request.Purpose?.JobId ?? default).ToArray(),
        ]);
    }

    private sealed record Planned(OfferChoice Choice, PayContext Context);
}
