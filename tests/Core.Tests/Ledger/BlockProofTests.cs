using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Ledger.Execution;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Xunit;

namespace Core.Tests.Ledger;

public sealed class BlockProofTests
{
    [Fact]
    public void A_block_with_a_proof_punishes_before_its_first_transaction_and_takes_no_fee()
    {
        var net = new Devnet(validators: 4);
        net.Mine();
        var before = net.BalanceOf(Devnet.Miner);
        var block = Execute(net, [Proof(net, 2)]);
        Assert.Single(block.Block.Consensus.Proofs);
        Assert.Empty(block.Receipts);
        net.Store.Apply(block.StateDiff);
        Assert.True(RegisteredSet.IsTombstoned(net.Store, net.At(2)));
        Assert.False(RegisteredSet.IsTombstoned(net.Store, net.At(1)));
        Assert.Equal(3, RegisteredSet.Next(net.Store).Count);
        Assert.Equal(
            RegisteredSet.HashOf(RegisteredSet.Next(net.Store)), block.Block.Consensus.NextValidatorsHash);
        Assert.Equal(before, net.BalanceOf(Devnet.Miner));
    }

    [Fact]
    public void A_proof_that_the_registry_refuses_is_left_out_and_the_rest_stays()
    {
        var net = new Devnet(validators: 4);
        net.Mine();
        var good = Proof(net, 2);
        var honest = good with { Second = good.First, SecondSignature = good.FirstSignature };
        var block = Execute(net, [honest, good, good]);
        Assert.Equal(good, Assert.Single(block.Block.Consensus.Proofs));
        Assert.Equal(Execute(net, [good]).Block.Header.Hash(), block.Block.Header.Hash());
    }

    [Fact]
    public void Consensus_fields_of_both_versions_are_read_as_they_were_written_and_nothing_else_is()
    {
        var net = new Devnet(validators: 4);
        net.Mine();
        var block = Execute(net, [Proof(net, 2)]).Block;
        var read = Block.Decode(block.Encode());
        Assert.Equal(block.Encode(), read.Encode());
        Assert.Equal(block.Header.ExtraData, read.Consensus.Hash());
        Assert.Equal(3UL, read.Consensus.ProposerIndex);
        var solo = new ConsensusFields(ConsensusFields.SoloVersion, 5, Hash256.Zero);
        Assert.Equal(solo.Hash(), Block.Decode((block with { Consensus = solo }).Encode()).Consensus.Hash());
        var unknown = block with { Consensus = new ConsensusFields(3, 5, Hash256.Zero) };
        Assert.Throws<RlpException>(() => Block.Decode(unknown.Encode()));
        var many = block with
        {
            Consensus = block.Consensus with { Proofs = [.. Enumerable.Repeat(block.Consensus.Proofs[0], 5)] },
        };
        Assert.Throws<RlpException>(() => Block.Decode(many.Encode()));
    }

    [Fact]
    public void A_genesis_with_validators_names_the_set_of_block_1_and_one_without_has_version_1()
    {
        var set = new Aitbc.Ledger.Genesis.GenesisConfig
        {
            ChainId = Devnet.ChainId,
            TimeMs = 1_800_000_000_000,
            Alloc = new Dictionary<Address, UInt256>(),
            Validators = [new(new Devnet().At(0), ValidatorKeys.Public(0), default)],
        };
        var fields = set.Build().Block.Consensus;
        Assert.Equal(ConsensusFields.SetVersion, fields.Version);
        Assert.False(fields.NextValidatorsHash.IsZero);
        Assert.Equal(ConsensusFields.SoloVersion, (set with { Validators = [] }).Build().Block.Consensus.Version);
    }

    private static BlockResult Execute(Devnet net, IReadOnlyList<EquivocationProof> proofs) =>
        BlockExecutor.Execute(net.Head, net.Store, [], net.Next with { ProposerIndex = 3, Proofs = proofs });

    private static EquivocationProof Proof(Devnet net, int validator)
    {
        var (first, second) = (
            ValidatorKeys.Message(net, 3, 1, 0, "one"), ValidatorKeys.Message(net, 3, 1, 0, "other"));
        return new EquivocationProof(
            ValidatorKeys.Public(validator), first, ValidatorKeys.Sign(validator, first), second,
            ValidatorKeys.Sign(validator, second));
    }
}
