using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>
/// What the client makes sure of before its wallet signs: the coordinator proposes terms, and a wrong or bribed one
/// must not be able to make it pay for something else than it ordered.
/// </summary>
internal static class TermsCheck
{
    /// <summary>Null if the quote is what was ordered; otherwise what is wrong with it.</summary>
    public static string? Problem(OrderRequest order, JobView quote, Address client, ulong chainId, DateTimeOffset now)
    {
        var terms = quote.Terms;
        if (terms.JobId != JobId.Derive(client, order.IdempotencyKey) || quote.Id != terms.JobId)
            return "The quote is for another job than the one that was ordered.";
        if (terms.Client != client)
            return $"The quote names the client {terms.Client}.";
        if (terms.ChainId != chainId || terms.Escrow != SystemContractAddresses.JobEscrow)
            return "The quote is for another chain or escrow.";
        if (terms.Engine != order.Spec.Engine || terms.SpecHash != order.Spec.Hash())
            return "The quote is for another specification.";
        if (terms.Verification != order.Verification)
            return "The quote is to be compared with other runs than was ordered.";
        if (!IsFair(terms) || terms.Reexecution?.Reexecutors.Count != order.Reexecution?.Committee)
            return "The quote is not with the committee that was ordered, at a price that may be asked for it.";
        if (order.Provider is { } wanted && terms.Provider != wanted)
            return $"The quote is from {terms.Provider}, not from the provider that was asked for.";
        if (terms.UnitsPer == 0
            || terms.Budget > UnitCharge.Of(order.Spec.WorstCaseUnits(), terms.UnitPrice, terms.UnitsPer)
                + (terms.UnitPrice.IsZero ? UInt256.One : UInt256.Zero))
        {
            return "The quote asks for more than its own price for the most that the specification allows.";
        }

        if (order.MaxPrice is { } most && terms.Budget > most)
            return $"The quote asks {Say.Ait(terms.Budget)}, more than the most that was allowed.";
        if (terms.Level?.Problem() is { } level)
            return "The quote promises what cannot be. " + level;
        if (terms.ExpiresAt <= (ulong)now.ToUnixTimeSeconds())
            return "The quote has expired.";
        return quote.TermsHash == terms.Hash() ? null : "The hash of the terms is not that of the terms.";
    }

    /// <summary>True if less is promised than was asked for; null = nothing was.</summary>
    public static bool IsSlower(JobLevel? promised, int? within) =>
        within is { } most && (promised is null || promised.Seconds > most);

    /// <summary>Nobody of the committee is a party or there twice, and a dispute costs what the rule says.</summary>
    private static bool IsFair(JobTerms terms) => terms.Reexecution is not { } again
        || (again.Reexecutors.Distinct().Count() == again.Reexecutors.Count
            && !again.Reexecutors.Any(r => r == terms.Client || r == terms.Provider || r == terms.Evaluator)
            && again.Bond <= JobReexecution.BondOf(terms.Budget)
            && again.VotingTime <= JobReexecution.MarketVotingTime);

    /// <summary>Null if the terms to pay are those of the signed quote; otherwise what is not.</summary>
    public static string? Difference(MarketQuote quote, JobView job, Address client)
    {
        var terms = job.Terms;
        if (quote.JobId != job.Id || quote.Client != client || quote.SpecHash != terms.SpecHash)
            return "The quote is signed for another job.";
        if (job.State != JobState.Quoted)
            return null;
        if (terms.Reexecution != quote.Reexecution)
            return "The terms name another committee, or another price of a dispute, than the quote that was signed.";
        if (terms.Provider != quote.Provider)
            return $"The quote was signed for {quote.Provider}, the terms are for {terms.Provider}.";
        if (terms.Level != quote.Level())
            return $"The market signed the promise {Say.OrDash(quote.Level())}, the terms have "
                + $"{Say.OrDash(terms.Level)}.";
        return terms.Budget > quote.Total || terms.UnitPrice != quote.UnitPrice || terms.UnitsPer != quote.UnitsPer
            ? $"The market signed a price of at most {Say.Ait(quote.Total)} and asks {Say.Ait(terms.Budget)} now."
            : null;
    }
}
