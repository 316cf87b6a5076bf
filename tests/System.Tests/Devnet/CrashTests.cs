using System.Tests.Processes;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Xunit;

namespace System.Tests.Devnet;

/// <summary>
/// kill -9 of the whole network at each step of a job, then a restart on the same data: the job ends settled or
/// refunded, once, and nothing is lost. The moment is chosen by what can be seen from outside, never by time.
/// </summary>
public sealed class CrashTests
{
    [Fact]
    public Task Killed_after_the_quote_the_order_goes_on() =>
        KilledAsync("quote", (_, _, _) => Task.CompletedTask, pay: false);

    [Fact]
    public Task Killed_after_the_funding_the_job_is_done_once() =>
        KilledAsync("fund", (network, _, id) => JobLife.SeeAsync(
            "funded", async () => await JobLife.OnChainAsync(network, id) is not null));

    [Fact]
    public Task Killed_when_leased_the_job_is_done_once() =>
        KilledAsync("lease", (network, job, id) => JobLife.SeeAsync(
            "assigned", async () => await job.AtCoordinatorAsync(network, id) >= JobState.Assigned));

    [Fact]
    public Task Killed_while_executing_the_job_is_done_once() =>
        KilledAsync("run", (network, _, id) => JobLife.SeeAsync(
            "executing", async () => await JobLife.AtProviderAsync(network, id) is { } step and not "admitted"));

    [Fact]
    public Task Killed_after_the_result_was_stored_the_job_is_paid_once() =>
        KilledAsync("result", (network, _, id) => JobLife.SeeAsync(
            "executed",
            async () => await JobLife.AtProviderAsync(network, id) is not (null or "admitted" or "executing")));

    [Fact]
    public Task Killed_after_the_submission_the_job_is_paid_once() =>
        KilledAsync("submit", (network, _, id) => JobLife.SeeAsync(
            "submitted", async () => await JobLife.OnChainAsync(network, id) >= EscrowStatus.Submitted));

    [Fact]
    public Task Killed_after_the_payment_the_job_stays_paid_once() =>
        KilledAsync("complete", (network, _, id) => JobLife.SeeAsync(
            "completed", async () => await JobLife.OnChainAsync(network, id) >= EscrowStatus.Completed));

    private static async Task KilledAsync(
        string key, Func<TestNetwork, JobLife, Aitbc.Primitives.Hash256, Task> moment, bool pay = true)
    {
        using var folder = new TemporaryFolder();
        var job = new JobLife(key);
        await using (var network = await TestNetwork.StartAsync(folder["data"]))
        {
            var quote = await job.QuoteAsync(network);
            if (pay)
                await job.FundAsync(network, quote);
            await moment(network, job, quote.Id);
            await network.KillAsync();
        }

        await using var again = await TestNetwork.StartAsync(folder["data"]);
        var ended = await job.FinishAsync(again);
        Assert.Equal(JobState.Settled, ended.State);
        await JobLife.AssertEndedOnceAsync(again, ended);
    }
}
