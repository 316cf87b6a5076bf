using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Payments.Channels;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;
using Aitbc.Testing;
using Services.Tests.Provider.Models;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>Answers that are paid through a channel, and what such a payment must never do.</summary>
public sealed class ChannelSaleTests
{
    private const string Path = "/v1/chat/completions";
    private const ulong Price = (17 * 10) + (6 * 100); // as the server of models counts
    private static readonly Address Stranger = Address.Parse("0x00000000000000000000000000000000000ABBA1");

    [Fact]
    public async Task A_voucher_pays_what_was_counted_and_the_next_one_goes_on_from_there()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var first = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var answer = JsonNode.Parse(await first.Content.ReadAsStringAsync(SellingWorld.Cancel))!;
        Assert.Equal("Two plus two is four.", (string)answer["choices"]![0]!["message"]!["content"]!);
        Assert.Equal(23, (int)answer["usage"]!["total_tokens"]!);
        Assert.Equal(Price.ToString(), (string)answer["aitbc"]!["charged"]!);
        Assert.Equal(Price, buyer.Take(first));
        using var second = await buyer.PayAsync(Path, Buyer.Chat);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal((UInt256)Price + Price, buyer.Take(second));
        Assert.Equal(2, world.Models.Posts.Count);

        var before = await world.Chain.BalanceAsync(world.Provider, SellingWorld.Cancel);
        Assert.Equal(1, await world.Service<ChannelClaims>().ClaimAsync(onlyClosing: false, SellingWorld.Cancel));
        var tab = Assert.Single(world.Service<ChannelTabs>().All);
        Assert.Equal((UInt256)Price + Price, tab.View!.Claimed);
        Assert.NotEqual(before, await world.Chain.BalanceAsync(world.Provider, SellingWorld.Cancel));
        Assert.Equal(0, await world.Service<ChannelClaims>().ClaimAsync(onlyClosing: false, SellingWorld.Cancel));
    }

    [Fact]
    public async Task A_wrong_voucher_is_refused_by_its_fault_and_executes_nothing()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var required = await buyer.AskAsync(Path, Buyer.Chat);
        var price = Buyer.AmountOf(required, "batch-settlement");
        var poor = world.Buyer(9);

        await RefusedAsync("channel_not_found", buyer.Voucher(required));
        await RefusedAsync("receiver_mismatch", buyer.Voucher(required, change: c => c with { Receiver = Stranger }));
        await RefusedAsync("receiver_authorizer_mismatch",
            buyer.Voucher(required, change: c => c with { ReceiverAuthorizer = Stranger }));
        await RefusedAsync("token_mismatch", buyer.Voucher(required, change: c => c with { Token = Stranger }));
        await RefusedAsync("withdraw_delay_mismatch",
            buyer.Voucher(required, change: c => c with { WithdrawDelay = 900 }));
        await RefusedAsync("channel_id_mismatch", buyer.Voucher(required, chainId: 1));
        var other = buyer.Config(Buyer.OfferOf(required, "batch-settlement")) with { Salt = Keccak256.Hash([1]) };
        await RefusedAsync("voucher_signature", buyer.Voucher(required, signedFor: other.IdOn(7777)));
        await RefusedAsync("voucher_signature",
            buyer.Voucher(required, change: c => c with { PayerAuthorizer = Stranger }));
        await RefusedAsync("cumulative_exceeds_balance", buyer.Voucher(required, deposit: price - UInt256.One));
        await RefusedAsync("cumulative_amount_mismatch",
            buyer.Voucher(required, deposit: 1_000_000, total: price - UInt256.One));
        Assert.Equal("invalid_batch_settlement_evm_deposit_transaction_failed",
            await RefusedPaymentTests.CodeAsync(poor, Buyer.Chat, poor.Voucher(required, 1_000_000)));
        Assert.Empty(world.Models.Posts);

        async Task RefusedAsync(string code, string payment) => Assert.Equal(
            "invalid_batch_settlement_evm_" + code, await RefusedPaymentTests.CodeAsync(buyer, Buyer.Chat, payment));
    }

    [Fact]
    public async Task Of_many_requests_that_race_for_one_channel_one_is_served_and_charged()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var opened = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);
        buyer.Take(opened);
        var asked = Enumerable.Range(0, 20)
            .Select(i => Buyer.Chat.Replace("hi", $"h{i % 10}", StringComparison.Ordinal));
        var answers = await Task.WhenAll(asked.Select(async body =>
        {
            var payment = buyer.Voucher(await buyer.AskAsync(Path, body));
            using var answer = await buyer.PostAsync(Path, body, payment);
            await answer.Content.ReadAsStringAsync(SellingWorld.Cancel);
            return answer.StatusCode;
        }));

        // The same request under the same voucher joins the one that is served; all others are refused.
        Assert.Contains(HttpStatusCode.OK, answers);
        Assert.Equal(2, world.Models.Posts.Count);
        var record = Assert.Single(world.Service<PaymentJournal>().Channels);
        Assert.Equal((UInt256)Price + Price, record.Charged);
    }

    [Fact]
    public async Task A_lost_reply_is_given_again_and_neither_executed_nor_charged_again()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var opened = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);
        buyer.Take(opened);
        var payment = buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat));
        using var first = await buyer.PostAsync(Path, Buyer.Chat, payment);
        var text = await first.Content.ReadAsStringAsync(SellingWorld.Cancel);
        using var again = await buyer.PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(text, await again.Content.ReadAsStringAsync(SellingWorld.Cancel));
        Assert.Equal(
            first.Headers.GetValues(X402Headers.Response).Single(),
            again.Headers.GetValues(X402Headers.Response).Single());

        await world.RestartAsync();
        using var later = await world.Buyer().PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(text, await later.Content.ReadAsStringAsync(SellingWorld.Cancel));
        Assert.Equal(2, world.Models.Posts.Count);
        Assert.Equal((UInt256)Price + Price, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);

        // The answer is gone with its disk: it is owed, and made again without a charge.
        foreach (var file in Directory.EnumerateFiles(System.IO.Path.Combine(world.Options.DataDirectory, "answers")))
            File.Delete(file);
        await world.RestartAsync();
        using var owed = await world.Buyer().PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(HttpStatusCode.OK, owed.StatusCode);
        await owed.Content.ReadAsStringAsync(SellingWorld.Cancel);
        Assert.Equal(3, world.Models.Posts.Count);
        Assert.Equal((UInt256)Price + Price, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }

    [Fact]
    public async Task A_damaged_line_of_the_journal_loses_nothing_of_what_was_written_behind_it()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var opened = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);
        buyer.Take(opened);
        using var next = await buyer.PostAsync(
            Path, Buyer.Chat, buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat)));
        await next.Content.ReadAsStringAsync(SellingWorld.Cancel);
        var file = System.IO.Path.Combine(world.Options.DataDirectory, "payments.journal");
        await world.RestartAsync(() =>
        {
            var bytes = File.ReadAllBytes(file);
            bytes[40] ^= 1;
            File.WriteAllBytes(file, bytes);
        });

        Assert.Equal((UInt256)Price + Price, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
        Assert.True(File.Exists(file + ".damaged"));
    }

    [Fact]
    public async Task A_journal_of_payments_belongs_to_one_process_and_stays_whole_when_another_tries()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var opened = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);
        Assert.Throws<IOException>(() => new PaymentJournal(
            world.Options.DataDirectory, TimeSpan.FromHours(1), world.Service<EarningBook>(), TimeProvider.System));
        buyer.Take(opened);
        using var next = await buyer.PostAsync(
            Path, Buyer.Chat, buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat)));
        await next.Content.ReadAsStringAsync(SellingWorld.Cancel);
        var charged = Assert.Single(world.Service<PaymentJournal>().Channels).Charged;
        await world.RestartAsync();
        Assert.Equal(charged, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }

    [Fact]
    public async Task A_voucher_that_cannot_be_written_down_gives_nothing_and_is_good_after_a_restart()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var opened = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);
        buyer.Take(opened);
        var charged = Assert.Single(world.Service<PaymentJournal>().Channels).Charged;
        await world.Service<PaymentJournal>().DisposeAsync();
        var body = Buyer.Chat.Replace("hi", "again", StringComparison.Ordinal);
        var payment = buyer.Voucher(await buyer.AskAsync(Path, body));
        using var refused = await buyer.PostAsync(Path, body, payment);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.False(refused.Headers.Contains(X402Headers.Response));

        await world.RestartAsync();
        Assert.Equal(charged, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
        using var served = await world.Buyer().PostAsync(Path, body, payment);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        await served.Content.ReadAsStringAsync(SellingWorld.Cancel);
        Assert.Equal(charged + Price, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }

    [Fact]
    public async Task A_client_that_lost_its_total_is_corrected_with_its_own_voucher()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var opened = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);
        buyer.Take(opened);
        buyer.Total = UInt256.Zero;
        var body = Buyer.Chat.Replace("hi", "ho", StringComparison.Ordinal);
        using var refused = await buyer.PostAsync(Path, body, buyer.Voucher(await buyer.AskAsync(Path, body)));
        var required = Buyer.Decode(refused, X402Headers.Required)!;

        Assert.Equal("invalid_batch_settlement_evm_cumulative_amount_mismatch", (string)required["error"]!);
        var extra = Buyer.OfferOf(required, "batch-settlement")["extra"]!;
        Assert.Equal(Price.ToString(), (string)extra["channelState"]!["chargedCumulativeAmount"]!);
        var signed = UInt256.Parse((string)extra["voucherState"]!["signedMaxClaimable"]!);
        var id = Hash256.Parse((string)extra["channelState"]!["channelId"]!);
        Assert.Equal(buyer.Sign(id, signed), (string)extra["voucherState"]!["signature"]!);
        buyer.Total = UInt256.Parse((string)extra["channelState"]!["chargedCumulativeAmount"]!);
        using var served = await buyer.PostAsync(Path, body, buyer.Voucher(required));
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task A_failure_of_the_engine_is_charged_nothing_and_its_voucher_can_be_used_again()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var well = world.Models.Answer;
        world.Models.Answer = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var payment = buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat), 1_000_000);
        using var broken = await buyer.PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(HttpStatusCode.BadGateway, broken.StatusCode);
        Assert.Equal(UInt256.Zero, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
        world.Models.Answer = well;
        using var served = await buyer.PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Equal(Price, buyer.Take(served));
    }

    [Fact]
    public async Task A_payer_who_leaves_is_claimed_at_once_and_served_no_more()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var opened = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);
        buyer.Take(opened);
        var required = await buyer.AskAsync(Path, Buyer.Chat);
        var config = buyer.Config(Buyer.OfferOf(required, "batch-settlement"));
        using var payer = new Aitbc.Sdk.Wallet.LocalSigner(TestAccounts.Key(0));
        await new TransactionSender(world.Chain, payer).SendAsync(
            buyer.Address,
            new CallRequest(
                SystemContractAddresses.BatchSettlement,
                ChannelAbi.InitiateWithdraw.EncodeCall(config.ToTuple(), (UInt256)900_000)),
            SellingWorld.Cancel);
        await world.LookAsync();

        Assert.Equal(Price, Assert.Single(world.Service<ChannelTabs>().All).View!.Claimed);
        Assert.Equal(
            "invalid_batch_settlement_evm_channel_closing",
            await RefusedPaymentTests.CodeAsync(buyer, Buyer.Chat, buyer.Voucher(required)));
        Assert.Single(world.Models.Posts);
    }

    [Fact]
    public async Task A_payer_gets_back_what_is_left_and_the_provider_what_is_owed()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var opened = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);
        using var unsure = await buyer.RefundAsync(Path);
        Assert.Equal(
            "invalid_batch_settlement_evm_cumulative_amount_mismatch",
            (string)Buyer.Decode(unsure, X402Headers.Required)!["error"]!);
        buyer.Take(opened);
        var before = await world.Chain.BalanceAsync(buyer.Address, SellingWorld.Cancel);
        using var refunded = await buyer.RefundAsync(Path);

        Assert.Equal(HttpStatusCode.OK, refunded.StatusCode);
        Assert.Equal(
            before + (1_000_000UL - Price), await world.Chain.BalanceAsync(buyer.Address, SellingWorld.Cancel));
        Assert.Equal(Price, Assert.Single(world.Service<ChannelTabs>().All).View!.Claimed);
        using var again = await buyer.RefundAsync(Path);
        Assert.Equal(
            "invalid_batch_settlement_evm_refund_no_balance",
            (string)Buyer.Decode(again, X402Headers.Required)!["error"]!);
        // The channel can be filled and drawn on again.
        using var more = await buyer.PostAsync(
            Path, Buyer.Chat, buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat), 1_000_000));
        Assert.Equal((UInt256)Price + Price, buyer.Take(more));
    }

    [Fact]
    public async Task A_hundred_channels_are_claimed_in_one_transaction_after_a_restart()
    {
        await using var world = await SellingWorld.StartAsync(Dialect.OpenAi);
        for (var i = 0; i < 100; i++)
        {
            var buyer = world.Buyer();
            buyer.Salt = Hash256.FromBytes([.. new byte[31], (byte)(i + 1)]);
            using var opened = await buyer.OpenAsync(Path, Buyer.Chat, 100_000);
            Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        }

        await world.RestartAsync();
        var before = await world.Chain.FinalNonceAsync(world.Provider, SellingWorld.Cancel);
        Assert.Equal(100, await world.Service<ChannelClaims>().ClaimAsync(onlyClosing: false, SellingWorld.Cancel));
        Assert.Equal(before + 1, await world.Chain.FinalNonceAsync(world.Provider, SellingWorld.Cancel));
        Assert.All(world.Service<ChannelTabs>().All, t => Assert.Equal(Price, t.View!.Claimed));
    }
}
