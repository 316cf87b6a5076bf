using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Payments;

/// <summary>
/// Scheme batch-settlement: a voucher for the total so far and this request; with a deposit if the channel holds less.
/// A deposit that was signed and not taken yet is shown again instead of signing a second one.
/// </summary>
internal sealed class ChannelPayment(AuthorizerKeys authorizers, ChannelOpening opening, TimeProvider time)
{
    public const string VoucherKind = "voucher";
    public const string DepositKind = "deposit";
    public const string RefundKind = "refund-request";

    // A deposit that is shown again must still be good when the server hands it in.
    private const long FreshSeconds = 10;
    private const ulong DefaultDeposits = 5;
    private const ulong MostDeposits = 20;

    public async Task<Verdict<PlannedPayment>> PlanAsync(
        WalletDbContext db, PayContext context, PaymentOffer offer, CancellationToken cancel)
    {
        var opened = await opening.OpenAsync(db, context, offer, cancel);
        if (opened.Value is not { } channel)
            return opened.Refusal!;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (channel.PendingMark is not null && channel.PendingUntilMs > now)
            return PayRefusals.Busy;
        var charged = ChannelMath.Base(channel);
        var balance = ChannelBook.Value(channel.Balance);
        var price = context.Request.Refund ? default : offer.Amount;
        if (!ChannelMath.TryNext(charged, price, out var claimable))
            return PayRefusals.Nothing("the channel's total would not fit 128 bits.");
        var draw = new Draw(channel, ChannelMath.ConfigOf(channel), charged, claimable, price);
        if (context.Request.Refund)
            return balance > charged ? Voucher(context, offer, draw, RefundKind, null) : PayRefusals.NothingToRefund;
        if (claimable <= balance)
            return Voucher(context, offer, draw, VoucherKind, null);
        return await ShownAgainAsync(db, draw, balance, now / 1_000, cancel) is { } deposit
            ? Voucher(context, offer, draw, VoucherKind, deposit)
            : await DepositAsync(db, context, offer, draw, claimable - balance, cancel);
    }

    private PlannedPayment Voucher(
        PayContext context, PaymentOffer offer, Draw draw, string kind, JsonElement? deposit)
    {
        var id = Hash256.FromBytes(draw.Channel.ChannelId);
        var spend = new Spend(kind, default)
        {
            Contract = SystemContractAddresses.BatchSettlement,
            Channel = id,
            Claimable = draw.Claimable,
            Price = draw.Price,
        };
        var type = kind == RefundKind ? "refund" : deposit is null ? "voucher" : "deposit";
        return new PlannedPayment(offer, spend, (writer, _) =>
        {
            writer.WriteStartObject();
            ChannelPayload.WriteHead(writer, type, draw.Config);
            using (var key = authorizers.Open(context.Budget.Id))
                ChannelPayload.WriteVoucher(writer, context.ChainId, id, draw.Claimable, key);
            if (deposit is { } again)
            {
                writer.WritePropertyName("deposit");
                again.WriteTo(writer);
            }

            writer.WriteEndObject();
        })
        {
            Price = draw.Price,
        };
    }

    private static async Task<JsonElement?> ShownAgainAsync(
        WalletDbContext db, Draw draw, UInt256 balance, long nowSeconds, CancellationToken cancel)
    {
        var open = await db.Spends
            .Where(s => s.Channel == draw.Channel.ChannelId && s.Deposit != null && s.State == SpendStates.Signed
                && s.ValidBefore > nowSeconds + FreshSeconds && s.CancelHash == null)
            .OrderByDescending(s => s.Id).FirstOrDefaultAsync(cancel);
        return open is { Answer: { } answer, Deposit: { } amount }
            && UInt256.TryAdd(balance, ChannelBook.Value(amount), out var then) && draw.Claimable <= then
            && JsonSerializer.Deserialize(answer, WalletJson.Default.Payment) is { } signed
            ? ChannelPayload.DepositOf(signed.Header)
            : null;
    }

    private async Task<Verdict<PlannedPayment>> DepositAsync(
        WalletDbContext db, PayContext context, PaymentOffer offer, Draw draw, UInt256 needed,
        CancellationToken cancel)
    {
        var sized = await SizeAsync(db, context, offer, needed, cancel);
        if (sized.Value is not { } size)
            return sized.Refusal!;
        var id = Hash256.FromBytes(draw.Channel.ChannelId);
        var salt = ExactPayment.RandomWord();
        var authorization = new TokenAuthorization(
            draw.Config.Payer,
            SystemContractAddresses.DepositCollector,
            size.Amount,
            0,
            context.ValidBefore(offer),
            ChannelMessages.DepositNonce(id, salt));
        var spend = new Spend(DepositKind, size.Amount)
        {
            Contract = SystemContractAddresses.BatchSettlement,
            Channel = id,
            Deposit = size.Amount,
            Claimable = draw.Claimable,
            Price = draw.Price,
            AuthorizationNonce = authorization.Nonce,
            ValidBefore = authorization.ValidBefore,
        };
        return new PlannedPayment(offer, spend, (writer, account) =>
        {
            writer.WriteStartObject();
            ChannelPayload.WriteHead(writer, "deposit", draw.Config);
            using (var key = authorizers.Open(context.Budget.Id))
                ChannelPayload.WriteVoucher(writer, context.ChainId, id, draw.Claimable, key);
            ChannelPayload.WriteDeposit(writer, authorization, salt, context.ChainId, account!);
            writer.WriteEndObject();
        })
        {
            Price = draw.Price,
        };
    }

    // As much as the server announces, else five requests; within the caller's bound, and, where the server leaves it
    // open, within what the budget pays at once.
    private async Task<Verdict<DepositSize>> SizeAsync(
        WalletDbContext db, PayContext context, PaymentOffer offer, UInt256 needed, CancellationToken cancel)
    {
        var most = context.Request.MaxDeposit ?? offer.Amount * MostDeposits;
        UInt256? announced =
            offer.ExtraAmount("minDeposit") is { } least && least >= offer.Amount ? least : null;
        var floor = announced is { } a && a > needed ? a : needed;
        if (floor > most)
            return PayRefusals.TooLarge(floor, most);
        var wish = announced ?? offer.Amount * DefaultDeposits;
        var size = UInt256.Min(most, await BudgetReader.LeftAsync(
            db, context.Budget, time.GetUtcNow().ToUnixTimeMilliseconds(), cancel));
        foreach (var each in context.Budget.Line)
        {
            size = UInt256.Min(size, each.Limits.PerCall ?? size);
            size = UInt256.Min(size, each.Limits.ApproveAbove ?? size);
        }

        size = UInt256.Min(size, wish);
        return new DepositSize(size > floor ? size : floor);
    }

    private sealed record DepositSize(UInt256 Amount);

    private sealed record Draw(
        ChannelRow Channel, ChannelConfig Config, UInt256 Charged, UInt256 Claimable, UInt256 Price);
}
