using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Errors;

namespace Aitbc.Wallet.Budgets;

/// <summary>
/// The rules that need no totals, for a budget and all its ancestors: a part can never do what the whole may not.
/// </summary>
internal static class SpendRules
{
    public static Refusal? Check(Budget budget, Spend spend, long nowMs)
    {
        foreach (var each in budget.Line)
        {
            if (CheckOne(each, spend, nowMs) is { } refusal)
                return refusal;
        }

        return null;
    }

    /// <summary>True if the spend is above what a budget of the line pays without asking.</summary>
    public static bool NeedsApproval(Budget budget, Spend spend) =>
        budget.Line.Any(b => b.Limits.ApproveAbove is { } most && spend.OfCall > most);

    private static Refusal? CheckOne(Budget budget, Spend spend, long nowMs)
    {
        var limits = budget.Limits;
        if (budget.RevokedAtMs is not null)
            return BudgetRefusals.Revoked(budget);
        if (limits.ExpiresAt is { } end && nowMs >= end.ToUnixTimeMilliseconds())
            return BudgetRefusals.Expired(budget);
        if (spend.IsUnknown && !AllowsContract(limits, spend))
            return BudgetRefusals.Unknown(budget);
        if (limits.PerCall is { } perCall && spend.OfCall > perCall)
            return BudgetRefusals.PerCall(budget, spend.OfCall, perCall);
        if (limits.PerJob is not null && spend.JobId is null && Pays(spend))
            return BudgetRefusals.JobUnknown(budget);
        if (limits.Payees is { } payees && Pays(spend) && (spend.Payee is not { } payee || !payees.Contains(payee)))
            return BudgetRefusals.Payee(budget, spend.Payee);
        if (limits.Classes is { } classes && Pays(spend) && !classes.Any(c => Covers(c, spend.Class)))
            return BudgetRefusals.Class(budget, spend.Class);
        return null;
    }

    // A call that pays nobody may cost its fee whoever is allowed as payee.
    private static bool Pays(Spend spend) => spend.Payee is not null || spend.IsUnknown || spend.Claimable is not null;

    private static bool Covers(string pattern, string? given) => given is not null
        && (pattern.EndsWith('*')
            ? given.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : pattern == given);

    private static bool AllowsContract(BudgetLimits limits, Spend spend) => spend.Contract is { } contract
        && limits.Contracts?.Any(c => c.Contract == contract && (c.Methods is null
            || c.Methods.Any(m => Selector(m) == spend.Selector))) == true;

    /// <summary>The selector that a method of a budget names; null if it names none.</summary>
    internal static string? Selector(string method)
    {
        if (method.StartsWith("0x", StringComparison.Ordinal))
            return method.Length == 10 && Primitives.Encoding.Hex.TryParse(method, out _)
                ? method.ToLowerInvariant()
                : null;
        try
        {
            return Primitives.Encoding.Hex.ToHex(AbiFunction.Parse(method).Selector);
        }
        catch (AbiException)
        {
            return null;
        }
    }
}
