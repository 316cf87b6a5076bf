using System.Text.Json;
using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Node.Bft.Running;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Node.Rpc.Consensus;

/// <summary>Who decides blocks, what proves that one is final, and why the next one is not there yet.</summary>
internal sealed class ConsensusMethods(Chain chain, BftService consensus, IGossip gossip)
{
    /// <summary>What a light client needs of a block; null if there is no such block, or nobody certified it.</summary>
    public void Commit(in RpcCall call, Utf8JsonWriter json)
    {
        if (BlockTag.Find(chain, call[0]) is not { } height || height > chain.Head.Header.Number)
        {
            json.WriteNullValue();
            return;
        }

        var block = chain.Store.Block(height) ?? throw BlockTag.Pruned(chain);
        if (chain.Store.Commit(height) is not { } commit || chain.ValidatorsAt(height) is not { } set)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.Quantity("height"u8, height);
        json.Data("blockHash"u8, commit.Block);
        json.Data("header"u8, block.Header.Encode());
        json.Data("consensusFields"u8, block.Consensus.Encode());
        json.Data("validatorsHash"u8, block.Consensus.ValidatorsHash);
        json.Data("nextValidatorsHash"u8, block.Consensus.NextValidatorsHash);
        json.WriteStartObject("commit"u8);
        json.Quantity("round"u8, (ulong)commit.Round);
        json.Data("signers"u8, commit.Signers.Span);
        json.WriteStartArray("signatures"u8);
        for (var at = 0; at < commit.Signatures.Length; at += Ed25519Keys.SignatureLength)
            json.Data(commit.Signatures.Span.Slice(at, Ed25519Keys.SignatureLength));
        json.WriteEndArray();
        json.WriteEndObject();
        Write(json, set);
        json.WriteEndObject();
    }

    /// <summary>The set that decided a block; without one, the set that decides the next.</summary>
    public void Validators(in RpcCall call, Utf8JsonWriter json)
    {
        var next = chain.Head.Header.Number + 1;
        var height = call[0] is null ? next : BlockTag.Find(chain, call[0]);
        if (height is not { } known || known > next || chain.ValidatorsAt(known) is not { } set)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.Quantity("height"u8, known);
        json.Data("validatorsHash"u8, set.Hash);
        json.Quantity("quorumWeight"u8, set.QuorumWeight);
        Write(json, set);
        json.WriteEndObject();
    }

    public void Peers(in RpcCall call, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var peer in gossip.Peers)
        {
            json.WriteStartObject();
            json.Data("id"u8, peer.Id.KeyHash);
            json.WriteString("address"u8, peer.Address);
            if (peer.ConsensusKey.IsEmpty)
                json.WriteNull("consensusKey"u8);
            else
                json.Data("consensusKey"u8, peer.ConsensusKey.Span);
            var index = chain.Validators?.IndexOf(peer.ConsensusKey.Span) ?? -1;
            if (index >= 0)
                json.Data("operator"u8, chain.Validators![index].Operator);
            else
                json.WriteNull("operator"u8);
            json.WriteBoolean("inbound"u8, peer.IsInbound);
            WriteQueues(json, peer.Queued);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteQueues(Utf8JsonWriter json, IReadOnlyList<int> queued)
    {
        if (queued is not [var consensus, var sync, var transactions])
            return;
        json.WriteStartObject("classQueues"u8);
        json.Quantity("consensus"u8, (ulong)consensus);
        json.Quantity("sync"u8, (ulong)sync);
        json.Quantity("transactions"u8, (ulong)transactions);
        json.WriteEndObject();
    }

    public void PeerCount(in RpcCall call, Utf8JsonWriter json) => json.Quantity((ulong)gossip.Peers.Count);

    /// <summary>False, or how far it is, as stock clients know it.</summary>
    public void Syncing(in RpcCall call, Utf8JsonWriter json)
    {
        var head = chain.Head.Header.Number;
        var best = consensus.Standing?.BestPeerTip ?? 0;
        if (best <= head + 1)
        {
            json.WriteBooleanValue(false);
            return;
        }

        json.WriteStartObject();
        json.Quantity("startingBlock"u8, consensus.StartedAt);
        json.Quantity("currentBlock"u8, head);
        json.Quantity("highestBlock"u8, best);
        json.WriteEndObject();
    }

    /// <summary>Where consensus stands: height, round, who said what, who is silent, and what was counted.</summary>
    public void Standing(in RpcCall call, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (chain.Validators is null || consensus.Standing is not { } standing)
        {
            json.WriteString("mode"u8, "solo"u8);
            json.Quantity("height"u8, chain.Head.Header.Number + 1);
            json.WriteEndObject();
            return;
        }

        json.WriteString("mode"u8, "bft"u8);
        json.Quantity("height"u8, standing.Engine?.Height ?? (chain.Head.Header.Number + 1));
        json.WriteString("signing"u8, Signing(standing));
        json.Quantity("bestPeerTip"u8, standing.BestPeerTip);
        json.Quantity("proofsWaiting"u8, (ulong)standing.ProofsWaiting);
        if (standing.Engine is { } engine)
            Write(json, engine);
        Write(json, standing.Counters);
        json.WriteEndObject();
    }

    private string Signing(Standing standing) => true switch
    {
        _ when chain.Validators!.IndexOf(chain.OwnKey.Span) < 0 => "not a validator",
        _ when standing.WaitsAtStart => "waits to hear how far others are",
        _ when standing.Permit == PermitState.Granted => "yes",
        _ when standing.Permit == PermitState.Watching => "watches for signatures of its key",
        _ when standing.Permit == PermitState.KeyIsInUse => "no: its key signs elsewhere",
        _ => "no: the operator must confirm that its key signs nowhere else",
    };

    private static void Write(Utf8JsonWriter json, ValidatorSet set)
    {
        json.WriteStartArray("validators"u8);
        for (var i = 0; i < set.Count; i++)
        {
            json.WriteStartObject();
            json.Data("operator"u8, set[i].Operator);
            json.Data("consensusKey"u8, set[i].PublicKey.Span);
            json.Quantity("weight"u8, set[i].Weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, EngineLook engine)
    {
        json.WriteString("step"u8, engine.Step.ToString());
        json.Quantity("quorumWeight"u8, engine.Set.QuorumWeight);
        // Before round 0, and while its proposal may still come, nobody owes a vote.
        Write(json, engine, engine.Round, engine.HasProposal, engine.Votes, engine.Step > RoundStep.Propose);
        json.WriteStartArray("pastRounds"u8);
        foreach (var past in engine.Past)
        {
            json.WriteStartObject();
            Write(json, engine, past.Round, past.HasProposal, past.Votes, isDue: true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(
        Utf8JsonWriter json, EngineLook engine, int round, bool hasProposal, IReadOnlyList<SeenVotes> votes, bool isDue)
    {
        json.WriteNumber("round"u8, round);
        json.Data("proposer"u8, engine.Set[engine.Set.Proposer(engine.Height, Math.Max(0, round))].Operator);
        json.WriteBoolean("hasProposal"u8, hasProposal);
        json.WriteStartArray("votes"u8);
        for (var i = 0; i < engine.Set.Count; i++)
        {
            json.WriteStartObject();
            json.Data("operator"u8, engine.Set[i].Operator);
            Write(json, "prevote"u8, votes[i].Prevote);
            Write(json, "precommit"u8, votes[i].Precommit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("silent"u8);
        for (var i = 0; i < engine.Set.Count && isDue; i++)
        {
            if (votes[i] is { Prevote: null, Precommit: null })
                json.Data(engine.Set[i].Operator);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, Hash256? vote)
    {
        if (vote is not { } block)
            json.WriteNull(name);
        else if (block.IsZero)
            json.WriteString(name, "nil"u8);
        else
            json.Data(name, block);
    }

    private static void Write(Utf8JsonWriter json, StandingCounters counters)
    {
        json.WriteStartObject("counters"u8);
        json.Quantity("decided"u8, counters.Decided);
        json.Quantity("synced"u8, counters.Synced);
        json.Quantity("extraRounds"u8, counters.ExtraRounds);
        json.Quantity("lastLatencyUs"u8, counters.LastLatencyUs);
        json.Quantity("latencyUsSum"u8, counters.LatencyUsSum);
        json.WriteStartArray("missedProposals"u8);
        foreach (var (account, count) in counters.Missed.OrderBy(m => m.Key))
        {
            json.WriteStartObject();
            json.Data("operator"u8, account);
            json.Quantity("count"u8, count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
