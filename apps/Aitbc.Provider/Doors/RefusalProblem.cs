using System.Text.Json.Nodes;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors;

/// <summary>What a refusal says to agents: its code, what was charged, and what to do.</summary>
internal static class RefusalProblem
{
    /// <param name="refused">What was refused.</param>
    /// <param name="isTransfer">Whether a transfer was shown, which moves coins before an answer is given.</param>
    /// <param name="shelf">Where to look for what is sold, a sentence.</param>
    public static JsonObject Of(SaleRefusedException refused, bool isTransfer, string shelf)
    {
        // A transfer may be on the chain when the answer breaks; it stays good for the same call.
        var isOwed = isTransfer && refused.Status >= 500;
        var mayAgain = refused.RetryAfter is not null || refused.Status == 502;
        var problem = new JsonObject
        {
            ["code"] = refused.Code,
            ["message"] = refused.Message,
            ["retryable"] = mayAgain,
            ["charged"] = isOwed ? null : "0",
            ["next"] = Next(refused, isOwed, mayAgain, shelf),
        };
        if (refused.RetryAfter is { } after)
            problem["retryAfterSeconds"] = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds));
        return problem;
    }

    private static string Next(SaleRefusedException refused, bool isOwed, bool mayAgain, string shelf)
    {
        if (isOwed)
            return "Send the same call with the same payment again: a transfer is charged once, whatever broke.";
        if (refused.Code == SaleRefusedException.ModelNotFound)
            return shelf;
        return mayAgain ? "Send the same call again after a while." : "Change the call as the message says.";
    }
}
