using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Reputation;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Offers;

/// <summary>
/// How a provider served lately, in thousandths: each job that ends moves the rate an eighth of the way to 1000 or to
/// 0. What the market counts on of a capacity follows it.
/// </summary>
internal static class ServeRecord
{
    public const int Newcomer = 1000;

    // A job ended so is not the provider's fault.
    private static readonly string[] Innocent = [Cancelling.Code, ProblemCodes.PaymentWrongTerms];

    /// <summary>What the market counts on of a signed capacity, at least 1.</summary>
    public static int Slots(int capacity, int serveRate, bool isOnProbation) => Math.Clamp(
        (int)((((long)capacity * serveRate) + Newcomer - 1) / Newcomer),
        1,
        isOnProbation ? Probation.MostSlots : int.MaxValue);

    /// <summary>
    /// A paid job holds its slot until it ends; then the slot is free and its provider's rate moves. Part of the move's
    /// transaction.
    /// </summary>
    public static async Task MovedAsync(
        CoordinatorDbContext db, IStore store, JobRow seen, JobState to, string what, CancellationToken cancel)
    {
        if (to == JobState.Funded)
            await HoldAsync(db, seen.Id, seen.ExpiresAt * 1000, cancel);
        if (!JobStateMachine.IsTerminal(to))
            return;
        await HoldAsync(db, seen.Id, 0, cancel);
        if (to == JobState.Settled)
            await MoveAsync(db, store, seen.Provider, Newcomer, cancel);
        else if (seen.State != JobState.Quoted && !Innocent.Contains(seen.RejectCode ?? what))
            await MoveAsync(db, store, seen.Provider, 0, cancel);
    }

    private static Task<int> HoldAsync(
        CoordinatorDbContext db, Hash256 job, long untilMs, CancellationToken cancel) =>
        db.Quotes.Where(q => q.JobId == job && q.Accepted)
            .ExecuteUpdateAsync(set => set.SetProperty(q => q.HoldUntilMs, untilMs), cancel);

    private static async Task MoveAsync(
        CoordinatorDbContext db, IStore store, Address provider, int towards, CancellationToken cancel)
    {
        await store.LockAsync(db, "provider", provider.ToArray(), cancel);
        var row = await db.Providers.AsNoTracking().FirstOrDefaultAsync(p => p.Address == provider, cancel);
        if (row is null)
            return;
        var rate = Math.Clamp(row.ServeRate + Step(towards - row.ServeRate), 0, Newcomer);
        await db.Providers.Where(p => p.Address == provider)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.ServeRate, rate), cancel);
        await OfferWeight.ApplyAsync(db, provider, cancel);
    }

    /// <summary>An eighth, rounded away from zero, so that the rate reaches its ends.</summary>
    private static int Step(int distance) => (distance + (7 * Math.Sign(distance))) / 8;
}
