using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using static Aitbc.Consensus.Bft.Engine.BftEffect;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>What comes from peers: sorted by height, verified, kept.</summary>
public sealed partial class BftEngine
{
    private void OnMessage(BftMessage message)
    {
        if (!message.IsWellFormed)
            return;
        if (message.Height > S.Height)
        {
            if (message is SignedMessage early)
                KeepForLater(early);
            return;
        }

        if (message.Height < S.Height)
        {
            // Somebody is still at the height below, and what ended it may help. A commit asks for nothing.
            if (message.Height + 1 == S.Height && message is not VoteCertificate { Kind: VoteKind.Precommit })
                S.BlockBelowIsWanted = true;
            return;
        }

        switch (message)
        {
            case Proposal proposal:
                OnProposal(proposal);
                break;
            case Vote vote when S.Set.Contains(vote.Signer) && !S.Votes.Knows(vote, S.Round):
                if (certificates.IsSigned(vote, S.Set))
                    Keep(vote);
                break;
            case VoteCertificate certificate:
                OnCertificate(certificate);
                break;
            case RoundCertificate certificate when certificate.Round > S.Round:
                if (certificates.Verify(certificate, S.Set) == CertificateError.None)
                    KeepAll(certificate.Votes);
                break;
        }
    }

    // Certificates are not kept: they are large, and they are said again.
    private void KeepForLater(SignedMessage message)
    {
        if (message.IsWellFormed)
            future.Add(message, S.Height);
    }

    private void OnProposal(Proposal proposal)
    {
        if (!S.Set.Contains(proposal.Signer)
            || proposal.Signer != S.Set.Proposer(proposal.Height, proposal.Round)
            || S.Proposals.Knows(proposal, S.Round) || !certificates.IsSigned(proposal, S.Set))
            return;
        LastInputMattered = true;
        if (S.Proposals.Add(proposal, S.Round) is { } other)
            Accuse(other, proposal);
        if (rules.Off(Rule.ProposeTimerStays) && proposal.Round == S.Round && proposal.ValidRound >= 0)
            effects.Add(new CancelTimeouts(S.Height));
    }

    private void OnCertificate(VoteCertificate certificate)
    {
        var polka = certificate.Kind == VoteKind.Prevote;
        if (polka ? KnowsPolka(certificate) : S.Commit is not null)
            return;
        if (certificates.Verify(certificate, S.Set) != CertificateError.None)
            return;
        LastInputMattered = true;
        if (!polka)
        {
            var now = certificate.Round == S.Round || !rules.Off(Rule.DecideFromAnyRound);
            if (now && !(certificate.Round > S.Round && rules.Off(Rule.FutureQuorumDecides)))
                S.Commit = certificate;
        }
        else if (certificate.Round <= S.Round)
        {
            S.Votes.AddCertificate(certificate);
            NotePolka(certificate.Round);
        }
        else
        {
            S.FuturePolka = certificate;
        }

        KeepAll(certificate.Votes());
    }

    private bool KnowsPolka(VoteCertificate certificate) => certificate.Round > S.Round
        ? S.FuturePolka?.Round >= certificate.Round
        : S.Votes.At(certificate.Round)?.HasPolka(certificate.Block, rules.QuorumOf(S.Set), rules) == true;

    // The votes of a certificate that was verified as a whole.
    private void KeepAll(IEnumerable<Vote> votes)
    {
        foreach (var vote in votes)
            Keep(vote);
    }

    // A verified vote.
    private void Keep(Vote vote)
    {
        LastInputMattered = true;
        if (S.Votes.Add(vote, S.Round) is { } first)
            Accuse(first, vote);
        if (vote.Round > S.Round)
        {
            if (vote is { Kind: VoteKind.Precommit, IsNil: false } && !rules.Off(Rule.FutureQuorumDecides)
                && !rules.Off(Rule.DecideFromAnyRound))
                S.Commit ??= S.Votes.FutureCommit(vote);
            return;
        }

        if (vote.Kind == VoteKind.Prevote)
            NotePolka(vote.Round);
        else if (!vote.IsNil && (!rules.Off(Rule.DecideFromAnyRound) || vote.Round == S.Round))
            S.Commit ??= S.Votes.At(vote.Round)!.FindCommit(rules.QuorumOf(S.Set));
    }

    private void NotePolka(int round)
    {
        if (!(S.BestPolka?.Round >= round) && S.Votes.At(round)!.FindPolka(rules.QuorumOf(S.Set), rules) is { } polka)
            S.BestPolka = polka;
    }
}
