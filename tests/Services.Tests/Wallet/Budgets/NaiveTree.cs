using Aitbc.Sdk.Wallet;

namespace Services.Tests.Wallet.Budgets;

/// <summary>
/// What a tree of budgets allows, as one would write it down at first: no totals are kept, everything is added up anew
/// from a list of lines each time it is asked.
/// </summary>
internal sealed class NaiveTree
{
    public const int Deepest = 8;
    private const long Minute = 60_000;

    public List<NaiveBudget> Budgets { get; } = [];

    public List<NaiveLine> Lines { get; } = [];

    public long NowMs { get; set; }

    /// <summary>Why a part is not made or topped up to an amount; "" = it is.</summary>
    public string RefusalOfPart(NaiveBudget? parent, ulong amount)
    {
        if (parent is null)
            return "";
        if (StateOf(parent) is not "active" and var state)
            return "budget_" + state;
        return amount > LeftOf(parent) ? "budget_exceeded" : "";
    }

    public string RefusalOfTopUp(NaiveBudget budget, ulong more) => StateOf(budget) is not "active" and var state
        ? "budget_" + state
        : RefusalOfPart(budget.Parent, budget.Amount + more);

    /// <summary>Why a spend is not signed; "" = it is. A key that is approved needs no approval.</summary>
    public string RefusalOf(NaiveBudget budget, ulong amount, int? job, bool hasKey, bool isApproved)
    {
        foreach (var each in Line(budget))
        {
            if (each.IsRevoked)
                return "budget_revoked";
            if (NowMs >= each.ExpiresAtMs)
                return "budget_expired";
            if (amount > each.PerCall)
                return "call_limit_exceeded";
            if (each.PerJob is not null && job is null)
                return "job_not_named";
        }

        if (!isApproved && Line(budget).Any(b => amount > b.ApproveAbove))
            return hasKey ? "approval_required" : "idempotency_key_required";
        foreach (var each in Line(budget))
        {
            if (SpentOf(each) + amount > each.Amount)
                return "budget_exceeded";
            if (job is not null && OnJob(each, job.Value) + amount > each.PerJob)
                return "job_limit_exceeded";
            if (InThisMinute(each) >= each.Rate)
                return "rate_limited";
        }

        return "";
    }

    public ulong SpentOf(NaiveBudget budget) => Sum(
        Below(budget).Where(l => Window(budget, l.AtMs) == Window(budget, NowMs)));

    public ulong LeftOf(NaiveBudget budget) => StateOf(budget) == "active"
        ? Line(budget).Min(b => SpentOf(b) is var spent && spent < b.Amount ? b.Amount - spent : 0)
        : 0;

    public string StateOf(NaiveBudget budget) => Line(budget).Any(b => b.IsRevoked) ? "revoked"
        : Line(budget).Any(b => NowMs >= b.ExpiresAtMs) ? "expired"
        : "active";

    public static int DepthOf(NaiveBudget budget) => Line(budget).Count();

    private ulong OnJob(NaiveBudget budget, int job) => Sum(Below(budget).Where(l => l.Job == job));

    private int InThisMinute(NaiveBudget budget) => Below(budget).Count(l => l.AtMs / Minute == NowMs / Minute);

    private IEnumerable<NaiveLine> Below(NaiveBudget budget) =>
        Lines.Where(l => Line(l.Budget).Contains(budget));

    private static IEnumerable<NaiveBudget> Line(NaiveBudget? budget)
    {
        for (; budget is not null; budget = budget.Parent)
            yield return budget;
    }

    private static long Window(NaiveBudget budget, long atMs) => budget.Period switch
    {
        BudgetPeriod.Hour => atMs / (60 * Minute),
        BudgetPeriod.Day => atMs / (24 * 60 * Minute),
        _ => 0,
    };

    private static ulong Sum(IEnumerable<NaiveLine> lines) => lines.Aggregate(0UL, (sum, l) => sum + l.Amount);
}

/// <summary>One budget of the naive tree.</summary>
internal sealed class NaiveBudget
{
    public required string Id { get; init; }

    public required string Token { get; init; }

    public required NaiveBudget? Parent { get; init; }

    public required ulong Amount { get; set; }

    public BudgetPeriod Period { get; init; }

    public ulong? PerCall { get; init; }

    public ulong? PerJob { get; init; }

    public ulong? ApproveAbove { get; init; }

    public int? Rate { get; init; }

    public long? ExpiresAtMs { get; init; }

    public bool IsRevoked { get; set; }
}

/// <summary>One signature of the naive tree: what it counts, and when it was counted.</summary>
internal sealed class NaiveLine(NaiveBudget budget, ulong amount, int? job, long atMs)
{
    public NaiveBudget Budget { get; } = budget;

    public ulong Amount { get; set; } = amount;

    public int? Job { get; } = job;

    public long AtMs { get; } = atMs;

    public required string Hash { get; init; }

    public required ulong Nonce { get; init; }

    public required ulong Value { get; init; }

    public bool IsOpen { get; set; } = true;
}
