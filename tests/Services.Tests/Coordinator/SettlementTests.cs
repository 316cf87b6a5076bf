using Aitbc.Coordinator.Blobs;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Services.Tests.Coordinator;

public class SettlementTests : MarketSuite
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivered_and_submitted_job_is_settled_once_with_its_evidence()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        Assert.Equal(JobState.Funded, job.State);
        var lease = await market.Provider.LeaseAsync(0, Cancel);
        Assert.Equal(job.Id, lease!.Job.Id);
        await market.Provider.RunningAsync(job.Id, Cancel);
        var (receipt, output) = await market.ExecuteAsync(job);
        await market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        await market.Settler.SweepAsync(Cancel);

        var settled = await market.Client.JobAsync(job.Id, Cancel);
        Assert.Equal(JobState.Settled, settled.State);
        Assert.Equal(receipt.Receipt.Charge, settled.Charge);
        Assert.NotNull(settled.SettleTransaction);
        Assert.Equal(["complete"], market.Chain.Sent);
        var bytes = await market.Client.ResultAsync(job.Id, Cancel);
        var file = await market.Client.ReceiptAsync(job.Id, Cancel);
        Assert.True(ReceiptVerifier.Verify(file, [market.ProviderKey.Address], bytes).IsValid);
        var story = await market.Client.WhyAsync(job.Id, Cancel);
        Assert.True(story.Charged);
        Assert.Null(story.Reason);
        Assert.Equal(
            ["quoted", "funded", "assigned", "running", "delivered", "submitted", "settled"],
            story.Events.Select(e => e.What));
    }

    [Fact]
    public async Task A_provider_that_gives_up_leads_to_a_refund_with_its_code()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        await market.Provider.LeaseAsync(0, Cancel);
        await market.Provider.FailedAsync(job.Id, "fuel_exhausted", "The program ran out of fuel.", Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);

        var story = await market.Client.WhyAsync(job.Id, Cancel);
        Assert.Equal((JobState.Refunded, "fuel_exhausted", false), (story.State, story.Reason, story.Charged));
        Assert.Equal(EscrowStatus.Rejected, market.Chain.Job(job.Id).Status);
        Assert.Equal(["reject"], market.Chain.Sent);
    }

    [Fact]
    public async Task An_expired_job_is_refunded_through_the_chain()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        market.Time.SetUtcNow(market.Time.GetUtcNow().AddHours(2));
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var now = await market.Client.JobAsync(job.Id, Cancel);
        Assert.Equal((JobState.Refunded, "expired"), (now.State, now.Reason));
        Assert.Equal(["claimRefund"], market.Chain.Sent);
        Assert.NotNull(now.SettleTransaction);
    }

    [Fact]
    public async Task A_quote_that_nobody_paid_ends_without_any_transaction()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.Client.OrderAsync(await market.OrderRequestAsync(), Cancel);
        market.Time.SetUtcNow(market.Time.GetUtcNow().AddHours(2));
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        Assert.Equal(JobState.Refunded, (await market.Client.JobAsync(job.Id, Cancel)).State);
        Assert.Empty(market.Chain.Sent);
    }

    [Theory]
    [InlineData("terms")]
    [InlineData("budget")]
    [InlineData("expiry")]
    [InlineData("window")]
    [InlineData("token")]
    public async Task A_payment_that_differs_from_the_terms_is_given_back(string difference)
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync(change: held => difference switch
        {
            "terms" => held with { Terms = default },
            "budget" => held with { Budget = held.Budget - UInt256.One },
            "expiry" => held with { ExpiredAt = held.ExpiredAt + 1 },
            "window" => held with { EvaluationWindow = 60 },
            _ => held with { PaymentToken = Address.Zero },
        });
        Assert.Equal((JobState.Refunded, ProblemCodes.PaymentWrongTerms), (job.State, job.Reason));
        Assert.Equal(EscrowStatus.Rejected, market.Chain.Job(job.Id).Status);
        Assert.Null(await market.Provider.LeaseAsync(0, Cancel));
    }

    [Fact]
    public async Task A_payment_that_others_judge_is_not_the_one_that_was_quoted()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync(
            change: held => held with { Hook = SystemContractAddresses.ReexecutionHook });
        Assert.Equal(JobState.Quoted, job.State);
        Assert.Empty(market.Chain.Sent);
        Assert.Null(await market.Provider.LeaseAsync(0, Cancel));
    }

    [Fact]
    public async Task A_submission_whose_result_never_comes_is_rejected_after_the_grace()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        await market.ExecuteAsync(job);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        Assert.Equal(JobState.Submitted, (await market.Client.JobAsync(job.Id, Cancel)).State);
        market.Time.SetUtcNow(market.Time.GetUtcNow().AddSeconds(120));
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var now = await market.Client.JobAsync(job.Id, Cancel);
        Assert.Equal((JobState.Refunded, "result_missing"), (now.State, now.Reason));
    }

    [Fact]
    public async Task Another_deliverable_than_the_receipt_is_rejected()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        var (receipt, output) = await market.ExecuteAsync(job);
        market.Chain.Change(job.Id, held => held with { Deliverable = Keccak256.Hash([1]) });
        await market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var now = await market.Client.JobAsync(job.Id, Cancel);
        Assert.Equal((JobState.Refunded, ProblemCodes.ReceiptInvalid), (now.State, now.Reason));
    }

    [Fact]
    public async Task An_output_that_rots_on_disk_is_never_served_and_never_paid()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        var (receipt, output) = await market.ExecuteAsync(job);
        market.Chain.Down = true;
        await market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel);
        await market.Services.GetRequiredService<IBlobBytes>().KeepAsync(output, "rotten"u8.ToArray(), Cancel);
        market.Chain.Down = false;
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var now = await market.Client.JobAsync(job.Id, Cancel);
        Assert.Equal((JobState.Refunded, "output_corrupt"), (now.State, now.Reason));
        await Assert.ThrowsAsync<AitbcException>(() => market.Client.ResultAsync(job.Id, Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_around_the_payment_never_pays_twice_and_never_loses_it(bool included)
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        var (receipt, output) = await market.ExecuteAsync(job);
        market.Chain.Down = true;
        await market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel);
        market.Chain.Down = false;
        market.Chain.GoesDownAfterTransaction = included;
        market.Chain.KeepsPending = !included;
        using var killed = new CancellationTokenSource();
        var attempt = market.Settler.TryReconcileAsync(job.Id, killed.Token);
        await WaitAsync(() => market.Chain.Sent.Count == 1);
        await killed.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);

        market.Chain.GoesDownAfterTransaction = false;
        market.Chain.Down = false;
        await market.RestartAsync();
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        Assert.Equal(["complete"], market.Chain.Sent); // one that waits in the pool is not sent again
        var expected = included ? JobState.Settled : JobState.Submitted;
        Assert.Equal(expected, (await market.Client.JobAsync(job.Id, Cancel)).State);
        if (included)
            return;
        market.Chain.Change(job.Id, held => held with { Status = EscrowStatus.Completed });
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        Assert.Equal(JobState.Settled, (await market.Client.JobAsync(job.Id, Cancel)).State);
    }

    [Fact]
    public async Task What_the_chain_did_while_the_coordinator_was_away_is_found_at_start()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.Client.OrderAsync(await market.OrderRequestAsync(), Cancel);
        market.Fund(job);
        await market.ExecuteAsync(job);
        market.Chain.Change(job.Id, held => held with { Status = EscrowStatus.Completed });
        await market.RestartAsync();
        await market.Settler.SweepAsync(Cancel);
        Assert.Equal(JobState.Settled, (await market.Client.JobAsync(job.Id, Cancel)).State);
        Assert.Empty(market.Chain.Sent);
    }

    [Fact]
    public async Task A_cancelled_quote_that_is_paid_afterwards_is_refunded_and_stays_terminal()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.Client.OrderAsync(await market.OrderRequestAsync(), Cancel);
        var cancelled = await market.Client.CancelAsync(job.Id, Cancel);
        Assert.Equal((JobState.Refunded, "cancelled"), (cancelled.State, cancelled.Reason));
        market.Fund(job);
        await market.Settler.SweepAsync(Cancel);
        Assert.Equal(EscrowStatus.Rejected, market.Chain.Job(job.Id).Status);
        Assert.Equal(JobState.Refunded, (await market.Client.JobAsync(job.Id, Cancel)).State);
    }

    [Fact]
    public async Task A_funded_job_can_be_cancelled_until_somebody_holds_it()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var free = await market.FundedAsync("free");
        var cancelled = await market.Client.CancelAsync(free.Id, Cancel);
        Assert.Equal((JobState.Refunded, "cancelled"), (cancelled.State, cancelled.Reason));
        var held = await market.FundedAsync("held");
        await market.Provider.LeaseAsync(0, Cancel);
        var refused = await Assert.ThrowsAsync<AitbcException>(() => market.Client.CancelAsync(held.Id, Cancel));
        Assert.Equal((409, ProblemCodes.WrongState), (refused.Problem.Status, refused.Problem.Code));
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Yield();
    }
}
