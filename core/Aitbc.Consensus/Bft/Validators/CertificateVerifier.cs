using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;

namespace Aitbc.Consensus.Bft.Validators;

/// <summary>Why a certificate proves nothing.</summary>
public enum CertificateError
{
    /// <summary>It is good.</summary>
    None,

    /// <summary>Fields out of range.</summary>
    Malformed,

    /// <summary>A signer outside the set, or a bitmap of another size than the set.</summary>
    UnknownSigner,

    /// <summary>Too little weight.</summary>
    NotEnoughWeight,

    /// <summary>At least one signature is wrong; then nothing in it counts.</summary>
    BadSignature,

    /// <summary>It is about another height, round or block than asked.</summary>
    OtherSubject,
}

/// <summary>Checks whole certificates: one bad, unknown or doubled signer and nothing of it counts.</summary>
public sealed class CertificateVerifier
{
    private readonly ChainBinding binding;
    private readonly ISignatureVerifier verifier;
    private readonly RuleSet rules;

    /// <summary>Checks for one chain.</summary>
    /// <param name="binding">Chain and genesis.</param>
    /// <param name="verifier">Checks signatures.</param>
    public CertificateVerifier(ChainBinding binding, ISignatureVerifier verifier)
        : this(binding, verifier, RuleSet.All)
    {
    }

    internal CertificateVerifier(ChainBinding binding, ISignatureVerifier verifier, RuleSet rules)
    {
        this.binding = binding;
        this.verifier = verifier;
        this.rules = rules;
    }

    /// <summary>Checks the signature of one message against the set of its height.</summary>
    /// <param name="message">A proposal or vote.</param>
    /// <param name="set">Validators of its height.</param>
    public bool IsSigned(SignedMessage message, ValidatorSet set)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(set);
        if (rules.Off(Rule.VerifySignatures))
            return set.Contains(message.Signer);
        return set.Contains(message.Signer) && verifier.Verify(
            set[message.Signer].PublicKey.Span, message.SignBytes(binding), message.Signature.Span);
    }

    /// <summary>Checks a polka or commit certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="set">Validators of its height.</param>
    public CertificateError Verify(VoteCertificate certificate, ValidatorSet set)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(set);
        if (!certificate.IsWellFormed)
            return CertificateError.Malformed;
        if (certificate.Signers.Length != (set.Count + 7) / 8)
            return CertificateError.UnknownSigner;
        var weight = 0UL;
        for (var i = 0; i < certificate.Signers.Length * 8; i++)
        {
            if (!certificate.HasSigner(i))
                continue;
            if (!set.Contains(i))
                return CertificateError.UnknownSigner;
            weight = checked(weight + set[i].Weight);
        }

        return weight < rules.QuorumOf(set) ? CertificateError.NotEnoughWeight : AllSigned(certificate.Votes(), set);
    }

    /// <summary>Checks that the certificate is good and about this height and block.</summary>
    /// <param name="certificate">A commit certificate.</param>
    /// <param name="set">Validators of the height.</param>
    /// <param name="height">The height meant.</param>
    /// <param name="block">The block meant.</param>
    public CertificateError VerifyCommit(
        VoteCertificate certificate, ValidatorSet set, ulong height, Primitives.Hash256 block)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.Kind == VoteKind.Precommit && certificate.Height == height && certificate.Block == block
            ? Verify(certificate, set)
            : CertificateError.OtherSubject;
    }

    /// <summary>Checks a round certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="set">Validators of its height.</param>
    public CertificateError Verify(RoundCertificate certificate, ValidatorSet set)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(set);
        if (!certificate.IsWellFormed)
            return CertificateError.Malformed;
        var weight = 0UL;
        foreach (var vote in certificate.Votes)
        {
            if (!set.Contains(vote.Signer))
                return CertificateError.UnknownSigner;
            weight = checked(weight + set[vote.Signer].Weight);
        }

        var needed = certificate.Entry == RoundEntry.Skip ? set.SkipWeight : rules.QuorumOf(set);
        return weight < needed ? CertificateError.NotEnoughWeight : AllSigned(certificate.Votes, set);
    }

    private CertificateError AllSigned(IEnumerable<Vote> votes, ValidatorSet set)
    {
        // The mutation takes a certificate by its word once a single signature in it is right.
        if (rules.Off(Rule.WholeCertificate))
            return votes.Any(v => IsSigned(v, set)) ? CertificateError.None : CertificateError.BadSignature;
        return votes.All(v => IsSigned(v, set)) ? CertificateError.None : CertificateError.BadSignature;
    }
}
