using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Validators;

/// <summary>Why a light client does not believe a block.</summary>
public enum LightError
{
    /// <summary>It may believe it.</summary>
    None,

    /// <summary>The set is not the one that the trusted header named.</summary>
    OtherValidators,

    /// <summary>The certificate is bad; see the certificate error.</summary>
    BadCertificate,

    /// <summary>Trust in the old set has run out.</summary>
    TrustExpired,

    /// <summary>Signers that the old set knows hold no more than a third of its weight.</summary>
    NotEnoughTrust,
}

/// <summary>
/// Checks that a block is final from a validator set that is trusted, without any state. What the block says is then
/// shown by proofs against the roots in its header.
/// </summary>
/// <param name="certificates">Checks certificates of the chain.</param>
public sealed class LightVerifier(CertificateVerifier certificates)
{
    /// <summary>Verifies the block right after a trusted one, or any block whose set is known by hash.</summary>
    /// <param name="height">Height of the block.</param>
    /// <param name="block">Hash of its header, computed by the caller from the header.</param>
    /// <param name="commit">Its commit certificate.</param>
    /// <param name="set">The set said to have signed it.</param>
    /// <param name="trusted">Hash of the set of this height, from the header before.</param>
    public LightError Verify(
        ulong height, Hash256 block, VoteCertificate commit, ValidatorSet set, Hash256 trusted)
    {
        ArgumentNullException.ThrowIfNull(set);
        if (set.Hash != trusted)
            return LightError.OtherValidators;
        return certificates.VerifyCommit(commit, set, height, block) == CertificateError.None
            ? LightError.None
            : LightError.BadCertificate;
    }

    /// <summary>
    /// Verifies a later block without those between: the signers that the trusted set knows must hold more than a third
    /// of its weight, so that one of them at least is honest.
    /// </summary>
    /// <param name="height">Height of the block.</param>
    /// <param name="block">Hash of its header.</param>
    /// <param name="commit">Its commit certificate.</param>
    /// <param name="set">The set that signed it; the caller checks its hash against the header.</param>
    /// <param name="trusted">A set that is trusted.</param>
    /// <param name="trust">Since when (header time of the trusted block), how long, and now; milliseconds.</param>
    public LightError Skip(
        ulong height, Hash256 block, VoteCertificate commit, ValidatorSet set, ValidatorSet trusted, TrustPeriod trust)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(trusted);
        ArgumentNullException.ThrowIfNull(trust);
        if (trust.IsOver)
            return LightError.TrustExpired;
        if (certificates.VerifyCommit(commit, set, height, block) != CertificateError.None)
            return LightError.BadCertificate;
        var weight = 0UL;
        for (var i = 0; i < set.Count; i++)
        {
            if (commit.HasSigner(i) && trusted.IndexOf(set[i].PublicKey.Span) is var known and >= 0)
                weight += trusted[known].Weight;
        }

        return weight >= trusted.SkipWeight ? LightError.None : LightError.NotEnoughTrust;
    }
}

/// <summary>How long a validator set is trusted after its block.</summary>
/// <param name="FromMs">Time of the trusted header, Unix milliseconds.</param>
/// <param name="LengthMs">Trusting period; less than validators need to withdraw their bond.</param>
/// <param name="NowMs">The client's clock, Unix milliseconds.</param>
public sealed record TrustPeriod(ulong FromMs, ulong LengthMs, ulong NowMs)
{
    /// <summary>True once the period has passed.</summary>
    public bool IsOver => NowMs > FromMs && NowMs - FromMs >= LengthMs;
}
