using System.Text;
using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Payments;

/// <summary>
/// Brings a job and its escrow together, one step at a time, reading the chain again after each. It remembers nothing
/// between steps, so it may be killed between any two of them. One job at a time, since the account's
/// transactions have an order.
/// </summary>
internal sealed class Settler(
    IDbContextFactory<CoordinatorDbContext> databases,
    IStore store,
    JobDesk desk,
    JobMoves moves,
    JobSignals signals,
    Judging judging,
    ChainEvidence evidence,
    ChainClient chain,
    EscrowClient escrow,
    ReexecutionClient reexecution,
    MarketSelf self,
    CoordinatorOptions options,
    TimeProvider time,
    ILogger<Settler> log) : IDisposable
{
    // Quoted to settled takes fewer; more is a fault that the next turn may look at.
    private const int MostSteps = 12;
    private const string LevelMissed = "level_missed";
    private readonly SemaphoreSlim turn = new(1, 1);

    public void Dispose() => turn.Dispose();

    /// <summary>All jobs that can still change. One that fails does not keep the others from their turn.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        long after = 0;
        while (await desk.WatchedAsync(after, cancel) is { Count: > 0 } page)
        {
            foreach (var (sequence, id) in page)
            {
                await TryReconcileAsync(id, cancel);
                after = sequence;
            }
        }
    }

    public async Task TryReconcileAsync(Hash256 id, CancellationToken cancel)
    {
        try
        {
            await ReconcileAsync(id, cancel);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            // The next turn starts from the chain's state again.
            log.LogWarning("Job {Job} could not be settled now: {Reason}", id, failure.Message);
        }
    }

    public async Task ReconcileAsync(Hash256 id, CancellationToken cancel)
    {
        if (!self.IsKnown)
            return;
        await turn.WaitAsync(cancel);
        try
        {
            for (var step = 0; step < MostSteps; step++)
            {
                if (await desk.AnyAsync(id, cancel) is not { } row || !await StepAsync(row, cancel))
                    return;
            }

            log.LogError("Job {Job} does not come to rest.", id);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>False when nothing more can be done now.</summary>
    private async Task<bool> StepAsync(JobRow row, CancellationToken cancel)
    {
        var held = await escrow.FindJobAsync(row.Id, cancel);
        var dispute = await DisputeAsync(row, held, cancel);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var step = SettlementDecision.Next(row, held, dispute, now, options.ResultGraceSeconds);
        if (step is SettlementStep.Judge)
            step = await judging.JudgeAsync(row, held!, dispute, cancel);
        switch (step)
        {
            case SettlementStep.Move move:
                await MoveAsync(row, held, dispute, move, cancel);
                return true;
            case SettlementStep.Condemn condemn:
                return await moves.TryChangeAsync(
                    row,
                    new JobNote("coordinator", condemn.Code, condemn.Detail),
                    set => set.SetProperty(j => j.RejectCode, condemn.Code),
                    cancel);
            case SettlementStep.Tell tell:
                return await moves.TryChangeAsync(
                    row, new JobNote("coordinator", tell.Code, tell.Detail), _ => { }, cancel);
            case SettlementStep.Credit credit:
                return await moves.TryChangeAsync(
                    row,
                    new JobNote("chain", LevelMissed, Missed(held!), row.SubmitTransaction),
                    set => set.SetProperty(j => j.Credit, credit.Amount),
                    cancel,
                    onlyIf: j => j.Credit == null);
            case SettlementStep.Forget:
                await moves.TryChangeAsync(row, null, set => set.SetProperty(j => j.Watched, false), cancel);
                return false;
            case SettlementStep.Nothing:
                return false;
            default:
                return await SendAsync(held!, step, cancel);
        }
    }

    /// <summary>Asked of jobs whose terms have the hook, and that were paid with it.</summary>
    private async Task<Dispute?> DisputeAsync(JobRow row, EscrowJob? held, CancellationToken cancel) =>
        held?.Hook == SystemContractAddresses.ReexecutionHook && row.Terms().Reexecution is not null
            ? await reexecution.DisputeAsync(held.Id, cancel) : null;

    private async Task MoveAsync(
        JobRow row, EscrowJob? held, Dispute? dispute, SettlementStep.Move move, CancellationToken cancel)
    {
        var transaction = held is null ? null : await evidence.OfAsync(row, held.Id, move.To, cancel);
        var said = Sentence(held, move) + (dispute is null ? "" : DisputeDecision.Sentence(dispute));
        var note = new JobNote("chain", move.What, said, transaction);
        var moved = await moves.TryMoveAsync(row, move.To, note, cancel, set => Mark(set, held, move, transaction));
        if (moved && move.To == JobState.Funded)
            signals.Wake(row.Provider);
    }

    private static void Mark(
        UpdateSettersBuilder<JobRow> set, EscrowJob? held, SettlementStep.Move move, Hash256? transaction)
    {
        if (held is not null)
            set.SetProperty(j => j.EscrowJobId, (long)held.Id);
        if (move.To == JobState.Funded)
            set.SetProperty(j => j.FundTransaction, transaction);
        if (move.To == JobState.Submitted)
            set.SetProperty(j => j.SubmitTransaction, transaction);
        if (move.To is JobState.Settled or JobState.Refunded)
            set.SetProperty(j => j.SettleTransaction, transaction).SetProperty(j => j.Reason, move.Reason);
        if (move.To != JobState.Funded)
            set.SetProperty(j => j.LeaseId, (string?)null).SetProperty(j => j.LeaseEndsAtMs, (long?)null);
    }

    /// <summary>
    /// Sends one transaction. While an earlier one of this account waits, nothing is sent: it may be the very same.
    /// Coordinators that share a database share the account too, and send one after the other.
    /// </summary>
    private async Task<bool> SendAsync(EscrowJob held, SettlementStep step, CancellationToken cancel)
    {
        if (!store.IsShared)
            return await SendAloneAsync(held, step, cancel);
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var turn = await db.Database.BeginTransactionAsync(cancel);
        await store.LockAsync(db, "evaluator", self.Evaluator.ToArray(), cancel);
        var now = await escrow.FindJobAsync(held.JobKey, cancel);
        return now?.Status != held.Status || await SendAloneAsync(held, step, cancel);
    }

    private async Task<bool> SendAloneAsync(EscrowJob held, SettlementStep step, CancellationToken cancel)
    {
        var me = self.Evaluator;
        if (await chain.FinalNonceAsync(me, cancel) != await chain.NonceAsync(me, cancel))
            return false;
        var sent = step switch
        {
            SettlementStep.Complete => await escrow.CompleteAsync(me, held.Id, held.Deliverable, cancel),
            SettlementStep.Reject reject => await escrow.RejectAsync(me, held.Id, ReasonHash(reject.Code), cancel),
            SettlementStep.ClaimRefund => await escrow.ClaimRefundAsync(me, held.Id, cancel),
            SettlementStep.ClaimPayment => await escrow.ClaimPaymentAsync(me, held.Id, cancel),
            _ => throw new InvalidOperationException($"There is nothing to send for {step}."),
        };
        log.LogInformation(
            "Sent {Step} for job {Job} in {Transaction}.", step.GetType().Name, held.JobKey, sent.Hash);
        return true;
    }

    /// <summary>On the chain a reason is the Keccak-256 of its code.</summary>
    private static Hash256 ReasonHash(string code) => Keccak256.Hash(Encoding.UTF8.GetBytes(code));

    private static string Missed(EscrowJob job) =>
        $"Promised {job.Level!.Seconds} s after the payment, until {Time(job.Level.DueAt)}, and submitted at "
        + $"{Time(job.SubmittedAt)}: {Ait(job.Level.Credit)} of {Ait(job.Charge)} are not paid.";

    private static string Time(ulong seconds) => $"{DateTimeOffset.FromUnixTimeSeconds((long)seconds):u}";

    private static Amount Ait(UInt256 atto) => Amount.FromAtto(atto);

    private static string Sentence(EscrowJob? held, SettlementStep.Move move) => (move.To, held) switch
    {
        (JobState.Funded, { } job) => $"The escrow holds {Ait(job.Budget)} for job number {job.Id}.",
        (JobState.Disputed, _) => "The result is doubted.",
        (JobState.Submitted, { } job) => $"Deliverable {job.Deliverable} for {Ait(job.Charge)}.",
        (JobState.Settled, { } job) => $"The provider was paid {Ait(job.Payment)} of {Ait(job.Budget)}.",
        (JobState.Refunded, { } job) => $"The escrow gave {Ait(job.Budget)} back: {move.Reason}.",
        _ => $"No money was in the escrow: {move.Reason}.",
    };
}
