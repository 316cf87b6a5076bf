using System.Net;
using System.Net.Http.Headers;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Xunit;

namespace Services.Tests.Wallet.Payments;

/// <summary>Scheme exact through the handler, against a server that settles on a real node.</summary>
public sealed class ExactPaymentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_that_is_answered_with_402_is_paid_and_served_and_counts_its_price()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(2_500);
        using var client = world.Client(budget);

        using var content = new StringContent("what is asked");
        using var response = await client.PostAsync("exact", content, Cancel);

        Assert.Equal("served", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(["what is asked", "what is asked"], world.Shop.Bodies);
        Assert.Equal((UInt256)1_000UL, await world.CoinsAsync(world.Shop.Receiver));
        Assert.Equal((UInt256)1_000UL, await world.SpentAsync(budget));
        Assert.True(response.RequestMessage!.Options.TryGetValue(X402Request.Result, out var result));
        Assert.Equal((PaymentOutcome.Settled, (UInt256)1_000UL), (result.Outcome, result.Charged));
    }

    [Fact]
    public async Task What_is_free_passes_without_a_word_to_the_wallet()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(1);
        using var client = world.Client(budget);
        Assert.Equal("free", await client.GetStringAsync("free", Cancel));
        Assert.Empty((await world.Wallet.Client.Budgets.SpendsAsync(budget.Budget.Id, cancel: Cancel)).Spends);
    }

    [Fact]
    public async Task Ten_requests_at_once_never_pay_more_than_the_budget_has()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(3_999);
        using var client = world.Client(budget);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                using var response = await client.GetAsync("exact", Cancel);
                return response.StatusCode.ToString();
            }
            catch (AitbcException e)
            {
                return e.Problem.Code;
            }
        }));

        Assert.Equal(3, answers.Count(a => a == "OK"));
        Assert.Equal(7, answers.Count(a => a == "budget_exceeded"));
        Assert.Equal((UInt256)3_000UL, await world.CoinsAsync(world.Shop.Receiver));
    }

    [Fact]
    public async Task A_lost_answer_is_told_and_the_same_key_shows_the_same_signature_and_pays_once()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        using var client = world.Client(budget);
        world.Shop.LosesAnswers = true;
        var lost = await Assert.ThrowsAsync<X402Exception>(() => SendAsync(client, "k1"));
        Assert.Equal((X402Exception.OutcomeUnknown, true, "k1"), (lost.Code, lost.Charged, lost.IdempotencyKey));

        world.Shop.LosesAnswers = false;
        var again = await Assert.ThrowsAsync<X402Exception>(() => SendAsync(client, "k1"));

        Assert.Equal((X402Exception.Taken, true), (again.Code, again.Charged));
        Assert.Single(world.Shop.Payments.Distinct());
        Assert.Equal((UInt256)1_000UL, await world.CoinsAsync(world.Shop.Receiver));
        Assert.Equal((UInt256)1_000UL, await world.SpentAsync(budget));
    }

    [Fact]
    public async Task Racing_pays_under_one_key_give_one_payment_and_another_request_under_it_is_a_conflict()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        var ask = await AskAsync(world);

        var payments = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => world.Payments(budget).PayAsync(ask, "k1", Cancel)));

        Assert.Single(payments.Select(p => p.Header).Distinct());
        Assert.Equal(7, payments.Count(p => p.Repeated));
        Assert.Equal((UInt256)1_000UL, await world.SpentAsync(budget));
        var other = await Assert.ThrowsAsync<AitbcException>(
            () => world.Payments(budget).PayAsync(ask with { Url = "http://elsewhere/" }, "k1", Cancel));
        Assert.Equal("idempotency_key_reused", other.Problem.Code);
    }

    [Fact]
    public async Task A_refused_payment_stays_counted_until_it_is_void_and_the_chain_shows_it_unused()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(1_000);
        using var client = world.Client(budget);
        world.Shop.RefusesWith = "invalid_exact_evm_insufficient_balance";
        var refused = await Assert.ThrowsAsync<X402Exception>(() => SendAsync(client, "k1"));
        Assert.Equal((X402Exception.Refused, false), (refused.Code, refused.Charged));

        await world.ReconcileAsync();
        Assert.Equal((UInt256)1_000UL, await world.SpentAsync(budget));
        world.Time.Advance(TimeSpan.FromSeconds(61));
        await world.ReconcileAsync();
        Assert.Equal((UInt256)1_000UL, await world.SpentAsync(budget)); // the chain's own clock has not passed it
        await world.TickAsync();
        await world.ReconcileAsync();
        Assert.Equal(UInt256.Zero, await world.SpentAsync(budget));
    }

    [Fact]
    public async Task A_payment_that_was_taken_before_the_daemon_stopped_counts_after_its_restart()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(1_500);
        using (var client = world.Client(budget))
        {
            world.Shop.LosesAnswers = true;
            await Assert.ThrowsAsync<X402Exception>(() => SendAsync(client, "k1"));
        }

        await world.RestartAsync();
        world.Time.Advance(TimeSpan.FromHours(2));
        await world.TickAsync();
        await world.ReconcileAsync();

        Assert.Equal((UInt256)1_000UL, await world.SpentAsync(budget));
        var line = Assert.Single((await world.Wallet.Client.Budgets.SpendsAsync(budget.Budget.Id)).Spends);
        Assert.Equal(("x402-exact", "settled"), (line.Kind, line.State));
    }

    [Fact]
    public async Task Offers_that_are_too_dear_or_of_another_chain_or_token_are_not_signed()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        world.Shop.Price = 1_000_001;
        using var client = world.Client(budget);
        var dear = await Assert.ThrowsAsync<AitbcException>(() => SendAsync(client, "k1"));
        Assert.Equal("no_payable_offer", dear.Problem.Code);
        Assert.Empty(world.Shop.Payments);
        var ask = await AskAsync(world);
        foreach (var (from, to) in new[] { ("eip155:7777", "eip155:8453"), ("1001\",\"payTo", "1002\",\"payTo") })
        {
            var json = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(ask.PaymentRequired));
            var changed = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(
                json.Replace(from, to, StringComparison.Ordinal)));
            Assert.NotEqual(ask.PaymentRequired, changed);
            var refused = await Assert.ThrowsAsync<AitbcException>(() => world.Payments(budget).PayAsync(
                ask with { PaymentRequired = changed, MaxAmount = 2_000_000 }, "k" + to.Length, Cancel));
            Assert.Equal("no_payable_offer", refused.Problem.Code);
        }
    }

    [Fact]
    public async Task A_payment_above_the_threshold_waits_for_the_owner_and_is_made_under_the_same_key()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000, limits: new BudgetLimits { Amount = 1, ApproveAbove = 500 });
        using var client = world.Client(budget);
        var waits = await Assert.ThrowsAsync<AitbcException>(() => SendAsync(client, "k1"));
        Assert.Equal("approval_required", waits.Problem.Code);
        var waiting = Assert.Single(await world.Wallet.Client.Budgets.ApprovalsAsync(Cancel));
        await world.Wallet.Client.Budgets.DecideAsync(waiting.Id, approve: true, Cancel);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "k1"));
        Assert.Equal((UInt256)1_000UL, await world.SpentAsync(budget));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("e30=")]
    [InlineData("W10=")]
    [InlineData("eyJ4NDAyVmVyc2lvbiI6MiwiYWNjZXB0cyI6W119")]
    public async Task A_header_that_cannot_be_read_is_a_typed_refusal(string header)
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var account = await wallet.Client.CreateAsync("payer", Cancel);
        var budget = await wallet.Client.Budgets.CreateAsync(
            new CreateBudgetRequest("agent", new BudgetLimits { Amount = 1 }, account.Address), Cancel);
        var refused = await Assert.ThrowsAsync<AitbcException>(() => new WalletClient(wallet.Http, budget.Token)
            .Payments.PayAsync(new PayRequest(header, "GET", "http://x/", 1), "k", Cancel));
        Assert.Equal("invalid_request", refused.Problem.Code);
    }

    [Fact]
    public async Task A_stream_that_is_paid_for_is_not_read_ahead_and_a_long_body_is_refused_before_it_is_sent()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        using var client = world.Client(budget, new X402HandlerOptions { MaxAmount = 1_000, MaxBodyBytes = 8 });
        using var request = new HttpRequestMessage(HttpMethod.Get, "exact");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.IsNotType<MemoryStream>(await response.Content.ReadAsStreamAsync(Cancel));
        var sent = world.Shop.Bodies.Count;
        using var content = new ByteArrayContent(new byte[9]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var refused = await Assert.ThrowsAsync<X402Exception>(() => client.PostAsync("exact", content, Cancel));
        Assert.Equal(X402Exception.BodyTooLarge, refused.Code);
        Assert.Equal(sent, world.Shop.Bodies.Count);
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "exact");
        request.Options.Set(X402Request.IdempotencyKey, key);
        using var response = await client.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private static async Task<PayRequest> AskAsync(PayWorld world)
    {
        using var plain = new HttpClient { BaseAddress = world.Shop.Url };
        using var response = await plain.GetAsync("exact", Cancel);
        return new PayRequest(
            response.Headers.GetValues(X402Headers.Required).Single(), "GET", $"{world.Shop.Url}exact", 1_000_000);
    }
}
