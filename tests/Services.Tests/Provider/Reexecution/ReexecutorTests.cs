using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Services.Tests.Coordinator;
using Services.Tests.Coordinator.Reputation;
using Services.Tests.Coordinator.Verification;
using Services.Tests.Wallet;
using Xunit;

namespace Services.Tests.Provider.Reexecution;

/// <summary>A provider that disputes name: it votes for what it computed itself, or not at all.</summary>
public sealed class ReexecutorTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly LocalSigner key = Ends.Key(5);
    private Market market = null!;

    public async ValueTask InitializeAsync()
    {
        market = await Market.StartAsync(o => o with { VanishedSeconds = 86_400 });
        await market.SellerAsync();
        await market.MemberAsync(key, 900);
    }

    public async ValueTask DisposeAsync()
    {
        await market.DisposeAsync();
        key.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task It_votes_once_for_what_it_computed_whatever_the_provider_claims_and_earns_the_fee()
    {
        await using var member = await Reexecutor.StartAsync(market, key, folder.Path);
        var job = await market.OrderedAsync(1);
        var file = await market.SubmittedAsync(job, change: r => r with { Units = 5002 });
        await market.DoubtedAsync(job);
        await member.LookAsync();
        var right = ReexecutionResult.Of(file.Receipt.OutputHash, 5001);
        Assert.Equal(right, VoteOn(job));
        Assert.NotEqual(ReexecutionResult.Of(file.Receipt), right);
        await member.RestartAsync(); // it is found again, and not voted on again
        Assert.Equal(1, await member.LookAsync());
        Assert.Equal((1, 1), (member.Engine.Runs, market.Chain.Sent.Count(s => s == "vote")));

        await market.DecidedAsync(job, DisputeState.Refuted, right);
        Assert.Equal(1, await member.LookAsync());
        Assert.Equal(0, await member.LookAsync());
        Assert.Equal(job.Terms.Reexecution!.Fee, member.Book.Today());
    }

    [Fact]
    public async Task Another_version_is_not_voted_on()
    {
        var job = await DoubtedAsync();
        await using var member = await Reexecutor.StartAsync(
            market, key, folder.Path, Reexecutor.EngineOf("test 2"));
        await AbstainsAsync(member, job, "test 1");
    }

    [Fact]
    public async Task What_pays_less_than_its_price_is_not_voted_on()
    {
        var job = await DoubtedAsync();
        await using var member = await Reexecutor.StartAsync(
            market, key, folder.Path, Reexecutor.EngineOf(Committee.Version, 901));
        await AbstainsAsync(member, job, "less than");
    }

    [Theory]
    [InlineData(EngineEnds.TimeExceeded)]
    [InlineData(EngineEnds.StackExhausted)]
    [InlineData(EngineEnds.EngineFault)]
    public async Task An_end_that_depends_on_the_machine_is_not_voted_on(string end)
    {
        await using var member = await Reexecutor.StartAsync(market, key, folder.Path);
        member.Engine.Outcome = EngineOutcome.Fail(end, "");
        await AbstainsAsync(member, await DoubtedAsync(), end);
    }

    [Theory]
    [InlineData(EngineEnds.FuelExhausted)]
    [InlineData(EngineEnds.Trapped)]
    public async Task An_end_that_every_machine_reaches_is_a_vote_for_no_result(string end)
    {
        await using var member = await Reexecutor.StartAsync(market, key, folder.Path);
        member.Engine.Outcome = EngineOutcome.Fail(end, "");
        var job = await DoubtedAsync();
        await member.LookAsync();
        Assert.Equal(ReexecutionResult.None, VoteOn(job));
    }

    [Theory]
    [InlineData("claim")]
    [InlineData("version")]
    public async Task What_was_not_handed_over_as_claimed_is_refuted_without_a_run(string wrong)
    {
        await using var member = await Reexecutor.StartAsync(market, key, folder.Path);
        var job = await DoubtedAsync(
            claims: wrong == "claim" ? ReexecutionResult.Of(Keccak256.Hash([1]), 5001) : null,
            change: r => wrong == "version" ? r with { EngineVersion = "test 9" } : r);
        await member.LookAsync();
        Assert.Equal((ReexecutionResult.None, 0), (VoteOn(job), member.Engine.Runs));
    }

    [Fact]
    public async Task What_is_late_is_waited_for_until_half_of_the_time_to_vote()
    {
        await using var member = await Reexecutor.StartAsync(market, key, folder.Path);
        var job = await DoubtedAsync(delivers: false);
        market.Time.Advance(TimeSpan.FromSeconds(1799));
        await member.LookAsync();
        Assert.Null(VoteOn(job));
        market.Time.Advance(TimeSpan.FromSeconds(1));
        await member.LookAsync();
        Assert.Equal(ReexecutionResult.None, VoteOn(job));
    }

    [Fact]
    public async Task A_job_that_the_coordinator_does_not_know_or_tells_otherwise_is_not_run()
    {
        await using var member = await Reexecutor.StartAsync(market, key, folder.Path);
        var job = await DoubtedAsync();
        market.Chain.Change(job.Id, held => held with { Terms = Keccak256.Hash([1]) });
        await member.LookAsync();
        Assert.Equal((null, 0), (VoteOn(job), member.Engine.Runs));
    }

    private async Task<JobView> DoubtedAsync(
        bool delivers = true, Hash256? claims = null, Func<Receipt, Receipt>? change = null)
    {
        var job = await market.OrderedAsync(1);
        await market.SubmittedAsync(job, delivers, claims, change);
        await market.DoubtedAsync(job);
        return job;
    }

    private async Task AbstainsAsync(Reexecutor member, JobView job, string says)
    {
        Assert.Equal(1, await member.LookAsync());
        Assert.Equal(0, await member.LookAsync());
        Assert.Null(VoteOn(job));
        Assert.Contains(member.Log.Lines, l => l.Contains(says, StringComparison.Ordinal));
    }

    private Hash256? VoteOn(JobView job) =>
        market.Chain.Votes.TryGetValue((market.Chain.Job(job.Id).Id, key.Address), out var vote) ? vote : null;
}
