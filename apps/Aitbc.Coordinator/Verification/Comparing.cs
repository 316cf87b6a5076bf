using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Verification;

/// <summary>
/// Compares a delivered output with those of other providers for the same work of the same client: with the other
/// runs of its group, or, for a job that stands alone, with what a group of its client agreed on before
/// (specs/market/jobs.md, Verification). It reads only what is kept: the same state gives the same answer.
/// </summary>
internal sealed class Comparing(IDbContextFactory<CoordinatorDbContext> databases)
{
    private const int MostKnown = 50;

    public async Task<Comparison> OfAsync(JobRow row, CancellationToken cancel)
    {
        var terms = row.Terms();
        if (!JobVerification.CanCompare(terms.Engine) || row.OutputHash is not { } output)
            return new Comparison.Stands();
        await using var db = await databases.CreateDbContextAsync(cancel);
        return terms.Verification is { } verified
            ? await WithRunsAsync(db, row, verified, output, cancel)
            : await WithKnownAsync(db, row, output, cancel);
    }

    private static async Task<Comparison> WithRunsAsync(
        CoordinatorDbContext db, JobRow row, JobVerification verified, Hash256 output, CancellationToken cancel)
    {
        var (id, client, group) = (row.Id, row.Client, verified.Group);
        var others = Same(row, await db.Jobs.AsNoTracking()
            .Where(j => j.Client == client && j.VerifyGroup == group && j.Id != id)
            .OrderBy(j => j.VerifyRun).ToListAsync(cancel))
            .Where(o => o.Terms().Verification is { } other
                && (other.Agree, other.Runs) == (verified.Agree, verified.Runs))
            .ToList();
        var voices = await Voices.OfAsync(db, row, others.Where(IsDelivered), cancel);
        if (Refutation(voices, verified.Agree, output) is { } refuted)
            return refuted;
        var same = voices.Count(v => v.Output == output) + 1;
        return same >= verified.Agree || others.Count(HasEnded) + 1 >= verified.Runs
            ? new Comparison.Stands() : new Comparison.Waits();
    }

    /// <summary>Groups that agreed on different outputs for one work prove nothing.</summary>
    private static async Task<Comparison> WithKnownAsync(
        CoordinatorDbContext db, JobRow row, Hash256 output, CancellationToken cancel)
    {
        var (client, program, input) = (row.Client, row.ModuleHash, row.InputHash);
        var known = Same(row, await db.Jobs.AsNoTracking()
            .Where(j => j.Client == client && j.VerifyGroup != null && j.State == JobState.Settled
                && j.ReceiptJson != null && j.ModuleHash == program && j.InputHash == input)
            .OrderByDescending(j => j.Sequence).Take(MostKnown).ToListAsync(cancel));
        var answers = new Dictionary<Hash256, Comparison.Refuted?>();
        foreach (var group in known.GroupBy(j => j.VerifyGroup))
        {
            var voices = await Voices.OfAsync(db, row, group, cancel);
            var agree = group.First().Terms().Verification!.Agree;
            if (Agreed(voices, agree) is { } answer)
                answers[answer] = Refutation(voices, agree, output);
        }

        return answers.Count == 1 && answers.Values.Single() is { } other && !await IsToldAsync(db, row.Id, cancel)
            ? new Comparison.Contradicted(other.Detail) : new Comparison.Stands();
    }

    /// <summary>Whether the story of a job says that others gave another output.</summary>
    public static Task<bool> IsToldAsync(CoordinatorDbContext db, Hash256 job, CancellationToken cancel) =>
        db.Events.AnyAsync(
            e => e.JobId == job && e.Who == "coordinator" && e.What == ProblemCodes.ResultDisagrees, cancel);

    private static IEnumerable<JobRow> Same(JobRow row, IEnumerable<JobRow> jobs)
    {
        var work = row.Terms().SpecHash;
        return jobs.Where(j => j.Terms().SpecHash == work);
    }

    private static Hash256? Agreed(IReadOnlyList<Voice> voices, int agree) =>
        JobVerification.Agreed(voices.Where(v => v.IsEstablished).Select(v => v.Output), agree);

    private static Comparison.Refuted? Refutation(IReadOnlyList<Voice> voices, int agree, Hash256 output) =>
        Agreed(voices, agree) is not { } answer || answer == output ? null : new Comparison.Refuted(
            $"For the same work the jobs {string.Join(", ", voices.Where(v => v.Output == answer).Select(v => v.Job))} "
            + $"gave {answer}, this one {output}.");

    private static bool IsDelivered(JobRow row) => row is
    {
        ReceiptJson: not null,
        RejectCode: null,
        State: JobState.Submitted or JobState.Disputed or JobState.Settled,
    };

    private static bool HasEnded(JobRow row) =>
        IsDelivered(row) || row.RejectCode is not null || JobStateMachine.IsTerminal(row.State);
}
