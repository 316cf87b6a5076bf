using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Ledger.State;

namespace Aitbc.Node.Engine;

/// <summary>The registry's validators as consensus wants them. The registry guards that they make a set.</summary>
internal static class RegisteredValidators
{
    /// <summary>The set that decides the block after this state; null if none is registered.</summary>
    public static ValidatorSet? Next(IStateStore state) => SetOf(RegisteredSet.Next(state));

    /// <summary>The set that decides a block at most one above this state; null if none is registered.</summary>
    public static ValidatorSet? At(IStateStore state, ulong height) => SetOf(RegisteredSet.At(state, height));

    private static ValidatorSet? SetOf(IReadOnlyList<RegisteredValidator> members) => members.Count == 0
        ? null
        : ValidatorSet.Create([.. members.Select(m => new Validator(
            m.Operator, m.ConsensusKey.ToArray(), RegisteredValidator.Weight))]);
}
