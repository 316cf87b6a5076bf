using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Reconciling;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Payments;

/// <summary>
/// Takes in how a server answered a paid request. Its word moves the total that the next voucher builds on, within what
/// was signed; what counts in a budget follows from the chain alone.
/// </summary>
internal sealed class PaymentResults(
    SpendLedger ledger, BudgetCache budgets, ChannelWatch watch, TimeProvider time)
{
    private const int LongestReason = 200;

    public async Task<Verdict<PaymentResult>> TakeAsync(
        Caller caller, long id, PaymentResultRequest request, CancellationToken cancel)
    {
        if (request.Status is < 100 or > 599)
            return Refusal.InvalidRequest("status is an HTTP status, 100 to 599.");
        var answer = Answer.Of(request);
        var verdict = await ledger.ChangeAsync(db => TakeOnceAsync(db, caller, id, answer, cancel), cancel);
        if (verdict.Value is not { } taken)
            return verdict.Refusal!;

        // A deposit moved coins, and a refused transfer may have: the chain knows.
        if (taken.LookAt is { } channel)
            await watch.LookAsync(channel, cancel);
        if (taken.Result.Outcome != PaymentOutcome.Refused || taken.Transfer is not { } price)
            return taken.Result;
        return await watch.IsUsedAsync(id, cancel)
            ? taken.Result with { Outcome = PaymentOutcome.Settled, Charged = price }
            : taken.Result;
    }

    private async Task<Verdict<Taken>> TakeOnceAsync(
        WalletDbContext db, Caller caller, long id, Answer answer, CancellationToken cancel)
    {
        var row = await WalletQueries.SpendById(db, id, cancel);
        if (row?.Price is null || await budgets.ByIdAsync(db, row.BudgetId, cancel) is not { } budget
            || !caller.Rules(budget))
            return PayRefusals.NotFound;
        row.ChangedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var price = ChannelBook.Value(row.Price!);
        if (row.Channel is null)
            return new Taken(Plain(answer, price), null, price);
        var channel = (await ChannelBook.FindAsync(db, Hash256.FromBytes(row.Channel), cancel))!;
        if (channel.PendingMark is not { } mark || mark != ChannelBook.MarkOf(row)
            || row.Claimable is not { } claimable)
            return new Taken(Plain(answer, price), channel.Id);
        channel.PendingMark = null;
        channel.Version++;
        var result = answer.IsTaken
            ? Charge(channel, answer.Response!, ChannelBook.Value(claimable), price)
            : ChannelCorrection.Read(channel, row, answer.Required) is { } correction
                ? await CorrectAsync(db, channel, row, correction, cancel)
                : Plain(answer, price);
        if (result.Outcome is PaymentOutcome.Settled && row.Deposit is null)
        {
            row.State = SpendStates.Settled;
            row.Reason = $"charged {result.Charged}";
        }

        return new Taken(
            result, row.Kind == ChannelPayment.RefundKind || IsUnsettled(channel) ? channel.Id : null);
    }

    private static PaymentResult Plain(Answer answer, UInt256 price) => answer.IsTaken
        ? new PaymentResult(PaymentOutcome.Settled, price, answer.Response!.Transaction)
        : answer.IsRefused
            ? new PaymentResult(PaymentOutcome.Refused, default, null, answer.Reason)
            : new PaymentResult(PaymentOutcome.Unknown, default);

    // The server may charge less than the voucher allows, never more; where it says nothing, it charged the price.
    private static PaymentResult Charge(ChannelRow channel, PaymentResponse said, UInt256 claimable, UInt256 price)
    {
        var from = claimable - price;
        var total = said.ChargedCumulative is { } sum && sum >= from && sum <= claimable ? sum
            : said.ChargedAmount is { } part && part <= price ? from + part
            : claimable;

        // The answer to a payment that was shown again comes when later ones are charged already.
        if (total > ChannelBook.Value(channel.Charged))
            channel.Charged = ChannelBook.Bytes(total);
        return new PaymentResult(PaymentOutcome.Settled, total - from, said.Transaction);
    }

    private static async Task<PaymentResult> CorrectAsync(
        WalletDbContext db, ChannelRow channel, SpendRow row, ChannelCorrection correction, CancellationToken cancel)
    {
        channel.Charged = ChannelBook.Bytes(correction.Charged);
        if (row.IsRepeated)
        {
            // It was shown before, and the server may have taken it then: paying anew could pay twice.
            return new PaymentResult(
                PaymentOutcome.Unknown, default, null, "it was sent before, and may have been taken then");
        }

        if (correction.Signed > ChannelBook.Value(channel.Promised))
            channel.Promised = ChannelBook.Bytes(correction.Signed);
        row.Key = null;
        row.Reason = $"the server has charged {correction.Charged} in total";
        if (row.Deposit is null)
            row.State = SpendStates.Released;
        await db.SaveChangesAsync(cancel);
        return new PaymentResult(PaymentOutcome.Corrected, default, null, row.Reason);
    }

    private static bool IsUnsettled(ChannelRow channel) =>
        ChannelBook.Value(channel.Deposited) - ChannelBook.Value(channel.Returned)
            != ChannelBook.Value(channel.Balance);

    private sealed record Taken(PaymentResult Result, long? LookAt, UInt256? Transfer = null);

    private sealed record Answer(int Status, PaymentResponse? Response, PaymentRequired? Required)
    {
        private const int PaymentRequiredStatus = 402;

        public bool IsTaken => Response is { Success: true };

        public bool IsRefused => Response is { Success: false } || Status == PaymentRequiredStatus;

        public string? Reason
        {
            get
            {
                var said = Response?.ErrorReason ?? Required?.Error;
                return said is { Length: > LongestReason } ? said[..LongestReason] : said;
            }
        }

        public static Answer Of(PaymentResultRequest request) => new(
            request.Status,
            X402Codec.ReadResponse(request.PaymentResponse),
            X402Codec.TryReadRequired(request.PaymentRequired, out var required, out _) ? required : null);
    }
}
