using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Wallet.Budgets;

/// <summary>A budget with its ancestors. Whatever it spends, each of them spends too.</summary>
internal sealed record Budget(
    long Id,
    string PublicId,
    string Label,
    Address Account,
    BudgetLimits Limits,
    long CreatedAtMs,
    long? RevokedAtMs,
    Budget? Parent)
{
    /// <summary>Budgets within budgets at most.</summary>
    public const int MaxDepth = 8;

    /// <summary>This budget, its parent, and so on to the owner's own.</summary>
    public IEnumerable<Budget> Line
    {
        get
        {
            for (var budget = this; budget is not null; budget = budget.Parent)
                yield return budget;
        }
    }

    public int Depth => Line.Count();

    /// <summary>active, expired or revoked; an ancestor's end is its end too.</summary>
    public string StateAt(long nowMs)
    {
        if (Line.Any(b => b.RevokedAtMs is not null))
            return "revoked";
        return Line.Any(b => b.Limits.ExpiresAt is { } end && nowMs >= end.ToUnixTimeMilliseconds())
            ? "expired"
            : "active";
    }
}
