using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Engine;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Files;

namespace Aitbc.Node.Bft.Proofs;

/// <summary>What became of a proof that a peer told.</summary>
internal enum ProofVerdict
{
    /// <summary>It is kept, and others should know.</summary>
    New,

    /// <summary>Known, of no use any more, or of a height that is not reached here.</summary>
    NoUse,

    /// <summary>No honest peer sends this.</summary>
    Bad,
}

/// <summary>
/// Proofs against validators that wait for a block, in a file, so that a restart forgets none. Damage there loses
/// proofs and nothing else.
/// </summary>
internal sealed class ProofKeeper
{
    // As the registry has it (specs/contracts/validators.md, 3.2).
    private const ulong Window = 1_209_600;

    private readonly Chain chain;
    private readonly CertificateVerifier certificates;
    private readonly EvidencePool pool = new();
    private readonly string path;

    public ProofKeeper(Chain chain, CertificateVerifier certificates, string folder)
    {
        (this.chain, this.certificates) = (chain, certificates);
        path = Path.Combine(folder, "proofs");
        if (File.Exists(path))
            Read(File.ReadAllBytes(path));
    }

    public int Count => pool.Count;

    /// <summary>A proof that was found here; false if there is one like it.</summary>
    public bool Add(Equivocation proof)
    {
        if (!pool.Add(proof))
            return false;
        Store();
        return true;
    }

    /// <summary>
    /// A proof that a peer tells. One for each validator is enough, so that nobody fills the pool with proofs against
    /// itself; what is known or cannot be judged here costs no signature check.
    /// </summary>
    public ProofVerdict Offer(Equivocation proof)
    {
        if (proof.First.Height == 0 || SignerOf(proof) is not { } signer
            || RegisteredSet.IsTombstoned(chain.Store, signer.Operator)
            || pool.Take(EvidencePool.Capacity).Any(p => SignerOf(p)?.Operator == signer.Operator))
            return ProofVerdict.NoUse;
        return proof.Verify(certificates, chain.Binding, SetOf(proof)!, chain.Head.Header.Number + 1, Window) switch
        {
            EvidenceError.None => Add(proof) ? ProofVerdict.New : ProofVerdict.NoUse,
            EvidenceError.TooOld => ProofVerdict.NoUse,
            _ => ProofVerdict.Bad,
        };
    }

    /// <summary>What peers may not know: the oldest, as many as a message holds.</summary>
    public IReadOnlyList<Equivocation> ForPeers() => pool.Take(PeerLimits.MostProofs);

    /// <summary>What the next own block shall hold.</summary>
    public IReadOnlyList<EquivocationProof> ForBlock()
    {
        if (pool.Count == 0)
            return [];
        var proofs = new List<EquivocationProof>();
        // One for each validator: the first tombstones it, and others would be refused.
        foreach (var proof in pool.Take(EvidencePool.Capacity).DistinctBy(p => SignerOf(p)?.Operator))
        {
            if (SignerOf(proof) is { } signer && proofs.Count < EquivocationProof.MostInBlock)
                proofs.Add(Encode(proof, Hash256.FromBytes(signer.PublicKey.Span)));
        }

        return proofs;
    }

    /// <summary>After a block: forgets proofs against operators that are punished, and what is too old.</summary>
    public void OnFinal(Block block)
    {
        if (pool.Count == 0)
            return;
        var before = pool.Count;
        pool.Expire(block.Header.Number + 1, Window);
        foreach (var proof in pool.Take(EvidencePool.Capacity))
        {
            if (SignerOf(proof) is not { } signer || RegisteredSet.IsTombstoned(chain.Store, signer.Operator))
                pool.Included(proof);
        }

        if (pool.Count != before)
            Store();
    }

    private Validator? SignerOf(Equivocation proof) =>
        SetOf(proof) is { } set && set.Contains(proof.First.Signer) ? set[proof.First.Signer] : null;

    private ValidatorSet? SetOf(Equivocation proof) => proof.First.Height <= chain.Head.Header.Number + 1
        ? RegisteredValidators.At(chain.Store, proof.First.Height)
        : null;

    private EquivocationProof Encode(Equivocation proof, Hash256 key) => new(
        key,
        proof.First.SignBytes(chain.Binding), proof.First.Signature,
        proof.Second.SignBytes(chain.Binding), proof.Second.Signature);

    private void Store()
    {
        var writer = new RlpWriter(1024);
        var list = writer.StartList();
        foreach (var proof in pool.Take(EvidencePool.Capacity))
        {
            writer.Write(MessageCodec.Encode(proof.First));
            writer.Write(MessageCodec.Encode(proof.Second));
        }

        writer.EndList(list);
        DurableFile.Replace(path, writer.Written);
    }

    private void Read(byte[] bytes)
    {
        try
        {
            var list = new RlpReader(bytes).ReadList();
            while (!list.IsEnd)
            {
                if (!MessageCodec.TryDecode(list.ReadBytes().ToArray(), out var first)
                    || !MessageCodec.TryDecode(list.ReadBytes().ToArray(), out var second)
                    || first is not SignedMessage one || second is not SignedMessage other)
                    return;
                var proof = new Equivocation(one, other);
                if (SetOf(proof) is { } set && proof.Verify(
                    certificates, chain.Binding, set, chain.Head.Header.Number + 1, Window) == EvidenceError.None)
                    pool.Add(proof);
            }
        }
        catch (RlpException)
        {
            // Proofs that were read before the damage stay.
        }
    }
}
