using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Execution;

/// <summary>
/// The two rules of money, checked in every block at the cost of what changed: coins change only by what is burned, and
/// every contract that holds coins for others has at least what it owes.
/// </summary>
internal static class Conservation
{
    public static void Check(StateDiff diff, UInt256 burned, WorldState world)
    {
        UInt256 before = default, after = default;
        foreach (var change in diff.Accounts)
        {
            before += change.Before?.Balance ?? default;
            after += change.After?.Balance ?? default;
        }

        if (before != after + burned)
            throw new LedgerInvariantException($"Balances moved from {before} to {after} with {burned} burned.");
        foreach (var (contract, slot) in SystemContracts.Custodians)
        {
            var held = world.GetStorage(new StorageKey(contract, slot));
            var balance = world.GetBalance(contract);
            if (held > balance)
                throw new LedgerInvariantException($"The contract {contract} has {balance} and owes {held}.");
        }
    }
}
