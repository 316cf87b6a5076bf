using Aitbc.Ledger.Execution;

namespace Aitbc.Node.Engine;

/// <summary>
/// All balances added up anew and held against the supply record, for who trusts no counter. Once a height: however
/// many ask, the accounts are read once.
/// </summary>
internal sealed class SupplyAudit(Chain chain)
{
    private readonly Lock gate = new();
    private (ulong Height, Supply Supply, bool Conserved)? last;

    public (Supply Supply, bool Conserved) Run()
    {
        lock (gate)
        {
            if (last is { } known && known.Height == chain.Head.Header.Number)
                return (known.Supply, known.Conserved);
            var (height, supply, sum) = chain.Read(
                _ => (chain.Head.Header.Number, Supply.Read(chain.Store), chain.Store.SumOfBalances()));
            last = (height, supply, sum == supply.Total);
            return (supply, sum == supply.Total);
        }
    }
}
