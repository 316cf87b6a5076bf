using Aitbc.Primitives;

namespace Aitbc.Provider.Payments.Journal;

/// <summary>
/// What payers were given for nothing, as the records say: of the latest day only, which bounds it by the payers of one
/// day. Records of one payer may come in another order than they were made: the highest total holds.
/// </summary>
internal sealed class FreeTotals
{
    private readonly Lock gate = new();
    private readonly Dictionary<Address, ulong> totals = [];
    private DateOnly day;

    public void Raise(Address payer, DateOnly of, ulong total)
    {
        lock (gate)
        {
            if (of < day)
                return;
            if (of > day)
                totals.Clear();
            day = of;
            totals[payer] = Math.Max(total, totals.GetValueOrDefault(payer));
        }
    }

    public IReadOnlyDictionary<Address, (DateOnly Day, ulong Total)> All()
    {
        lock (gate)
            return totals.ToDictionary(t => t.Key, t => (day, t.Value));
    }
}
