using System.Threading.Channels;
using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Storage;
using Aitbc.Coordinator.Storage.PostgreSql;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Npgsql;
using Xunit;

namespace Services.Tests.Coordinator.Leases;

public sealed class ClaimQueueTests
{
    private static readonly Address Provider = Address.FromBytes([.. new byte[19], 7]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claims_that_arrive_during_a_transaction_share_the_next_in_their_order()
    {
        using var server = new SlowServer();
        var queue = new ClaimQueue(server.TakeAsync);
        var first = queue.ClaimAsync(Provider, Claim("first"), Cancel);
        await server.BegunAsync();
        var names = Enumerable.Range(0, ClaimQueue.MostTogether + 3).Select(i => $"claim-{i}").ToArray();
        var others = names.Select(n => queue.ClaimAsync(Provider, Claim(n), Cancel)).ToArray();
        server.Answer();
        Assert.Equal("first", (await first)!.LeaseId);
        Assert.Equal(names.Take(ClaimQueue.MostTogether), await server.BegunAsync());
        var late = queue.ClaimAsync(Provider, Claim("late"), Cancel);
        server.Answer();
        Assert.Equal(names.Skip(ClaimQueue.MostTogether).Append("late"), await server.BegunAsync());
        server.Answer();
        Assert.Equal(names, (await Task.WhenAll(others)).Select(r => r!.LeaseId));
        Assert.Equal("late", (await late)!.LeaseId);
    }

    [Fact]
    public async Task A_claim_that_the_server_refuses_fails_alone()
    {
        using var server = new SlowServer { Refuses = "bad" };
        var queue = new ClaimQueue(server.TakeAsync);
        var first = queue.ClaimAsync(Provider, Claim("first"), Cancel);
        await server.BegunAsync();
        var claims = new[] { "good", "bad", "fine" }
            .Select(n => queue.ClaimAsync(Provider, Claim(n), Cancel)).ToArray();
        for (var transactions = 0; transactions < 5; transactions++) // the first, the three together, each alone
            server.Answer();
        Assert.Equal("first", (await first)!.LeaseId);
        Assert.Equal("good", (await claims[0])!.LeaseId);
        await Assert.ThrowsAsync<PostgresException>(() => claims[1]);
        Assert.Equal("fine", (await claims[2])!.LeaseId);
        var next = queue.ClaimAsync(Provider, Claim("next"), Cancel);
        server.Answer();
        Assert.Equal("next", (await next)!.LeaseId);
    }

    [Fact]
    public async Task When_the_end_of_a_transaction_is_not_known_nothing_is_tried_again()
    {
        using var server = new SlowServer { IsLost = true };
        var queue = new ClaimQueue(server.TakeAsync);
        var first = queue.ClaimAsync(Provider, Claim("first"), Cancel);
        await server.BegunAsync();
        var second = queue.ClaimAsync(Provider, Claim("second"), Cancel);
        var third = queue.ClaimAsync(Provider, Claim("third"), Cancel);
        server.Answer();
        server.Answer();
        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        await Assert.ThrowsAsync<IOException>(() => third);
        Assert.Equal("second third", string.Join(' ', await server.BegunAsync()));
        Assert.False(server.HasBegun);
    }

    [Fact]
    public async Task Who_gives_up_while_it_waits_takes_no_job_and_who_gives_up_later_is_told_of_its_job()
    {
        using var server = new SlowServer();
        var queue = new ClaimQueue(server.TakeAsync);
        using var inTime = new CancellationTokenSource();
        using var tooLate = new CancellationTokenSource();
        var taken = queue.ClaimAsync(Provider, Claim("taken"), tooLate.Token);
        await server.BegunAsync();
        var waiting = queue.ClaimAsync(Provider, Claim("waiting"), inTime.Token);
        var other = queue.ClaimAsync(Provider, Claim("other"), Cancel);
        await inTime.CancelAsync();
        await tooLate.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        server.Answer();
        Assert.Equal("taken", (await taken)!.LeaseId);
        Assert.Equal("other", Assert.Single(await server.BegunAsync()));
        server.Answer();
        Assert.Equal("other", (await other)!.LeaseId);
    }

    [Fact]
    public async Task More_claims_than_may_wait_are_refused_and_may_come_again()
    {
        using var server = new SlowServer();
        var queue = new ClaimQueue(server.TakeAsync);
        var first = queue.ClaimAsync(Provider, Claim("first"), Cancel);
        await server.BegunAsync();
        var waiting = Enumerable.Range(0, ClaimQueue.MostWaiting)
            .Select(i => queue.ClaimAsync(Provider, Claim($"claim-{i}"), Cancel)).ToArray();
        var refused = await Assert.ThrowsAsync<AitbcException>(
            () => queue.ClaimAsync(Provider, Claim("one more"), Cancel));
        Assert.Equal(
            (503, ProblemCodes.Busy, true),
            (refused.Problem.Status, refused.Problem.Code, refused.Problem.Retryable));
        for (var answers = 0; answers <= ClaimQueue.MostWaiting / ClaimQueue.MostTogether; answers++)
            server.Answer();
        await first;
        Assert.All(await Task.WhenAll(waiting), Assert.NotNull);
    }

    private static LeaseClaim Claim(string name) =>
        new(name, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(30));

    /// <summary>Ends a transaction when it is told to. The rows carry the names of the claims.</summary>
    private sealed class SlowServer : IDisposable
    {
        private readonly SemaphoreSlim answers = new(0);
        private readonly Channel<string[]> begun = Channel.CreateUnbounded<string[]>();

        public string? Refuses { get; init; }

        public bool IsLost { get; init; }

        public bool HasBegun => begun.Reader.TryPeek(out _);

        public async Task<string[]> BegunAsync() => await begun.Reader.ReadAsync(Cancel);

        public void Dispose() => answers.Dispose();

        public void Answer() => answers.Release();

        public async Task<IReadOnlyList<JobRow?>> TakeAsync(IReadOnlyList<PendingClaim> claims)
        {
            begun.Writer.TryWrite([.. claims.Select(c => c.Claim.LeaseId)]);
            await answers.WaitAsync(Cancel);
            if (IsLost)
                throw new IOException("The connection is gone.");
            if (claims.Any(c => c.Claim.LeaseId == Refuses))
                throw new PostgresException("no", "ERROR", "ERROR", PostgresErrorCodes.RaiseException);
            return [.. claims.Select(c => RowOf(c.Claim.LeaseId))];
        }

        private static JobRow RowOf(string lease) => new()
        {
            Id = default,
            Client = default,
            Provider = Provider,
            ClientKey = default,
            OrderHash = default,
            SpecJson = "",
            TermsJson = "",
            TermsHash = default,
            ExpiresAt = 0,
            QuotedAtBlock = 0,
            LeaseId = lease,
            CreatedAtMs = 0,
            UpdatedAtMs = 0,
        };
    }
}
