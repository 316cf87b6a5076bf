using System.Collections.Immutable;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;

namespace Aitbc.Simulator.Model;

/// <summary>The state after a block: a counter, who validates next, and which keys are punished for ever.</summary>
internal sealed record SimState(
    ulong Height, Hash256 Tip, long TimeMs, ulong Counter, ValidatorSet Next, ImmutableSortedSet<int> Tombstones)
{
    private Hash256? root;

    public Hash256 Root => root ??= Keccak256.Hash([
        .. BitConverter.GetBytes(Counter), .. Next.Hash.ToArray(), .. Tombstones.Select(k => (byte)k)]);
}
