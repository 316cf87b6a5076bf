using System.Collections.Immutable;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;

namespace Aitbc.Simulator.Model;

/// <summary>
/// The rule of the simulated ledger. A function of parent state, history of sets and block; nothing else. At most one
/// member changes in a block, by request or by a proof that tombstones its key.
/// </summary>
internal sealed class SimLedger(SimKeys keys, int founders)
{
    public const ulong EvidenceWindow = 500;
    public const long GenesisTimeMs = 1_000_000_000;

    private readonly CertificateVerifier verifier = new(SimKeys.Chain, keys);
    private readonly Dictionary<Hash256, SimBlock> blocks = [];

    public SimState Genesis { get; } = new(
        0, SimKeys.Chain.Genesis, GenesisTimeMs, 0,
        ValidatorSet.Create([.. Enumerable.Range(0, founders).Select(keys.Member)]), []);

    /// <summary>Bytes are read by their hash: one that nobody ever made reads as nothing.</summary>
    public SimBlock? Read(ReadOnlySpan<byte> bytes) => blocks.GetValueOrDefault(Keccak256.Hash(bytes));

    public void Publish(SimBlock block) => blocks.TryAdd(block.Hash, block);

    /// <summary>The state after the block; null if the block may not follow.</summary>
    public SimState? Execute(SimState parent, SimBlock block, Func<ulong, ValidatorSet?> setOf)
    {
        if (block.Height != parent.Height + 1 || block.Parent != parent.Tip || block.TimeMs < parent.TimeMs
            || block.Add is 0 or > 100)
            return null;
        if (block.Proof is { } proof && !IsGood(parent, proof, block.Height, setOf))
            return null;
        return After(parent, block, setOf) is { } after && after.Root == block.StateRoot
            && after.Next.Hash == block.NextValidators ? after with { Tip = block.Hash } : null;
    }

    /// <summary>Makes a block that may follow.</summary>
    public SimBlock Build(
        SimState parent, SimBlock draft, Func<ulong, ValidatorSet?> setOf)
    {
        if (draft.Proof is { } proof && !IsGood(parent, proof, draft.Height, setOf))
            draft = draft with { Proof = null };
        if (After(parent, draft, setOf) is null)
            draft = draft with { Change = null };
        var after = After(parent, draft, setOf)
            ?? throw new InvalidOperationException("A block without changes may always follow.");
        var block = draft with { StateRoot = after.Root, NextValidators = after.Next.Hash };
        Publish(block);
        return block;
    }

    public bool IsGood(SimState parent, Equivocation proof, ulong height, Func<ulong, ValidatorSet?> setOf) =>
        setOf(proof.First.Height) is { } set
        && proof.Verify(verifier, SimKeys.Chain, set, height, EvidenceWindow) == EvidenceError.None
        && !parent.Tombstones.Contains(keys.KeyOf(set[proof.First.Signer]))
        && parent.Next.IndexOf(set[proof.First.Signer].PublicKey.Span) >= 0;

    private SimState? After(SimState parent, SimBlock block, Func<ulong, ValidatorSet?> setOf)
    {
        var members = Enumerable.Range(0, parent.Next.Count).Select(i => parent.Next[i]).ToList();
        var tombstones = parent.Tombstones;
        if (block.Proof is { } proof)
        {
            if (block.Change is not null || members.Count == 1)
                return null;
            var key = keys.KeyOf(setOf(proof.First.Height)![proof.First.Signer]);
            members.RemoveAll(m => keys.KeyOf(m) == key);
            tombstones = tombstones.Add(key);
        }
        else if (block.Change is { } change && !Apply(change, members, tombstones))
        {
            return null;
        }

        var same = block.Proof is null && block.Change is null;
        var next = same ? parent.Next : ValidatorSet.Create(members);
        return parent.Next.CheckChange(next) == ValidatorSetError.None
            ? new SimState(block.Height, default, block.TimeMs, parent.Counter + block.Add, next, tombstones)
            : null;
    }

    // Nobody leaves below the number of founders, so that the faulty never become more than are tolerated.
    private bool Apply(MemberChange change, List<Validator> members, ImmutableSortedSet<int> tombstones)
    {
        var at = members.FindIndex(m => keys.KeyOf(m) == change.Key);
        if (change.Joins)
        {
            if (at >= 0 || tombstones.Contains(change.Key) || members.Count >= SimKeys.Most)
                return false;
            members.Add(keys.Member(change.Key));
            return true;
        }

        if (at < 0 || members.Count <= founders)
            return false;
        members.RemoveAt(at);
        return true;
    }
}
