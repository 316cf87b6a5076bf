using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Ledger.Genesis;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>The validator registry: who joins, who leaves, when it counts, and the guards.</summary>
public sealed class ValidatorTests
{
    private static readonly Address Contract = SystemContracts.Validators;

    [Fact]
    public void The_hash_of_a_set_is_that_of_the_specification()
    {
        RegisteredValidator Of(string account, byte key) => new(
            Address.Parse(account), Hash256.FromBytes([.. Enumerable.Repeat(key, 32)]), Hash256.Zero, 1, 0);
        Assert.Equal(
            "0xd97420cd87c1da47bb3b28794dd305add663d2c3b457ad7c5785ae05314d87ef",
            RegisteredSet.HashOf([
                Of("0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF", 0x22),
                Of("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", 0x11),
            ]).ToHex());
        Assert.Equal(
            "0xa04c3d9e31579a42256ee6bfce1d7ac8cc5ec37fd11a1300c321adaaa7b863e3", RegisteredSet.HashOf([]).ToHex());
    }

    [Fact]
    public void The_set_of_genesis_decides_block_1_in_the_order_of_operators()
    {
        var net = new Devnet(keys: 5, validators: 4);
        var set = RegisteredSet.Next(net.Store);
        Assert.Equal(Enumerable.Range(0, 4).Select(net.At).Order(), set.Select(v => v.Operator));
        Assert.All(set, v => Assert.Equal((1UL, 0UL), (v.FromHeight, v.UntilHeight)));
        Assert.Empty(RegisteredSet.At(net.Store, 0));
        Assert.Equal(set, RegisteredSet.At(net.Store, 1));
        Assert.Equal([RegisteredSet.HashOf(set)], net.View(Contract, ValidatorsAbi.Hash));
        Assert.Equal([true], net.View(Contract, ValidatorsAbi.IsValidator, net.At(3)));
        Assert.Equal([false], net.View(Contract, ValidatorsAbi.IsValidator, net.At(4)));
    }

    [Fact]
    public void A_genesis_with_validators_that_are_not_distinct_is_refused()
    {
        var (a, b) = (Address.Parse("0x00000000000000000000000000000000000000aa"), Address.Zero);
        GenesisConfig With(params GenesisValidator[] validators) => new()
        {
            ChainId = 1,
            TimeMs = 0,
            Alloc = new Dictionary<Address, UInt256>(),
            Validators = validators,
        };
        var key = ValidatorKeys.Public(0);
        Assert.Throws<ArgumentException>(With(new(a, key, default), new(a, ValidatorKeys.Public(1), default)).Build);
        Assert.Throws<ArgumentException>(With(new(a, key, default), new(Contract, key, default)).Build);
        Assert.Throws<ArgumentException>(With(new GenesisValidator(b, key, default)).Build);
    }

    [Fact]
    public void A_validator_joins_at_the_next_height_by_more_than_two_thirds()
    {
        var net = new Devnet(keys: 4, validators: 3);
        Mine(net);
        Assert.True(ProposeAdd(net, 0, 3).Succeeded);
        Assert.DoesNotContain(Vote(net, 1, 0).Logs, l => l.Topics[0] == ValidatorsAbi.Added.Topic0);
        // Two of three are not more than two thirds.
        Assert.Equal(3, RegisteredSet.Next(net.Store).Count);
        Assert.Equal(
            [true, net.At(3), ValidatorKeys.Public(3), Keccak256.Hash("tls"u8), (UInt256)2UL, false],
            net.View(Contract, ValidatorsAbi.Proposal, UInt256.Zero).Where((_, i) => i != 4));
        var joined = Vote(net, 2, 0);
        var height = net.Head.Number;
        Assert.Equal(
            [net.At(3), ValidatorKeys.Public(3), Keccak256.Hash("tls"u8), (UInt256)(height + 1)],
            ValidatorsAbi.Added.TryDecode(joined.Logs[^1].Topics, joined.Logs[^1].Data.Span));
        Assert.Equal(3, RegisteredSet.At(net.Store, height).Count);
        Assert.Equal(4, RegisteredSet.At(net.Store, height + 1).Count);
        Assert.Equal("ProposalClosed()", Refusal(net, 3, ValidatorsAbi.Vote, UInt256.Zero));
        Mine(net);
        Assert.Equal(
            [RegisteredSet.HashOf(RegisteredSet.At(net.Store, height))],
            net.View(Contract, ValidatorsAbi.HashAt, (UInt256)height));
        Assert.Equal("HeightNotKnown()", Refusal(net, 0, ValidatorsAbi.MembersAt, (UInt256)(net.Head.Number + 2)));
    }

    [Fact]
    public void Only_operators_propose_and_vote_and_each_once()
    {
        var net = new Devnet(keys: 5, validators: 4);
        Mine(net);
        var proof = ValidatorKeys.Prove(net, 4, net.At(4));
        Assert.Equal("NotOperator()", Refusal(net, 4, ValidatorsAbi.ProposeAdd, Addition(net, 4, proof)));
        Assert.Equal("NotOperator()", Refusal(net, 4, ValidatorsAbi.ProposeRemove, net.At(0)));
        Assert.True(ProposeAdd(net, 0, 4).Succeeded);
        Assert.Equal("NotOperator()", Refusal(net, 4, ValidatorsAbi.Vote, UInt256.Zero));
        Assert.Equal("AlreadyVoted()", Refusal(net, 0, ValidatorsAbi.Vote, UInt256.Zero));
        Assert.Equal("UnknownProposal()", Refusal(net, 0, ValidatorsAbi.Vote, UInt256.One));
        net.Seconds += RegistryVoting.VotingTime - 1;
        Assert.Null(Refusal(net, 1, ValidatorsAbi.Vote, UInt256.Zero));
        net.Seconds += 1;
        Assert.Equal("ProposalClosed()", Refusal(net, 1, ValidatorsAbi.Vote, UInt256.Zero));
    }

    [Fact]
    public void A_vote_of_an_operator_who_has_left_does_not_count()
    {
        var net = new Devnet(keys: 6, validators: 5);
        Mine(net);
        ProposeAdd(net, 0, 5);
        Vote(net, 1, 0);
        Vote(net, 2, 0);
        Assert.True(net.Send(0, Contract, ValidatorsAbi.Leave, default).Succeeded);
        // Two of the present four, then three of them.
        Assert.Equal((UInt256)2UL, net.View(Contract, ValidatorsAbi.Proposal, UInt256.Zero)[5]);
        Vote(net, 3, 0);
        Assert.Contains(RegisteredSet.Next(net.Store), v => v.Operator == net.At(5));
    }

    [Fact]
    public void A_key_is_registered_by_its_holder_for_its_operator_on_this_chain_only()
    {
        var net = new Devnet(keys: 6, validators: 4);
        Assert.Equal(
            "BadProof()",
            Refusal(net, 0, ValidatorsAbi.ProposeAdd, Addition(net, 4, ValidatorKeys.Prove(net, 4, net.At(4)))));
        Mine(net);
        var message = (byte[])net.View(Contract, ValidatorsAbi.ProofMessage, net.At(4), ValidatorKeys.Public(4))[0]!;
        Assert.Null(Refusal(
            net, 0, ValidatorsAbi.ProposeAdd, Addition(net, 4, ValidatorKeys.Sign(4, message))));
        byte[][] wrong =
        [
            ValidatorKeys.Prove(net, 4, net.At(5)), ValidatorKeys.Sign(5, message), [], new byte[64],
            ValidatorKeys.Prove(new Devnet(keys: 7), 4, net.At(4)),
        ];
        Assert.All(wrong, proof => Assert.Equal(
            "BadProof()", Refusal(net, 0, ValidatorsAbi.ProposeAdd, Addition(net, 4, proof))));
        Assert.Equal(
            "KeyUsed()", Refusal(net, 0, ValidatorsAbi.ProposeAdd, net.At(4), ValidatorKeys.Public(1), default(Hash256),
                ValidatorKeys.Prove(net, 1, net.At(4))));
        Assert.Equal(
            "OperatorActive()", Refusal(net, 0, ValidatorsAbi.ProposeAdd, Addition(net, 1, new byte[64])));
        Assert.Equal(
            "ZeroAddress()", Refusal(net, 0, ValidatorsAbi.ProposeAdd, Address.Zero, ValidatorKeys.Public(4),
                default(Hash256), new byte[64]));
    }

    [Fact]
    public void The_last_validator_is_never_removed()
    {
        var net = new Devnet(validators: 1);
        Mine(net);
        Assert.Equal("LastValidator()", Refusal(net, 0, ValidatorsAbi.Leave));
        Assert.Equal("LastValidator()", Refusal(net, 0, ValidatorsAbi.ProposeRemove, net.At(0)));
        Assert.Equal("OperatorUnknown()", Refusal(net, 1, ValidatorsAbi.Leave));
        // One of one is more than two thirds.
        Assert.True(ProposeAdd(net, 0, 1).Succeeded);
        Assert.Equal(2, RegisteredSet.Next(net.Store).Count);
        Assert.True(net.Send(0, Contract, ValidatorsAbi.Leave, default).Succeeded);
        Assert.Equal(net.At(1), Assert.Single(RegisteredSet.Next(net.Store)).Operator);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(6, 1)]
    [InlineData(7, 2)]
    [InlineData(10, 3)]
    public void A_block_changes_at_most_a_third_of_the_set(int size, int allowed)
    {
        var net = new Devnet(keys: size, validators: size);
        Mine(net);
        Assert.Equal([(UInt256)(ulong)allowed], net.View(Contract, ValidatorsAbi.ChangesLeft));
        var leave = ValidatorsAbi.Leave.EncodeCall();
        var block = net.Mine([.. Enumerable.Range(0, size).Select(i => net.Sign(i, Contract, default, leave))]);
        Assert.Equal(
            Enumerable.Range(0, size).Select(i => i < allowed), block.Receipts.Select(r => r.Succeeded));
        Assert.Equal(size - allowed, RegisteredSet.Next(net.Store).Count);
        // The next block has an allowance of its own.
        Assert.Equal(size - allowed > 1, net.Send(size - 1, Contract, ValidatorsAbi.Leave, default).Succeeded);
    }

    [Fact]
    public void A_key_is_replaced_at_the_next_height_and_never_used_again()
    {
        var net = new Devnet(keys: 4, validators: 4);
        Mine(net, RegistryChanges.RotationPause - 2);
        object?[] To(int key, int who) =>
            [ValidatorKeys.Public(key), Keccak256.Hash("tls"u8), ValidatorKeys.Prove(net, key, net.At(who))];
        Assert.Equal("TooSoon()", Refusal(net, 0, ValidatorsAbi.RotateKey, To(9, 0)));
        Mine(net);
        Assert.Equal("BadProof()", Refusal(net, 0, ValidatorsAbi.RotateKey, To(9, 1)));
        Assert.Equal("KeyUsed()", Refusal(net, 0, ValidatorsAbi.RotateKey, To(1, 0)));
        Assert.Equal("KeyUsed()", Refusal(net, 0, ValidatorsAbi.RotateKey, To(0, 0)));
        Assert.True(net.Send(0, Contract, ValidatorsAbi.RotateKey, default, To(9, 0)).Succeeded);
        var height = net.Head.Number;
        Assert.Equal(ValidatorKeys.Public(0), Of(net, 0, height).ConsensusKey);
        Assert.Equal(ValidatorKeys.Public(9), Of(net, 0, height + 1).ConsensusKey);
        Assert.Equal("TooSoon()", Refusal(net, 0, ValidatorsAbi.RotateKey, To(8, 0)));
        Mine(net, RegistryChanges.RotationPause);
        Assert.Equal("KeyUsed()", Refusal(net, 0, ValidatorsAbi.RotateKey, To(0, 0)));
        Assert.Null(Refusal(net, 0, ValidatorsAbi.RotateKey, To(8, 0)));
    }

    [Fact]
    public void A_transport_key_is_replaced_without_a_change_of_the_set()
    {
        var net = new Devnet(validators: 2);
        var hash = RegisteredSet.HashOf(RegisteredSet.Next(net.Store));
        Assert.True(net.Send(0, Contract, ValidatorsAbi.SetTransportKey, default, Keccak256.Hash("new"u8)).Succeeded);
        Assert.Equal(Keccak256.Hash("new"u8), Of(net, 0, 2).TransportKeyHash);
        Assert.Equal(hash, RegisteredSet.HashOf(RegisteredSet.Next(net.Store)));
        Assert.Equal("OperatorUnknown()", Refusal(net, 3, ValidatorsAbi.SetTransportKey, Hash256.Zero));
    }

    [Fact]
    public void The_set_is_never_empty_and_every_past_set_stays_readable_over_random_lives() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Gen.Int[0, 5]).Array[1, 40].Sample(
            steps =>
            {
                var net = new Devnet(keys: 6, validators: 3);
                Mine(net);
                var sets = new Dictionary<ulong, Hash256>();
                var (next, proposals) = (10, 0UL);
                foreach (var (action, who, other) in steps)
                {
                    var set = RegisteredSet.Next(net.Store);
                    var size = set.Count;
                    sets[net.Head.Number + 1] = RegisteredSet.HashOf(set);
                    var receipt = action switch
                    {
                        0 => net.Send(who, Contract, ValidatorsAbi.ProposeAdd, default, net.At(other),
                            ValidatorKeys.Public(next), Hash256.Zero, ValidatorKeys.Prove(net, next++, net.At(other))),
                        1 => net.Send(who, Contract, ValidatorsAbi.ProposeRemove, default, net.At(other)),
                        2 => net.Send(who, Contract, ValidatorsAbi.Leave, default),
                        _ => Vote(net, who, Math.Max(proposals, 1) - 1),
                    };
                    proposals += action < 2 && receipt.Succeeded ? 1UL : 0;
                    var after = RegisteredSet.Next(net.Store);
                    Assert.InRange(after.Count, Math.Max(1, size - 1), size + 1);
                    Assert.Equal(after.Count, after.DistinctBy(v => v.ConsensusKey).Count());
                    Assert.Equal(after.Select(v => v.Operator).Order().Distinct(), after.Select(v => v.Operator));
                    Assert.All(sets, s => Assert.Equal(
                        s.Value, RegisteredSet.HashOf(RegisteredSet.At(net.Store, s.Key))));
                }
            },
            iter: 40);

    private static RegisteredValidator Of(Devnet net, int who, ulong height) =>
        RegisteredSet.At(net.Store, height).Single(v => v.Operator == net.At(who));

    private static void Mine(Devnet net, ulong blocks = 1)
    {
        for (var i = 0UL; i < blocks; i++)
            net.Mine();
    }

    private static object?[] Addition(Devnet net, int number, byte[] proof) =>
        [net.At(number), ValidatorKeys.Public(number), Keccak256.Hash("tls"u8), proof];

    private static Receipt ProposeAdd(Devnet net, int proposer, int number) => net.Send(
        proposer, Contract, ValidatorsAbi.ProposeAdd, default,
        Addition(net, number, ValidatorKeys.Prove(net, number, net.At(number))));

    private static Receipt Vote(Devnet net, int who, ulong proposal) =>
        net.Send(who, Contract, ValidatorsAbi.Vote, default, (UInt256)proposal);

    private static string? Refusal(Devnet net, int who, AbiFunction function, params object?[] args) =>
        net.Refusal(who, Contract, ValidatorsAbi.Errors.Select(e => e + "()"), function, default, args);
}
