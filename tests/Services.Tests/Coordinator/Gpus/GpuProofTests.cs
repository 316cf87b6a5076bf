using Aitbc.Coordinator.Gpus;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Gpus;

/// <summary>
/// A challenge is answered once, rightly, in time and by the provider that asked for it; or nothing is signed.
/// </summary>
public class GpuProofTests : MarketSuite
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(300);

    [Fact]
    public async Task A_right_answer_is_attested_with_the_time_that_the_coordinators_clock_measured()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var info = await market.Client.InfoAsync(Cancel);
        var challenge = await market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel);
        market.Time.Advance(TimeSpan.FromSeconds(7));
        var results = challenge.Solve();

        var seen = await market.Provider.GpuProofAsync(challenge.Seed, results, Cancel);

        Assert.Null(seen.Problem(market.ProviderKey.Address, Proving.Device, info.ChainId, info.Escrow));
        Assert.Equal(info.Evaluator, seen.Asker);
        Assert.Equal((challenge.Seed, challenge.Lanes, challenge.Steps), (seen.Seed, seen.Lanes, seen.Steps));
        Assert.Equal((Proving.MemoryMib, 7000UL, 16), (seen.MemoryMib, seen.ElapsedMs, seen.LanesChecked));
        Assert.Equal(Keccak256.Hash(results), seen.Digest);
        Assert.Equal((ulong)market.Time.GetUtcNow().ToUnixTimeMilliseconds(), seen.ProvenAtMs);
        market.Time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(seen, await market.Provider.GpuProofAsync(challenge.Seed, results, Cancel));
    }

    [Fact]
    public async Task A_wrong_answer_is_refused_and_uses_the_challenge_up()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var challenge = await market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel);
        var results = challenge.Solve();
        var forged = (byte[])results.Clone();
        // All sixteen lanes of so small a challenge are looked at.
        forged[^1] ^= 1;

        var wrong = await RefusedAsync(() => market.Provider.GpuProofAsync(challenge.Seed, forged, Cancel));
        var late = await RefusedAsync(() => market.Provider.GpuProofAsync(challenge.Seed, results, Cancel));

        Assert.Equal((422, ProblemCodes.GpuProofInvalid, false), (wrong.Status, wrong.Code, wrong.Retryable));
        Assert.Equal((409, ProblemCodes.GpuChallengeOver), (late.Status, late.Code));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(136)]
    public async Task Too_few_or_too_many_results_are_wrong_ones(int length)
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var challenge = await market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel);

        var refused = await RefusedAsync(
            () => market.Provider.GpuProofAsync(challenge.Seed, new byte[length], Cancel));

        Assert.Equal(ProblemCodes.GpuProofInvalid, refused.Code);
    }

    [Fact]
    public async Task An_answer_that_comes_late_or_is_for_anothers_challenge_is_refused()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        await market.Stranger.RegisterAsync("", [new("wasm", "wasm", "fuel", 1, 1, 1)], Cancel);
        var challenge = await market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel);
        var results = challenge.Solve();

        var foreign = await RefusedAsync(() => market.Stranger.GpuProofAsync(challenge.Seed, results, Cancel));
        var unknown = await RefusedAsync(() => market.Provider.GpuProofAsync(Keccak256.Hash([1]), results, Cancel));
        market.Time.Advance(TimeSpan.FromSeconds(60));
        var late = await RefusedAsync(() => market.Provider.GpuProofAsync(challenge.Seed, results, Cancel));

        Assert.All([foreign, unknown, late], r => Assert.Equal(ProblemCodes.GpuChallengeOver, r.Code));
    }

    [Fact]
    public async Task A_right_answer_that_the_wallet_could_not_sign_is_signed_when_it_comes_again()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var challenge = await market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel);
        var (asked, results) = (market.Time.GetUtcNow(), challenge.Solve());
        market.Wallet.IsAway = true;
        var away = await RefusedAsync(() => market.Provider.GpuProofAsync(challenge.Seed, results, Cancel));
        market.Wallet.IsAway = false;
        market.Time.Advance(TimeSpan.FromMinutes(3));

        var seen = await market.Provider.GpuProofAsync(challenge.Seed, results, Cancel);

        Assert.Equal((500, true), (away.Status, away.Retryable));
        Assert.Equal((ulong)asked.ToUnixTimeMilliseconds(), seen.ProvenAtMs);
        Assert.True(seen.IsSignedByAsker(EscrowChain.ChainId, (await market.Client.InfoAsync(Cancel)).Escrow));
    }

    [Fact]
    public async Task A_body_beyond_its_bound_is_not_read()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();

        var refused = await RefusedAsync(
            () => market.Provider.GpuProofAsync(Keccak256.Hash([1]), new byte[256 * 1024], Cancel));

        Assert.Equal((413, ProblemCodes.BodyTooLarge), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task So_many_answers_are_checked_or_wait_and_no_more()
    {
        using var checks = new GpuChecks();
        var gate = new TaskCompletionSource<int>();
        var waiting = Enumerable.Range(0, 34).Select(_ => checks.RunAsync(() => gate.Task, Cancel)).ToList();

        var refused = await RefusedAsync(() => checks.RunAsync(() => gate.Task, Cancel));
        gate.SetResult(1);
        var served = await Task.WhenAll(waiting);

        Assert.Equal((503, ProblemCodes.Busy, true), (refused.Status, refused.Code, refused.Retryable));
        Assert.Equal((34, 1), (served.Sum(), await checks.RunAsync(() => gate.Task, Cancel)));
    }

    [Fact]
    public async Task Of_simultaneous_answers_one_is_taken()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var challenge = await market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel);
        var results = challenge.Solve();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                return (await market.Provider.GpuProofAsync(challenge.Seed, results, Cancel)).Signature;
            }
            catch (AitbcException refusal)
            {
                return refusal.Problem.Code;
            }
        }));

        // Who came after the first had ended is told the same.
        Assert.Single(answers.Where(a => a.StartsWith("0x", StringComparison.Ordinal)).Distinct());
        Assert.All(
            answers.Where(a => !a.StartsWith("0x", StringComparison.Ordinal)),
            a => Assert.Equal(ProblemCodes.GpuChallengeOver, a));
    }

    [Fact]
    public async Task A_provider_has_one_challenge_at_a_time_and_waits_for_the_next()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var first = await market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel);
        market.Time.Advance(TimeSpan.FromSeconds(10));
        var again = await market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel);
        var other = await RefusedAsync(() => market.Provider.GpuChallengeAsync("another", Proving.MemoryMib, Cancel));
        market.Time.Advance(Interval - TimeSpan.FromSeconds(11));
        var soon = await RefusedAsync(
            () => market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel));
        market.Time.Advance(TimeSpan.FromSeconds(1));
        var next = await market.Provider.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel);

        Assert.Equal(first, again);
        Assert.Equal((429, ProblemCodes.RateLimited, 290), (other.Status, other.Code, other.RetryAfter));
        Assert.Equal((true, 1), (soon.Retryable, soon.RetryAfter));
        Assert.NotEqual(first.Seed, next.Seed);
    }

    [Fact]
    public async Task Nobody_is_challenged_for_another_or_without_being_registered()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var unknown = await RefusedAsync(
            () => market.Stranger.GpuChallengeAsync(Proving.Device, Proving.MemoryMib, Cancel));
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"/v1/providers/{market.ProviderKey.Address}/gpu-challenges")
        {
            Content = new StringContent("{\"device\":\"x\",\"memoryMib\":1}", null, "application/json"),
        };
        var token = await HostileBodyTests.TokenAsync(market, market.StrangerKey);
        request.Headers.Authorization = new("Bearer", token);
        using var foreign = await market.Http.SendAsync(request, Cancel);

        Assert.Equal((404, ProblemCodes.ProviderNotFound), (unknown.Status, unknown.Code));
        Assert.Equal(403, (int)foreign.StatusCode);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("caf\u00e9", 1)]
    [InlineData("a\nb", 1)]
    [InlineData("card", 0)]
    [InlineData("card", 16_777_217)]
    public async Task A_claim_that_is_none_is_not_challenged(string device, ulong memoryMib)
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();

        var refused = await RefusedAsync(() => market.Provider.GpuChallengeAsync(device, memoryMib, Cancel));

        Assert.Equal(ProblemCodes.InvalidRequest, refused.Code);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(2048, 1024)]
    [InlineData(143_771, 1024)]
    [InlineData(143_771, 16_384, 16_384)]
    public async Task A_challenge_fills_half_of_the_claim_within_a_bound(
        ulong memoryMib, long filled, int bound = 1024)
    {
        await using var market = await StartAsync(o => o with { GpuChallengeMib = bound });
        await market.RegisterAsync();

        var challenge = await market.Provider.GpuChallengeAsync("card", memoryMib, Cancel);

        var work = new GpuWork { Seed = challenge.Seed, Lanes = challenge.Lanes, Steps = challenge.Steps };
        Assert.Null(work.Problem());
        Assert.Equal(filled << 20, work.Bytes);
        Assert.InRange(work.Steps, 64, 1024);
    }
}
