using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Storage;
using Aitbc.Coordinator.Verification;
using Aitbc.Coordinator.Why;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Reputation;

/// <summary>What the end of a job says of its provider (specs/market/reputation.md, Marks).</summary>
internal static class Blame
{
    private const string Expired = "expired";
    private const string Rejected = "rejected";

    // Less time than this from payment to expiry is the client's choice.
    private const long FairMs = 60_000;

    /// <summary>
    /// The code of a job that its provider gives up: its own, unless that is a word for what others did. Else it could
    /// say that it was somebody else.
    /// </summary>
    public static string OfProvider(string code) => IsOthersWord(code) ? "provider_refused" : code;

    /// <summary>True if it served, false if it broke its word, null if neither.</summary>
    public static async Task<bool?> OfAsync(
        CoordinatorDbContext db, JobRow seen, JobState to, CancellationToken cancel)
    {
        if (to == JobState.Settled)
            return seen.ReceiptJson is null ? null
                : seen.Credit is null && !await Comparing.IsToldAsync(db, seen.Id, cancel);
        if (to != JobState.Refunded || seen.State == JobState.Quoted)
            return null;
        var id = seen.Id;
        var code = await db.Jobs.Where(j => j.Id == id).Select(j => j.Reason).FirstOrDefaultAsync(cancel);
        return code switch
        {
            null => null,
            Expired => await HadTimeAsync(db, seen, cancel) ? false : null,
            _ => IsOthersWord(code) || Endings.IsOfTheWork(code) ? null : false,
        };
    }

    private static bool IsOthersWord(string code) =>
        code is Cancelling.Code or ProblemCodes.PaymentWrongTerms or Expired or Rejected;

    private static async Task<bool> HadTimeAsync(CoordinatorDbContext db, JobRow seen, CancellationToken cancel)
    {
        var (id, latest) = (seen.Id, (seen.ExpiresAt * 1000) - FairMs);
        return await db.Events.AnyAsync(e => e.JobId == id && e.What == "funded" && e.AtMs <= latest, cancel);
    }
}
