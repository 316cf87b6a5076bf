using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Leases;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Npgsql;

namespace Aitbc.Coordinator.Storage.PostgreSql;

/// <summary>
/// Claims that arrive while a transaction is under way share the next one, first come first: one statement and one sync
/// of the disk for all of them. Nobody waits for a clock. There is one transaction at a time: with two, each had half
/// of the claims and cost as much.
/// </summary>
/// <param name="take">Takes jobs for claims in one transaction; an answer for each claim, in their order.</param>
internal sealed class ClaimQueue(Func<IReadOnlyList<PendingClaim>, Task<IReadOnlyList<JobRow?>>> take)
{
    /// <summary>Claims in one transaction.</summary>
    public const int MostTogether = 64;

    /// <summary>Claims that wait; more are refused.</summary>
    public const int MostWaiting = 4096;

    private readonly Queue<PendingClaim> waiting = new();
    private bool works;

    public async Task<JobRow?> ClaimAsync(Address provider, LeaseClaim claim, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var pending = new PendingClaim(provider, claim);
        if (Enter(pending))
            _ = Task.Run(WorkAsync, CancellationToken.None);
        await using var giveUp = cancel.Register(() => pending.GiveUp(cancel));
        return await pending.Answer;
    }

    /// <summary>True if nobody works on the queue yet.</summary>
    private bool Enter(PendingClaim pending)
    {
        lock (waiting)
        {
            if (waiting.Count >= MostWaiting)
                throw Refusal.Of(
                    503, ProblemCodes.Busy, "Too many providers ask for work.", "Ask again.", retryable: true);
            waiting.Enqueue(pending);
            return !works && (works = true);
        }
    }

    private async Task WorkAsync()
    {
        while (Next() is { Count: > 0 } claims)
        {
            await AnswerAsync(claims);
            // Who was just answered and asks again is heard before the next transaction.
            await Task.Yield();
        }
    }

    private List<PendingClaim> Next()
    {
        var claims = new List<PendingClaim>();
        lock (waiting)
        {
            while (claims.Count < MostTogether && waiting.TryDequeue(out var pending))
            {
                if (pending.TryTake())
                    claims.Add(pending);
            }

            works = claims.Count > 0;
        }

        return claims;
    }

    private async Task AnswerAsync(List<PendingClaim> claims)
    {
        try
        {
            var rows = await take(claims);
            for (var i = 0; i < claims.Count; i++)
                claims[i].Give(rows[i]);
        }
        catch (PostgresException) when (claims.Count > 1)
        {
            // The server says that nothing of it happened. One of them failed it, and the others need not suffer.
            foreach (var claim in claims)
                await AnswerAsync([claim]);
        }
        catch (Exception failure)
        {
            foreach (var claim in claims)
                claim.Fail(failure);
        }
    }
}
