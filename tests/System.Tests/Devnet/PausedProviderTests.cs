using System.Tests.Processes;
using System.Text;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Jobs;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Xunit;

namespace System.Tests.Devnet;

/// <summary>What a provider's pause means for jobs that come meanwhile.</summary>
public sealed class PausedProviderTests
{
    private static readonly byte[] Script = Encoding.UTF8.GetBytes("print(1)");

    [Fact]
    public async Task A_job_that_comes_while_the_provider_is_paused_is_done_when_it_resumes_and_never_leased_in_vain()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(
            folder["data"], "--roles", "node,wallet,coordinator,provider");
        var account = await network.Session.AccountAsync(null, cancel);
        var flow = await JobFlow.OpenAsync(network.Session, account.Address, cancel);
        // It waits for work now: its first job ends, and it asks for the next.
        await FinishAsync(flow, "before", cancel);
        Assert.Equal(0, (await ProgramRun.CliAsync("provider", "drain", "--data", network.Data)).Exit);
        var order = Order("meanwhile");
        await flow.FundAsync(order, await flow.QuoteAsync(order, [Script, []], cancel), cancel);
        Assert.Equal(0, (await ProgramRun.CliAsync("provider", "resume", "--data", network.Data)).Exit);
        var job = await FinishAsync(flow, "meanwhile", cancel);

        var market = await network.Session.MarketAsync(account.Address, cancel);
        var told = (await market.WhyAsync(job.Id, cancel)).Events.Select(e => e.What).ToList();
        Assert.Single(told, "assigned");
        Assert.DoesNotContain("lease_ended", told);
    }

    private static async Task<JobView> FinishAsync(JobFlow flow, string key, CancellationToken cancel)
    {
        var order = Order(key);
        var quote = await flow.QuoteAsync(order, [Script, []], cancel);
        await flow.FundAsync(order, quote, cancel);
        var job = await flow.WaitAsync(quote.Id, _ => { }, cancel);
        Assert.Equal(JobState.Settled, job.State);
        return job;
    }

    private static OrderRequest Order(string key) => DemoRun.Order(key, new JobSpec
    {
        Engine = JobSpec.JsEngine,
        Js = new JsSpec
        {
            ScriptHash = Keccak256.Hash(Script),
            InputHash = Keccak256.Hash([]),
            MaxStatements = 1_000,
            MaxMemoryMib = 16,
            Seed = "",
        },
    });
}
