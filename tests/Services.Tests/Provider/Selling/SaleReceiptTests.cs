using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Sdk.Jobs;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>What was charged has a receipt, whatever ends in between.</summary>
public sealed class SaleReceiptTests
{
    private const string Path = "/v1/chat/completions";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receipt_is_signed_when_the_wallet_is_back_and_after_a_crash_too(bool crashes)
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var required = await buyer.AskAsync(Path, Buyer.Chat);
        using var opened = await buyer.PostAsync(Path, Buyer.Chat, buyer.Voucher(required, 1_000_000));
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        buyer.Take(opened);
        world.Wallet.IsAway = true;
        using var answer = await buyer.PayAsync(Path, Buyer.Chat);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();
        if (crashes)
            await world.CrashAsync();
        using (var early = await world.Http.GetAsync($"/v1/receipts/{id}", SellingWorld.Cancel))
            Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);
        world.Wallet.IsAway = false;

        var file = await world.ReceiptAsync(id);
        var verified = ReceiptVerifier.Verify(
            ReceiptFile.TryParse(file), [world.Provider], "Two plus two is four."u8);
        Assert.True(verified.IsValid, verified.Detail);
        Assert.Equal(770UL, ReceiptFile.TryParse(file)!.Receipt.Charge);
        await RefusedPaymentTests.WaitUntilAsync(() => world.Service<AnswerStore>().Unsigned().Count == 0);
    }

    [Fact]
    public async Task A_receipt_of_a_transfer_names_what_the_chain_moved()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var required = await buyer.AskAsync(Path, Buyer.Chat);
        var before = await world.Chain.BalanceAsync(buyer.Address, SellingWorld.Cancel);
        using var answer = await buyer.PostAsync(Path, Buyer.Chat, buyer.Transfer(required));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var moved = before - await world.Chain.BalanceAsync(buyer.Address, SellingWorld.Cancel);
        Assert.Equal(Buyer.AmountOf(required, "exact"), moved);

        var text = JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!;
        Assert.Equal(moved.ToString(), (string)text["aitbc"]!["charged"]!);
        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();
        var answers = world.Service<AnswerStore>();
        await RefusedPaymentTests.WaitUntilAsync(() => answers.Receipt(id) is not null);
        Assert.Equal(moved, ReceiptFile.TryParse(answers.Receipt(id))!.Receipt.Charge);
    }

    [Fact]
    public async Task An_answer_whose_charge_did_not_count_gets_no_receipt()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var answers = world.Service<AnswerStore>();
        using var first = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);
        var id = first.Headers.GetValues("X-Aitbc-Answer").Single();
        await RefusedPaymentTests.WaitUntilAsync(() => answers.Receipt(id) is not null);
        var receipt = ReceiptFile.TryParse(answers.Receipt(id))!.Receipt;
        buyer.Take(first);

        // As if the process had ended between the two: what the receipt says is there, and its charge is not.
        world.Models.Answer = world.Models.UntilAbandonedAsync;
        var payment = buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat));
        var asking = buyer.PostAsync(Path, Buyer.Chat, payment);
        // The model may be asked while the disk still syncs what was begun.
        var journal = world.Service<PaymentJournal>();
        await RefusedPaymentTests.WaitUntilAsync(
            () => world.Models.Posts.Count == 2 && journal.Channels.Single().Use is { Charge: null });
        var open = Assert.Single(journal.Channels).Use!.Answer;
        answers.KeepUnsigned(open, receipt with { JobId = Keccak256.Hash([1]) });
        await world.CrashAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => (await asking).EnsureSuccessStatusCode());
        Assert.Empty(world.Service<AnswerStore>().Unsigned());
        using var none = await world.Http.GetAsync($"/v1/receipts/{open}", SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Equal(770UL, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }
}
