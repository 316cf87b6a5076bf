using System.Buffers.Binary;
using Aitbc.Ledger.State;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Validators;

/// <summary>
/// The validator set as the state has it (specs/contracts/validators.md, section 4): a pure function of the state, for
/// headers and for the consensus engine. The state after block H holds the set that decides block H + 1.
/// </summary>
public static class RegisteredSet
{
    private const int MemberLength = Address.Length + Hash256.Length + 8;

    /// <summary>The set that decides the block after this state, by operator; empty if none was registered.</summary>
    /// <param name="state">The state after a block.</param>
    public static IReadOnlyList<RegisteredValidator> Next(IStateStore state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return RegistryStorage.Active(Reader(state));
    }

    /// <summary>As the other overload, while the block is still being executed.</summary>
    /// <param name="world">The state so far.</param>
    public static IReadOnlyList<RegisteredValidator> Next(WorldState world)
    {
        ArgumentNullException.ThrowIfNull(world);
        return RegistryStorage.Active(slot => world.GetStorage(new StorageKey(SystemContracts.Validators, slot)));
    }

    /// <summary>The set that decided, or will decide, a block at most one above this state; by operator.</summary>
    /// <param name="state">The state after a block.</param>
    /// <param name="height">Height of the block.</param>
    public static IReadOnlyList<RegisteredValidator> At(IStateStore state, ulong height)
    {
        ArgumentNullException.ThrowIfNull(state);
        return RegistryStorage.At(Reader(state), height);
    }

    /// <summary>Whether an operator was punished and never comes back.</summary>
    /// <param name="state">The state after a block.</param>
    /// <param name="account">The operator.</param>
    public static bool IsTombstoned(IStateStore state, Address account)
    {
        ArgumentNullException.ThrowIfNull(state);
        return !Reader(state)(RegistryStorage.TombstoneSlot(account)).IsZero;
    }

    /// <summary>
    /// keccak256("aitbc/validators/1" ‖ count (2 bytes) ‖ for each by ascending operator: operator (20) ‖ consensus key
    /// (32) ‖ weight (8)), numbers big-endian.
    /// </summary>
    /// <param name="set">By ascending operator, as the other functions give it.</param>
    public static Hash256 HashOf(IReadOnlyList<RegisteredValidator> set)
    {
        ArgumentNullException.ThrowIfNull(set);
        var tag = "aitbc/validators/1"u8;
        var bytes = new byte[tag.Length + 2 + (set.Count * MemberLength)];
        tag.CopyTo(bytes);
        var rest = bytes.AsSpan(tag.Length);
        BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)set.Count));
        rest = rest[2..];
        foreach (var member in set)
        {
            member.Operator.CopyTo(rest);
            member.ConsensusKey.CopyTo(rest[Address.Length..]);
            BinaryPrimitives.WriteUInt64BigEndian(rest[(MemberLength - 8)..], RegisteredValidator.Weight);
            rest = rest[MemberLength..];
        }

        return Keccak256.Hash(bytes);
    }

    private static Func<Hash256, UInt256> Reader(IStateStore state) =>
        slot => state.GetStorage(new StorageKey(SystemContracts.Validators, slot));
}
