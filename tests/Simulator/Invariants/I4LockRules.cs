using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>
/// A prevote for a block follows a proposal of it; a precommit follows a polka; and a prevote for another block than
/// the one precommitted follows a newer polka, which the prevote names.
/// </summary>
internal sealed class I4LockRules(SimWorld world) : Invariant(world)
{
    private readonly Dictionary<(int Node, ulong Height), Book> books = [];

    public override void Heard(SimNode node, BftMessage message)
    {
        if (message.Height <= node.Tip)
            return;
        var book = BookOf(node, message.Height);
        switch (message)
        {
            case Proposal proposal:
                book.Proposals.Add(proposal);
                break;
            case Vote vote:
                book.Add(vote);
                break;
            case VoteCertificate certificate when certificate.IsWellFormed:
                foreach (var vote in certificate.Votes())
                    book.Add(vote);
                break;
            case RoundCertificate certificate:
                foreach (var vote in certificate.Votes)
                    book.Add(vote);
                break;
        }
    }

    public override void Sent(SimNode node, BftMessage message)
    {
        if (message is not SignedMessage own || node.SetOf(own.Height) is not { } set)
            return;
        var book = BookOf(node, own.Height);
        if (own is Proposal proposal)
        {
            book.Proposals.Add(proposal);
            return;
        }

        var vote = (Vote)own;
        if (vote.IsNil)
            return;
        if (vote.Kind == VoteKind.Prevote)
            CheckPrevote(node, book, vote, set);
        else
            CheckPrecommit(node, book, vote, set);
    }

    public override void Committed(SimNode node, SimCommit commit) => books.Remove((node.Id, commit.Block.Height));

    private void CheckPrevote(SimNode node, Book book, Vote vote, ValidatorSet set)
    {
        // Its own proposal may have been logged and, for a crash, never sent.
        var mine = node.Replica!.Engine.State?.OwnProposal;
        Require(
            (mine?.Round == vote.Round && mine.Block == vote.Block) || book.Proposals.Exists(
                p => p.Round == vote.Round && p.Block == vote.Block
                && p.Signer == set.Proposer(p.Height, p.Round) && World.Verifier.IsSigned(p, set)),
            $"node {node.Id} prevoted at {vote.Height}/{vote.Round} what nobody proposed");
        if (book.Lock is { } locked && locked.Round < vote.Round && locked.Block != vote.Block)
            Require(
                vote.ValidRound >= locked.Round && HasPolka(node, book, vote.ValidRound, vote.Block, set),
                $"node {node.Id} left its lock of round {locked.Round} at {vote.Height}/{vote.Round}");
        book.Add(vote);
    }

    private void CheckPrecommit(SimNode node, Book book, Vote vote, ValidatorSet set)
    {
        Require(
            HasPolka(node, book, vote.Round, vote.Block, set),
            $"node {node.Id} precommitted at {vote.Height}/{vote.Round} without a polka");
        if (!(book.Lock?.Round >= vote.Round))
            book.Lock = (vote.Round, vote.Block);
    }

    private bool HasPolka(SimNode node, Book book, int round, Hash256 block, ValidatorSet set)
    {
        List<Vote> votes = [.. book.Prevotes.GetValueOrDefault((round, block)) ?? []];
        // Its own prevote may have been logged and, for a crash, never sent.
        var state = node.Replica!.Engine.State!;
        if (state.Height == votes.FirstOrDefault()?.Height && state.Me >= 0
            && state.Votes.At(round)?.Of(VoteKind.Prevote, state.Me) is { } mine && mine.Block == block)
            votes.Add(mine);
        foreach (var validRound in votes.Select(v => v.ValidRound).Distinct())
        {
            var weight = votes.Where(v => v.ValidRound == validRound && World.Verifier.IsSigned(v, set))
                .Select(v => v.Signer).Distinct().Aggregate(0UL, (sum, signer) => sum + set[signer].Weight);
            if (weight * 3 > set.TotalWeight * 2)
                return true;
        }

        return false;
    }

    private Book BookOf(SimNode node, ulong height)
    {
        if (!books.TryGetValue((node.Id, height), out var book))
            books[(node.Id, height)] = book = new Book();
        return book;
    }

    private sealed class Book
    {
        public List<Proposal> Proposals { get; } = [];

        public Dictionary<(int Round, Hash256 Block), List<Vote>> Prevotes { get; } = [];

        public (int Round, Hash256 Block)? Lock { get; set; }

        public void Add(Vote vote)
        {
            if (vote.Kind != VoteKind.Prevote || vote.IsNil)
                return;
            if (!Prevotes.TryGetValue((vote.Round, vote.Block), out var votes))
                Prevotes[(vote.Round, vote.Block)] = votes = [];
            if (!votes.Exists(v => v.Signer == vote.Signer && v.ValidRound == vote.ValidRound
                && v.Signature.Span.SequenceEqual(vote.Signature.Span)))
                votes.Add(vote);
        }
    }
}
