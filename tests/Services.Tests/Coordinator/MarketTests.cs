using System.Net;
using System.Text;
using Aitbc.Coordinator.Leases;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Services.Tests.Coordinator;

public class MarketTests : MarketSuite
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_quote_is_the_worst_case_of_the_signed_offer_rounded_up()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var order = await market.OrderRequestAsync(maxFuel: 100_001);
        var job = await market.Client.OrderAsync(order, Cancel);
        Assert.Equal(JobState.Quoted, job.State);
        Assert.Equal((UInt256)701, job.Terms.Budget); // 100,001 x 7 / 1000 = 700.007
        Assert.Equal(JobId.Derive(market.ClientKey.Address, "order-1"), job.Id);
        Assert.Equal(job.Terms.Hash(), job.TermsHash);
        Assert.Equal(order.Spec.Hash(), job.Terms.SpecHash);
        Assert.Equal(market.EvaluatorKey.Address, job.Terms.Evaluator);
    }

    [Fact]
    public async Task The_same_key_and_body_is_the_same_job_and_another_body_is_a_conflict()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var order = await market.OrderRequestAsync();
        var first = await market.Client.OrderAsync(order, Cancel);
        market.Time.Advance(TimeSpan.FromSeconds(30));
        var again = await market.Client.OrderAsync(order, Cancel);
        Assert.Equal(first.TermsHash, again.TermsHash);
        var refused = await RefusedAsync(() => market.Client.OrderAsync(order with { MaxPrice = 9999 }, Cancel));
        Assert.Equal((409, ProblemCodes.Conflict, false), (refused.Status, refused.Code, refused.Retryable));
    }

    [Fact]
    public async Task Simultaneous_orders_with_one_key_make_one_job()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var order = await market.OrderRequestAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => market.Client.OrderAsync(order, Cancel)));
        Assert.Single(answers.Select(a => a.TermsHash).Distinct());
        Assert.Single((await market.Client.JobsAsync(cancel: Cancel)).Jobs);
    }

    [Fact]
    public async Task Of_simultaneous_leases_exactly_one_gets_the_job()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        var leases = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => market.Provider.LeaseAsync(0, Cancel)));
        var lease = Assert.Single(leases, l => l is not null);
        Assert.Equal(job.Id, lease!.Job.Id);
    }

    [Fact]
    public async Task A_silent_providers_lease_ends_and_the_job_is_leased_again()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        var first = await market.Provider.LeaseAsync(0, Cancel);
        market.Time.Advance(TimeSpan.FromSeconds(20));
        await market.Provider.HeartbeatLeaseAsync(first!.LeaseId, Cancel);
        market.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Null(await market.Provider.LeaseAsync(0, Cancel));
        market.Time.Advance(TimeSpan.FromSeconds(11));
        // The sweep may free it in this moment; then there is no work now.
        Lease? second = null;
        for (var look = 0; second is null && look < 100; look++)
            second = await market.Provider.LeaseAsync(0, Cancel);
        Assert.Equal(job.Id, second!.Job.Id);
        Assert.NotEqual(first.LeaseId, second.LeaseId);
        var late = await RefusedAsync(() => market.Provider.HeartbeatLeaseAsync(first.LeaseId, Cancel));
        Assert.Equal(ProblemCodes.LeaseLost, late.Code);
        Assert.Contains((await market.Client.WhyAsync(job.Id, Cancel)).Events, e => e.What == "lease_ended");
    }

    [Fact]
    public async Task A_provider_that_takes_a_job_three_times_and_falls_silent_loses_it_and_the_client_is_refunded()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        for (var time = 0; time < 3; time++)
        {
            // A look at the job may hold its row in this moment; then there is no work now.
            Lease? lease = null;
            for (var look = 0; lease is null && look < 100; look++)
                lease = await market.Provider.LeaseAsync(0, Cancel);
            Assert.Equal(job.Id, lease!.Job.Id);
            // While somebody says to work on it, the client cannot give it up.
            await RefusedAsync(() => market.Client.CancelAsync(job.Id, Cancel));
            market.Time.Advance(TimeSpan.FromSeconds(31));
        }

        var ended = await market.Client.JobAsync(job.Id, Cancel);
        for (var look = 0; ended.State != JobState.Refunded && look < 100; look++)
        {
            Assert.Null(await market.Provider.LeaseAsync(0, Cancel));
            await market.Settler.SweepAsync(Cancel);
            ended = await market.Client.JobAsync(job.Id, Cancel);
        }

        Assert.Equal((JobState.Refunded, "provider_vanished"), (ended.State, ended.Reason));
        Assert.Equal(["reject"], market.Chain.Sent);
        Assert.False((await market.Client.WhyAsync(job.Id, Cancel)).Charged);
    }

    [Fact]
    public async Task A_provider_that_is_gone_for_long_loses_a_job_that_nobody_holds_and_the_client_is_refunded()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var leases = market.Services.GetRequiredService<LeaseDesk>();
        var job = await market.FundedAsync();
        market.Time.Advance(TimeSpan.FromSeconds(100));
        // As long as it is heard of, it may be slow.
        await market.Provider.HeartbeatAsync(1, Cancel);
        market.Time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(0, await leases.GiveUpAsync(Cancel));
        // A coordinator that was away heard nobody.
        await market.RestartAsync();
        market.Time.Advance(TimeSpan.FromSeconds(100));
        await market.Settler.SweepAsync(Cancel);
        Assert.Equal(JobState.Funded, (await market.Client.JobAsync(job.Id, Cancel)).State);
        market.Time.Advance(TimeSpan.FromSeconds(80));
        await market.Services.GetRequiredService<LeaseDesk>().GiveUpAsync(Cancel);
        await market.Settler.SweepAsync(Cancel);
        var ended = await market.Client.JobAsync(job.Id, Cancel);
        Assert.Equal((JobState.Refunded, "provider_vanished"), (ended.State, ended.Reason));
        Assert.Equal(["reject"], market.Chain.Sent);
    }

    [Fact]
    public async Task A_wait_for_work_ends_at_once_when_a_job_is_funded()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var waiting = market.Provider.LeaseAsync(30, Cancel);
        var job = await market.FundedAsync();
        Assert.Equal(job.Id, (await waiting)!.Job.Id);
    }

    [Fact]
    public async Task A_foreign_job_does_not_exist()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        await market.Stranger.RegisterAsync("", [new Offer("wasm", "wasm", "fuel", 1, 1, 1)], Cancel);
        var job = await market.FundedAsync();
        Func<Task>[] attempts =
        [
            () => market.Stranger.JobAsync(job.Id, Cancel),
            () => market.Stranger.WhyAsync(job.Id, Cancel),
            () => market.Stranger.ResultAsync(job.Id, Cancel),
            () => market.Stranger.ReceiptAsync(job.Id, Cancel),
            () => market.Stranger.CancelAsync(job.Id, Cancel),
            () => market.Stranger.FundedAsync(job.Id, default, Cancel),
            () => market.Stranger.RunningAsync(job.Id, Cancel),
            () => market.Stranger.FailedAsync(job.Id, "no", "no", Cancel),
            () => market.Provider.CancelAsync(job.Id, Cancel),
            () => market.Client.FailedAsync(job.Id, "no", "no", Cancel),
        ];
        foreach (var attempt in attempts)
            Assert.Equal((404, ProblemCodes.JobNotFound), Short(await RefusedAsync(attempt)));
        Assert.Empty((await market.Stranger.JobsAsync(cancel: Cancel)).Jobs);
        Assert.Null(await market.Stranger.LeaseAsync(0, Cancel));
        Assert.Equal(
            ProblemCodes.BlobNotFound,
            (await RefusedAsync(() => market.Stranger.GetBlobAsync(job.Spec.InputHash(), Cancel))).Code);
        Assert.NotEmpty(await market.Provider.GetBlobAsync(job.Spec.InputHash(), Cancel));
    }

    [Fact]
    public async Task A_provider_cannot_set_its_own_units_and_price()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        Func<Receipt, Receipt>[] lies =
        [
            r => r with { Charge = r.Charge + UInt256.One },
            r => r with { Units = 1_000_000, Charge = 7000 },
            r => r with { Client = market.StrangerKey.Address },
            r => r with { InputHash = default },
            r => r with { UnitKind = "token" },
        ];
        foreach (var lie in lies)
        {
            var (receipt, output) = await market.ExecuteAsync(job, lie);
            var refused = await RefusedAsync(
                () => market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel));
            Assert.Equal((422, ProblemCodes.ReceiptInvalid), Short(refused));
        }
    }

    [Fact]
    public async Task Delivering_again_is_the_same_and_another_result_is_a_conflict()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        var (receipt, output) = await market.ExecuteAsync(job);
        await market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel);
        await market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel);
        var (other, _) = await market.ExecuteAsync(job, r => r with { EndedAtMs = 3000 });
        var refused = await RefusedAsync(() => market.Provider.SubmitResultAsync(job.Id, other, output, Cancel));
        Assert.Equal((409, ProblemCodes.Conflict), Short(refused));
    }

    [Fact]
    public async Task A_sign_in_works_once_and_only_for_this_host_chain_and_account()
    {
        await using var market = await StartAsync();
        var challenge = await market.Client.ChallengeAsync(market.ClientKey.Address, Cancel);
        Assert.Equal(challenge.Message, SignInMessage.TryParse(challenge.Message)!.ToString());
        string[] altered =
        [
            challenge.Message.Replace("Chain ID: 7777", "Chain ID: 1", StringComparison.Ordinal),
            challenge.Message.Replace(market.Http.BaseAddress!.Authority + " wants", "evil.example wants",
                StringComparison.Ordinal),
            challenge.Message.Replace("Nonce: ", "Nonce: 0", StringComparison.Ordinal),
            challenge.Message + "\n",
        ];
        foreach (var message in altered)
            Assert.Equal(401, (await RefusedAsync(() => RedeemAsync(market, message))).Status);
        var foreign = await market.StrangerKey.SignMessageAsync(
            market.StrangerKey.Address, Encoding.UTF8.GetBytes(challenge.Message), Cancel);
        Assert.Equal(401, (await RefusedAsync(() => market.Client.TokenAsync(
            new TokenRequest(challenge.Message, Hex.ToHex(foreign.ToBytes65())), Cancel))).Status);
        await RedeemAsync(market, challenge.Message);
        Assert.Equal(401, (await RefusedAsync(() => RedeemAsync(market, challenge.Message))).Status);
        var old = await market.Client.ChallengeAsync(market.ClientKey.Address, Cancel);
        market.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(401, (await RefusedAsync(() => RedeemAsync(market, old.Message))).Status);
    }

    [Fact]
    public async Task A_registration_needs_the_providers_signature_and_a_fresh_time()
    {
        await using var market = await StartAsync();
        var info = await market.Client.InfoAsync(Cancel);
        Offer[] offers = [new("wasm", "wasm", "fuel", 1, 1, 10)];
        var now = (ulong)market.Time.GetUtcNow().ToUnixTimeSeconds();
        var own = await ProviderRegistration.SignAsync(
            market.ProviderKey, info, market.ProviderKey.Address, "", offers, now, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(own with { Provider = market.ClientKey.Address }));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(own with
        {
            Offers = Offer.Canonical(
            [offers[0] with { UnitPrice = 2 }])
        }));
        var old = await ProviderRegistration.SignAsync(
            market.ProviderKey, info, market.ProviderKey.Address, "", offers, now - 301, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(old));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(own));
        var older = await ProviderRegistration.SignAsync(
            market.ProviderKey, info, market.ProviderKey.Address, "", offers, now - 10, Cancel);
        Assert.Equal(HttpStatusCode.Conflict, await PostAsync(older));
        var listed = Assert.Single((await market.Client.ProvidersAsync(cancel: Cancel)).Providers);
        Assert.True(listed.Online);
        market.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.False((await market.Client.ProviderAsync(listed.Address, Cancel)).Online);

        async Task<HttpStatusCode> PostAsync(ProviderRegistration registration)
        {
            using var body = new StringContent(System.Text.Json.JsonSerializer.Serialize(
                registration, MarketJson.Default.ProviderRegistration), Encoding.UTF8, "application/json");
            using var answer = await market.Http.PostAsync("v1/providers", body, Cancel);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_job_that_nobody_can_do_for_the_price_is_refused_with_the_limit_that_failed()
    {
        await using var market = await StartAsync();
        var order = await market.OrderRequestAsync();
        Assert.Equal(ProblemCodes.NoOffer, (await RefusedAsync(() => market.Client.OrderAsync(order, Cancel))).Code);
        await market.RegisterAsync();
        var dear = await RefusedAsync(() => market.Client.OrderAsync(order with { MaxPrice = 10 }, Cancel));
        Assert.Equal((409, ProblemCodes.PriceTooHigh), Short(dear));
        var large = await market.OrderRequestAsync("large", 1_000_001);
        Assert.Contains(
            "1000000", (await RefusedAsync(() => market.Client.OrderAsync(large, Cancel))).Detail,
            StringComparison.Ordinal);
        var missing = order with
        {
            Spec = order.Spec with { Wasm = order.Spec.Wasm! with { InputHash = Keccak256.Hash([9]) } },
        };
        Assert.Equal(
            (422, ProblemCodes.BlobMissing),
            Short(await RefusedAsync(() => market.Client.OrderAsync(missing, Cancel))));
    }

    [Fact]
    public async Task Blobs_are_bounded_in_size_and_by_quota()
    {
        await using var market = await StartAsync(o => o with { MaxBlobBytes = 100, BlobQuotaBytes = 150 });
        Assert.Equal(
            (413, ProblemCodes.BodyTooLarge),
            Short(await RefusedAsync(() => market.Client.PutBlobAsync(new byte[101], Cancel))));
        var first = await market.Client.PutBlobAsync(new byte[100], Cancel);
        Assert.Equal(first, await market.Client.PutBlobAsync(new byte[100], Cancel));
        Assert.Equal(
            ProblemCodes.QuotaExceeded,
            (await RefusedAsync(() => market.Client.PutBlobAsync(new byte[51], Cancel))).Code);
    }

    [Fact]
    public async Task Lists_are_pages_newest_first()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        foreach (var key in new[] { "a", "b", "c" })
            await market.Client.OrderAsync(await market.OrderRequestAsync(key), Cancel);
        var first = await market.Client.JobsAsync(2, cancel: Cancel);
        var second = await market.Client.JobsAsync(2, first.Next, Cancel);
        Assert.Equal((2, 1), (first.Jobs.Count, second.Jobs.Count));
        Assert.Null(second.Next);
        Assert.Equal(JobId.Derive(market.ClientKey.Address, "c"), first.Jobs[0].Id);
    }

    private static async Task<AccessGrant> RedeemAsync(Market market, string message)
    {
        var signature = await market.ClientKey.SignMessageAsync(
            market.ClientKey.Address, Encoding.UTF8.GetBytes(message), Cancel);
        return await market.Client.TokenAsync(new TokenRequest(message, Hex.ToHex(signature.ToBytes65())), Cancel);
    }

    private static (int Status, string Code) Short(AitbcProblem problem) => (problem.Status, problem.Code);

    private static async Task<AitbcProblem> RefusedAsync(Func<Task> attempt) =>
        (await Assert.ThrowsAsync<AitbcException>(attempt)).Problem;
}
