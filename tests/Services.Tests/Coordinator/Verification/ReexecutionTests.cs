using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Services.Tests.Coordinator.Book;
using Services.Tests.Coordinator.Reputation;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Verification;

/// <summary>Jobs that a committee executes again when they are doubted: named, priced, paid, disputed, ended.</summary>
public class ReexecutionTests : MarketSuite, IDisposable
{
    private static readonly (JobState, string?) Paid = (JobState.Settled, null);
    private static readonly (JobState, string?) Waiting = (JobState.Submitted, null);
    private static readonly (JobState, string?) Doubted = (JobState.Disputed, null);
    private readonly LocalSigner[] keys = [Ends.Key(5), Ends.Key(6), Ends.Key(7), Ends.Key(8)];

    public void Dispose()
    {
        foreach (var key in keys)
            key.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_quote_names_and_prices_the_committee_that_the_terms_then_have()
    {
        await using var market = await NamedAsync();
        var want = await market.WantAsync() with { Reexecution = new ReexecutionRequest(3) };
        var quote = await market.Client.QuoteAsync(want, Cancel);
        var info = await market.Client.InfoAsync(Cancel);
        Assert.True(quote.IsSignedBy(info.Evaluator, info.ChainId, info.Escrow));
        Assert.False((quote with { Reexecution = null }).IsSignedBy(info.Evaluator, info.ChainId, info.Escrow));
        var again = quote.Reexecution!;
        Assert.Equal(3, again.Reexecutors.Distinct().Count());
        Assert.Subset(keys.Select(k => k.Address).ToHashSet(), again.Reexecutors.ToHashSet());
        // 700 for the work, so 70 for a wrong doubt; the dearest of those drawn asks 900 to 1200.
        Assert.Equal((70, Committee.Version), ((int)(ulong)again.Bond, again.EngineVersion));
        Assert.InRange((ulong)again.Fee, 1100UL, 1200UL);
        Assert.Equal(again, (await market.Client.QuoteAsync(want, Cancel)).Reexecution); // drawn once

        var order = new OrderRequest { IdempotencyKey = "order-1", Spec = want.Spec, QuoteId = quote.Id };
        Assert.Equal(ProblemCodes.Conflict, (await RefusedAsync(() => market.Client.OrderAsync(order, Cancel))).Code);
        var job = await market.Client.OrderAsync(order with { Reexecution = want.Reexecution }, Cancel);
        Assert.Equal(again, job.Terms.Reexecution);
        Assert.Equal(job.Terms.Hash(), job.TermsHash);
        Assert.NotEqual((job.Terms with { Reexecution = null }).Hash(), job.TermsHash);
        // Without a quote the same rules name one.
        var plain = await market.Client.OrderAsync(
            order with { IdempotencyKey = "order-2", QuoteId = null, Reexecution = new ReexecutionRequest(1) }, Cancel);
        Assert.Single(plain.Terms.Reexecution!.Reexecutors);
    }

    [Fact]
    public async Task Parties_newcomers_other_versions_and_a_second_one_of_an_owner_are_not_named()
    {
        await using var market = await StartAsync();
        market.Chain.Agents[5] = (keys[0].Address, market.StrangerKey.Address);
        market.Chain.Agents[6] = (keys[1].Address, market.StrangerKey.Address);
        market.Chain.Agents[7] = (market.StrangerKey.Address, market.ClientKey.Address);
        await market.SellerAsync();
        await market.MemberAsync(keys[0], 900, agent: 5);
        await market.MemberAsync(keys[1], 900, agent: 6);
        await market.MemberAsync(market.StrangerKey, 900, agent: 7); // paid where the client is
        await market.MemberAsync(market.ClientKey, 900);
        await market.MemberAsync(keys[2], 900, isBonded: false);
        await market.MemberAsync(keys[3], 900, version: "test 2");
        var want = await market.WantAsync() with { Reexecution = new ReexecutionRequest(3) };
        var refused = await RefusedAsync(() => market.Client.QuoteAsync(want, Cancel));
        Assert.Equal((409, ProblemCodes.NoCommittee), (refused.Status, refused.Code));
        Assert.StartsWith("1 ", refused.Detail, StringComparison.Ordinal);
        await market.MemberAsync(keys[2], 900);
        await market.MemberAsync(keys[3], (700 * 16) + 1);
        refused = await RefusedAsync(() => market.Client.QuoteAsync(want, Cancel));
        Assert.StartsWith("2 ", refused.Detail, StringComparison.Ordinal);
        await market.MemberAsync(keys[3], 700 * 16);
        var again = (await market.Client.QuoteAsync(want, Cancel)).Reexecution!;
        Assert.Contains(keys[2].Address, again.Reexecutors);
        Assert.Equal((UInt256)(700UL * 16), again.Fee);
    }

    [Fact]
    public async Task Wishes_that_mean_nothing_are_refused()
    {
        await using var market = await NamedAsync();
        var order = await market.OrderRequestAsync("a") with { Reexecution = new ReexecutionRequest(1) };
        foreach (var size in new[] { -1, 0, 2, 4, 6, 15 })
            Assert.Equal(
                (400, ProblemCodes.InvalidRequest),
                await AnswerAsync(market, order with { Reexecution = new ReexecutionRequest(size) }));
        var verified = JobVerification.Of(market.ClientKey.Address, "a", 2, 3, 1);
        Assert.Equal(
            (400, ProblemCodes.InvalidRequest), await AnswerAsync(market, order with { Verification = verified }));
        var chat = new JobSpec
        {
            Engine = JobSpec.OllamaEngine,
            Ollama = new OllamaSpec { Model = "m", Messages = [new("user", "hi")], MaxOutputTokens = 1 },
        };
        Assert.Equal((422, ProblemCodes.ReexecutionUnsupported), await AnswerAsync(market, order with { Spec = chat }));
    }

    [Fact]
    public async Task What_nobody_disputes_is_paid_at_half_of_the_window_or_when_the_client_accepts_it()
    {
        await using var market = await NamedAsync();
        var job = await market.OrderedAsync(3);
        Assert.Equal(JobState.Funded, job.State);
        await market.SubmittedAsync(job);
        market.Time.Advance(TimeSpan.FromSeconds(1799));
        Assert.Equal(Waiting, await market.EndAsync(job));
        market.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Paid, await market.EndAsync(job));

        await market.NamedAgainAsync(keys);
        var second = await market.OrderedAsync(1, "order-2");
        var early = await RefusedAsync(() => market.Client.AcceptAsync(second.Id, Cancel));
        Assert.Equal((409, ProblemCodes.WrongState), (early.Status, early.Code));
        await market.SubmittedAsync(second);
        Assert.Equal(Waiting, await market.EndAsync(second));
        Assert.Equal(404, (await RefusedAsync(() => market.Provider.AcceptAsync(second.Id, Cancel))).Status);
        Assert.Equal(JobState.Settled, (await market.Client.AcceptAsync(second.Id, Cancel)).State);
        Assert.Equal(JobState.Settled, (await market.Client.AcceptAsync(second.Id, Cancel)).State);
        Assert.Equal(["complete", "complete"], market.Chain.Sent);
        var events = (await market.Client.WhyAsync(second.Id, Cancel)).Events;
        Assert.Single(events, e => (e.Who, e.What) == ("client", "accepted"));
    }

    [Theory]
    [InlineData(DisputeState.Confirmed)]
    [InlineData(DisputeState.Refuted)]
    public async Task The_votes_of_the_committee_end_a_dispute_and_the_story_tells_them(DisputeState verdict)
    {
        await using var market = await NamedAsync();
        var job = await market.OrderedAsync(1);
        var member = market.As(keys.Single(k => k.Address == job.Terms.Reexecution!.Reexecutors[0]));
        var file = await market.SubmittedAsync(job);
        Assert.Equal(404, (await RefusedAsync(() => member.JobAsync(job.Id, Cancel))).Status);
        Assert.Equal(Doubted, await market.DoubtedAsync(job));
        market.Time.Advance(TimeSpan.FromSeconds(1800)); // nobody is paid while they vote
        Assert.Equal(Doubted, await market.EndAsync(job));
        await ReadsAsync(member, job, file);
        foreach (var key in keys.Where(k => k.Address != job.Terms.Reexecution!.Reexecutors[0]))
            Assert.Equal(404, (await RefusedAsync(() => market.As(key).JobAsync(job.Id, Cancel))).Status);

        var result = verdict == DisputeState.Confirmed ? ReexecutionResult.Of(file.Receipt) : ReexecutionResult.None;
        var ended = await market.DecidedAsync(job, verdict, result);
        Assert.Equal(verdict == DisputeState.Confirmed ? Paid : (JobState.Refunded, ProblemCodes.ResultRefuted), ended);
        Assert.Empty(market.Chain.Sent);
        Assert.Equal(404, (await RefusedAsync(() => member.JobAsync(job.Id, Cancel))).Status);
        var why = await market.Client.WhyAsync(job.Id, Cancel);
        var doubt = Assert.Single(why.Events, e => e.What == "disputed");
        Assert.Contains("a committee of 1 votes until", doubt.Detail, StringComparison.Ordinal);
        Assert.Contains(result.ToString(), why.Events[^1].Detail, StringComparison.Ordinal);
        Assert.Equal(verdict == DisputeState.Confirmed, why.Charged);
        var marks = (await market.Client.ReputationAsync(job.Terms.Provider, cancel: Cancel)).Marks;
        var mark = marks.Single().Weeks.Single();
        Assert.Equal(verdict == DisputeState.Confirmed ? (1, 0) : (0, 1), (mark.Served, mark.Broken));
    }

    [Fact]
    public async Task A_dispute_without_a_majority_ends_by_the_coordinator_when_both_times_are_over()
    {
        await using var market = await NamedAsync();
        var job = await market.OrderedAsync(3);
        await market.SubmittedAsync(job);
        market.Time.Advance(TimeSpan.FromSeconds(600));
        Assert.Equal(Doubted, await market.DoubtedAsync(job));
        market.Time.Advance(TimeSpan.FromSeconds(3599));
        Assert.Equal(Doubted, await market.EndAsync(job));
        market.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Paid, await market.EndAsync(job));
        Assert.Equal(["claimPayment"], market.Chain.Sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_wrong_with_a_delivery_is_told_and_left_to_who_disputes_it(bool delivers)
    {
        await using var market = await NamedAsync();
        var job = await market.OrderedAsync(1);
        await market.SubmittedAsync(job, delivers, ReexecutionResult.Of(Keccak256.Hash([1]), 5001));
        market.Time.Advance(TimeSpan.FromSeconds(1800));
        Assert.Equal(Waiting, await market.EndAsync(job));
        Assert.Equal(Waiting, await market.EndAsync(job));
        Assert.Empty(market.Chain.Sent);
        var code = delivers ? ProblemCodes.ReceiptInvalid : "result_missing";
        Assert.Single((await market.Client.WhyAsync(job.Id, Cancel)).Events, e => e.What == code);
        Assert.Equal(Doubted, await market.DoubtedAsync(job));
    }

    [Fact]
    public async Task A_payment_with_another_committee_is_not_worked_for_and_comes_back_when_it_expires()
    {
        await using var market = await NamedAsync();
        var job = await market.OrderedAsync(1, with: d => d with { Reexecutors = [market.StrangerKey.Address] });
        Assert.Null(await market.Provider.LeaseAsync(0, Cancel));
        Assert.Contains(
            "expires", (await market.Client.WhyAsync(job.Id, Cancel)).Next!, StringComparison.Ordinal);
        market.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal((JobState.Refunded, ProblemCodes.PaymentWrongTerms), await market.EndAsync(job));
        Assert.Equal(["claimRefund"], market.Chain.Sent);
    }

    [Fact]
    public async Task What_was_submitted_and_not_delivered_cannot_be_accepted()
    {
        await using var market = await NamedAsync();
        var job = await market.OrderedAsync(1);
        await market.SubmittedAsync(job, delivers: false);
        await market.EndAsync(job);
        var refused = await RefusedAsync(() => market.Client.AcceptAsync(job.Id, Cancel));
        Assert.Equal((409, ProblemCodes.WrongState), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task A_payment_without_the_hook_is_given_back_at_once()
    {
        await using var market = await NamedAsync();
        var job = await market.OrderedAsync(1, change: held => held with { Hook = Address.Zero });
        Assert.Equal((JobState.Refunded, ProblemCodes.PaymentWrongTerms), (job.State, job.Reason));
        Assert.Equal(["reject"], market.Chain.Sent);
    }

    [Fact]
    public async Task A_provider_that_gives_up_leads_to_a_refund_at_the_expiry_with_its_code()
    {
        await using var market = await NamedAsync();
        var job = await market.OrderedAsync(1);
        await market.Provider.LeaseAsync(0, Cancel);
        await market.Provider.FailedAsync(job.Id, "fuel_exhausted", "The program ran out of fuel.", Cancel);
        Assert.Equal((JobState.Assigned, null), await market.EndAsync(job));
        Assert.Empty(market.Chain.Sent);
        market.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal((JobState.Refunded, "fuel_exhausted"), await market.EndAsync(job));
    }

    private static async Task ReadsAsync(MarketClient member, JobView job, ReceiptFile file)
    {
        var told = await member.JobAsync(job.Id, Cancel);
        Assert.Equal(job.TermsHash, told.Terms.Hash());
        Assert.Equal(file.Receipt, (await member.ReceiptAsync(job.Id, Cancel)).Receipt);
        Assert.Equal(file.Receipt.OutputHash, Keccak256.Hash(await member.ResultAsync(job.Id, Cancel)));
        foreach (var hash in job.Spec.Blobs())
            Assert.NotEmpty(await member.JobBlobAsync(job.Id, hash, Cancel));
        var other = await RefusedAsync(() => member.JobBlobAsync(job.Id, Keccak256.Hash([9]), Cancel));
        Assert.Equal((404, ProblemCodes.BlobNotFound), (other.Status, other.Code));
    }

    private static async Task<(int Status, string Code)> AnswerAsync(Market market, OrderRequest order)
    {
        var refused = await RefusedAsync(() => market.Client.OrderAsync(order, Cancel));
        return (refused.Status, refused.Code);
    }

    private async Task<Market> NamedAsync()
    {
        // The provider falls silent while the clock is moved; nobody is given up for it.
        var market = await StartAsync(o => o with { VanishedSeconds = 86_400 });
        await market.SellerAsync();
        await market.NamedAgainAsync(keys);
        return market;
    }
}
