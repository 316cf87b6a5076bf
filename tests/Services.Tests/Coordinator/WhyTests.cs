using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Services.Tests.Coordinator.Book;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator;

/// <summary>Why a job ended so: told with what proves it.</summary>
public class WhyTests : MarketSuite
{
    [Fact]
    public async Task Every_event_names_its_log_line_and_what_was_signed_or_sent_for_it()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        await market.Provider.LeaseAsync(0, Cancel);
        var (receipt, output) = await market.ExecuteAsync(job);
        await market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);

        var story = await market.Client.WhyAsync(job.Id, Cancel);
        Assert.Equal((true, receipt.Receipt.Charge, false), (story.Charged, story.Charge, story.Retryable));
        Assert.Null(story.Next);
        var events = story.Events.ToDictionary(e => e.What);
        Assert.Equal(market.ProviderKey.Address, events["quoted"].Signer);
        Assert.Equal((receipt.Signature, market.ProviderKey.Address), Signed(events["delivered"]));
        Assert.NotNull(events["settled"].Transaction);
        Assert.Equal(story.Events.Count, story.Events.Select(e => e.Log).Distinct().Count());
        Assert.All(story.Events, e => Assert.Single(
            market.Log.Lines, l => l.Contains($"{e.Log} job={job.Id} {e.What}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_order_of_a_firm_quote_names_the_signature_under_the_quote()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 800);
        var want = await market.WantAsync();
        var quote = await market.Client.QuoteAsync(want, Cancel);
        var job = await market.Client.OrderAsync(
            new OrderRequest { IdempotencyKey = want.IdempotencyKey, Spec = want.Spec, QuoteId = quote.Id }, Cancel);
        var told = Assert.Single((await market.Client.WhyAsync(job.Id, Cancel)).Events);
        Assert.Equal((quote.Signature, market.EvaluatorKey.Address), Signed(told));
    }

    [Theory]
    [InlineData("fuel_exhausted", false, "Change the work")]
    [InlineData("spec_unsupported", false, "Change the work")]
    [InlineData("engine_fault", true, "Order again")]
    [InlineData("provider_busy", true, "Order again")]
    public async Task Whether_ordering_again_helps_depends_on_whose_fault_the_end_was(
        string code, bool retryable, string next)
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        await market.Provider.LeaseAsync(0, Cancel);
        await market.Provider.FailedAsync(job.Id, code, "It went wrong.", Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var story = await market.Client.WhyAsync(job.Id, Cancel);
        Assert.Equal(
            (JobState.Refunded, code, false, retryable),
            (story.State, story.Reason, story.Charged, story.Retryable));
        Assert.StartsWith(next, story.Next, StringComparison.Ordinal);
        Assert.Null(story.Charge);
    }

    private static (string? Signature, Aitbc.Primitives.Address? Signer) Signed(JobEvent told) =>
        (told.Signature, told.Signer);
}
