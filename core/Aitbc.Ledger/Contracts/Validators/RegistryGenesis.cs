using Aitbc.Ledger.Execution;
using Aitbc.Ledger.Genesis;
using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Validators;

/// <summary>What the registry holds before anybody calls it.</summary>
internal static class RegistryGenesis
{
    // The first set decides block 1.
    private const ulong FirstHeight = 1;

    public static void Write(WorldState world, IReadOnlyList<GenesisValidator> validators)
    {
        if (validators.Count > RegistryChanges.MaxValidators
            || validators.DistinctBy(v => v.Operator).Count() < validators.Count
            || validators.DistinctBy(v => v.ConsensusKey).Count() < validators.Count
            || validators.Any(v => v.Operator.IsZero))
            throw new ArgumentException("The first validators are too many or not distinct.", nameof(validators));
        var storage = new RegistryStorage(Frame(world));
        foreach (var validator in validators)
            storage.Open(validator.Operator, validator.ConsensusKey, validator.TransportKeyHash, FirstHeight);
    }

    /// <summary>
    /// Block 1 records the hash of block 0, which the state of block 0 cannot hold: signatures of validators are bound
    /// to it, so that those of another chain with the same id prove nothing here. An empty registry needs none.
    /// </summary>
    public static void WriteHash(WorldState world, Hash256 genesis)
    {
        if (RegisteredSet.Next(world).Count > 0)
        {
            world.SetStorage(
                new StorageKey(SystemContracts.Validators, RegistryStorage.GenesisHashSlot), genesis.ToUInt256());
        }
    }

    // The work of block 0 is nobody's transaction.
    private static CallFrame Frame(WorldState world) =>
        new(new MessageContext(world, new BlockContext(0, 0, 0, default, 0, default, default)))
        {
            Contract = SystemContracts.Validators,
            Caller = default,
            Value = default,
            Data = default,
            GasLeft = ulong.MaxValue,
        };
}
