namespace Aitbc.Sdk.Jobs;

/// <summary>What a receipt must say to be the receipt of a job (specs/market/receipts.md).</summary>
public static class ReceiptRules
{
    /// <summary>Null if it may be paid for; otherwise what is wrong.</summary>
    /// <param name="terms">What was agreed.</param>
    /// <param name="spec">What was to be done.</param>
    /// <param name="file">The provider's signed receipt.</param>
    public static string? Problem(JobTerms terms, JobSpec spec, ReceiptFile file)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(file);
        var verified = ReceiptVerifier.Verify(file, [terms.Provider]);
        if (!verified.IsValid)
            return verified.Detail;
        var receipt = file.Receipt;
        if (receipt.JobId != terms.JobId || receipt.ChainId != terms.ChainId || receipt.Escrow != terms.Escrow
            || receipt.Client != terms.Client)
        {
            return "The receipt is of another job.";
        }

        if (receipt.Engine != terms.Engine || receipt.SpecHash != terms.SpecHash || spec.Hash() != terms.SpecHash
            || receipt.InputHash != spec.InputHash())
        {
            return "The receipt is about another specification or input.";
        }

        if (receipt.UnitKind != terms.UnitKind || receipt.Units > spec.WorstCaseUnits())
            return "The receipt counts other or more units than the specification allows.";
        return receipt.Charge != UnitCharge.Of(receipt.Units, terms.UnitPrice, terms.UnitsPer)
            || receipt.Charge > terms.Budget
                ? "The charge is not the price of the units, or more than the budget."
                : null;
    }
}
