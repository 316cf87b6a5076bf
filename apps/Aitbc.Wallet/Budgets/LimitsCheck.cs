using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Accounts;

namespace Aitbc.Wallet.Budgets;

/// <summary>Whether the limits of a new budget make sense. Null = they do.</summary>
internal static class LimitsCheck
{
    private const int MostEntries = 256;
    private const int LongestClass = 128;
    private const int MostRate = 1_000_000;

    public static string? Fault(CreateBudgetRequest request, Budget? parent)
    {
        var limits = request.Limits;
        if (!AccountLabel.IsValid(request.Label))
            return AccountLabel.Rule;
        if (parent is null != request.Account is not null && (parent is null || request.Account != parent.Account))
            return "A budget without a parent names its account; one with a parent has its parent's.";
        if (parent?.Depth >= Budget.MaxDepth)
            return $"Budgets nest {Budget.MaxDepth} deep at most.";
        if (limits.Amount.IsZero)
            return "The amount is at least 1 atto-AIT.";
        if (limits.Payees?.Count > MostEntries || limits.Classes?.Count > MostEntries
            || limits.Contracts?.Count > MostEntries)
            return $"A list has at most {MostEntries} entries.";
        if (limits.Classes?.Any(c => c.Length is 0 or > LongestClass) == true)
            return $"A class has 1 to {LongestClass} characters.";
        if (limits.Contracts?.Any(c => c.Methods?.Any(m => SpendRules.Selector(m) is null) == true) == true)
            return "A method is a signature such as vote(uint256), or 0x and 8 hex digits.";
        return limits.RatePerMinute is < 1 or > MostRate ? $"ratePerMinute is 1 to {MostRate}." : null;
    }
}
