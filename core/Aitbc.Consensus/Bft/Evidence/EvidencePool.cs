using Aitbc.Consensus.Bft.Messages;

namespace Aitbc.Consensus.Bft.Evidence;

/// <summary>
/// Proofs that wait for a block: one for each validator, height, round and step, oldest first, bounded. A full pool
/// takes no more; what is in it leaves through blocks or by age.
/// </summary>
public sealed class EvidencePool
{
    /// <summary>Proofs kept at most.</summary>
    public const int Capacity = 256;

    private readonly SortedDictionary<(ulong Height, int Round, SignStep Step, int Signer), Equivocation> waiting = [];

    /// <summary>Number of proofs that wait.</summary>
    public int Count => waiting.Count;

    /// <summary>Adds a proof that was verified.</summary>
    /// <returns>False if there is one like it or the pool is full.</returns>
    public bool Add(Equivocation proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return waiting.Count < Capacity && waiting.TryAdd(proof.Key, proof);
    }

    /// <summary>The proofs for the next block, oldest first.</summary>
    /// <param name="most">How many a block may hold.</param>
    public IReadOnlyList<Equivocation> Take(int most) => [.. waiting.Values.Take(most)];

    /// <summary>Forgets a proof that is in a final block.</summary>
    public void Included(Equivocation proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        waiting.Remove(proof.Key);
    }

    /// <summary>Forgets what is older than the window.</summary>
    /// <param name="height">Height of the next block.</param>
    /// <param name="window">Greatest age in heights.</param>
    public void Expire(ulong height, ulong window)
    {
        while (waiting.Count > 0)
        {
            var oldest = waiting.First().Key;
            if (oldest.Height >= height || height - oldest.Height <= window)
                return;
            waiting.Remove(oldest);
        }
    }
}
