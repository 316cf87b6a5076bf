using Aitbc.Primitives;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Auditing;

/// <summary>
/// Adds the lines of the log up anew, as a naive reader would: every line that was ever counted, for its budget and all
/// ancestors, in the period, job and minute that it belongs to.
/// </summary>
internal sealed class TotalsReplay
{
    private readonly Dictionary<(long Budget, string Bucket), UInt256> sums = [];

    public void Add(SpendRow row, Budget budget)
    {
        if (row.State is SpendStates.Waiting or SpendStates.Approved or SpendStates.Refused)
            return;
        var amount = UInt256.FromBigEndian(row.Amount);
        foreach (var each in budget.Line)
        {
            Add(each.Id, Buckets.Period(each.Limits.Period, row.ReservedAtMs), amount);
            if (row.JobId is { } job)
                Add(each.Id, Buckets.Job(Hash256.FromBytes(job)), OnJob(row, amount));
            if (each.Limits.RatePerMinute is not null)
                Add(each.Id, Buckets.Rate(row.ReservedAtMs), UInt256.One);
        }
    }

    /// <summary>Where what is kept is not what was added up.</summary>
    public IEnumerable<(long Budget, string What)> Differences(IEnumerable<TotalRow> kept)
    {
        var left = new Dictionary<(long Budget, string Bucket), UInt256>(sums);
        foreach (var row in kept)
        {
            left.Remove((row.BudgetId, row.Bucket), out var sum);
            if (UInt256.FromBigEndian(row.Sum) is var says && says != sum)
                yield return (row.BudgetId, $"its total {row.Bucket} is {says}, and its lines add up to {sum}");
        }

        // How often was signed in a minute is not kept for long.
        foreach (var (key, sum) in left.Where(l => !l.Value.IsZero && !Buckets.IsRate(l.Key.Bucket)))
            yield return (key.Budget, $"its total {key.Bucket} is missing, and its lines add up to {sum}");
    }

    /// <summary>The highest sum of a period of a budget.</summary>
    public UInt256 MostOfPeriod(long budget) => sums.Where(s => s.Key.Budget == budget
        && s.Key.Bucket.StartsWith("p:", StringComparison.Ordinal)).Select(s => s.Value).DefaultIfEmpty().Max();

    // What a voucher promised stays promised; of everything else a job is charged what it took.
    private static UInt256 OnJob(SpendRow row, UInt256 amount) => row.Channel is null
        ? amount
        : row.OnJob is { } counted ? UInt256.FromBigEndian(counted) : default;

    private void Add(long budget, string bucket, UInt256 amount)
    {
        sums.TryGetValue((budget, bucket), out var sum);
        sums[(budget, bucket)] = sum + amount;
    }
}
