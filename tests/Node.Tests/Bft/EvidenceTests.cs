using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Network;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Xunit;

namespace Node.Tests.Bft;

public sealed class EvidenceTests
{
    [Fact]
    public async Task A_validator_that_signs_two_things_is_punished_by_all_in_a_block()
    {
        await using var cluster = await Cluster.StartAsync(4);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StopAsync(3);
        // Its key goes on in other hands.
        using var twin = cluster.Network.Join(3, Ed25519Keys.PublicKeyOf(Cluster.Seed(3)));
        twin.Start(new Deaf());
        var set = cluster.ChainOf(0).Validators!;
        await cluster.UntilAsync(
            () =>
            {
                Lie(cluster, twin);
                return cluster.ChainOf(0).Validators!.Count == 3;
            },
            "punishment");
        await cluster.UntilAsync(
            () => Enumerable.Range(0, 3).All(i => cluster.ChainOf(i).Validators!.Count == 3), "smaller set everywhere");
        Assert.Equal(4, set.Count);
        for (var i = 0; i < 3; i++)
        {
            using var view = cluster.ChainOf(i).Store.Latest();
            Assert.True(RegisteredSet.IsTombstoned(view, Cluster.Operator(3)));
            Assert.False(RegisteredSet.IsTombstoned(view, Cluster.Operator(0)));
        }

        // Three decide on, and the punishment stands in one block only.
        await cluster.FinalAsync(await cluster.SendAsync(1, 1, 0));
        var tip = cluster.OneHashAtEveryHeight();
        var proofs = Enumerable.Range(1, (int)tip)
            .Sum(h => cluster.ChainOf(0).Store.Block((ulong)h)!.Consensus.Proofs.Count);
        Assert.Equal(1, proofs);
        await cluster.UntilAsync(
            () => Enumerable.Range(0, 3).All(i => cluster.Standing(i).ProofsWaiting == 0), "empty pools");
    }

    [Fact]
    public async Task A_proof_that_one_node_alone_holds_is_put_into_a_block_by_another_and_a_false_one_by_nobody()
    {
        await using var cluster = await Cluster.StartAsync(4, followers: 1);
        await cluster.FinalAsync(await cluster.SendAsync(0, 0, 0));
        await cluster.StopAsync(3);
        using var twin = cluster.Network.Join(3, Ed25519Keys.PublicKeyOf(Cluster.Seed(3)));
        twin.Start(new Deaf());
        // Only the node that never proposes hears the two votes.
        cluster.Network.Split([0, 1, 2, 4], [3, 4]);
        await cluster.UntilAsync(
            () =>
            {
                Lie(cluster, twin);
                return Enumerable.Range(0, 3).All(i => cluster.ChainOf(i).Validators!.Count == 3);
            },
            "punishment");
        cluster.Network.Heal();
        var vote = new Vote(VoteKind.Prevote, 1, 0, Keccak256.Hash("one"u8), -1, 0, new byte[64]);
        var proof = Equivocation.Of(
            cluster.ChainOf(0).Binding, vote, vote with { Block = Keccak256.Hash("other"u8) });
        twin.Broadcast(MessageClass.Sync, PeerCodec.Encode(new PeerMessage.Proofs([proof])));
        await cluster.UntilAsync(() => cluster.Gossips[0].Has("proves nothing"), "complaint about a false proof");
        Assert.Equal(3, cluster.ChainOf(0).Validators!.Count);
        cluster.OneHashAtEveryHeight();
    }

    private static void Lie(Cluster cluster, MemoryGossip twin)
    {
        var chain = cluster.ChainOf(0);
        foreach (var name in new[] { "one", "other" })
        {
            var vote = new Vote(
                VoteKind.Prevote, chain.Head.Header.Number + 1, 0,
                Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(name)), -1, 3, default);
            var signed = vote.WithSignature(Ed25519Keys.Sign(Cluster.Seed(3), vote.SignBytes(chain.Binding)));
            twin.Broadcast(MessageClass.Consensus, PeerCodec.Encode(new PeerMessage.Bft(signed)));
        }
    }

    private sealed class Deaf : IGossipReceiver
    {
        public void OnMessage(PeerId from, MessageClass lane, ReadOnlyMemory<byte> message)
        {
            // It only talks.
        }

        public void OnConnected(PeerId peer)
        {
            // It only talks.
        }

        public void OnDisconnected(PeerId peer)
        {
            // It only talks.
        }
    }
}
