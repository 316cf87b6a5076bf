using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Bonds;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Ledger.Execution;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>Equivocation of validators: what proves it, what it costs; nobody escapes or is accused falsely.</summary>
public sealed class ValidatorEvidenceTests
{
    private const int Guilty = 1;
    private const int Reporter = 4;
    private static readonly Address Contract = SystemContracts.Validators;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Two_messages_of_one_place_put_their_signer_out_at_the_next_height_for_ever(byte type)
    {
        var net = Net();
        var receipt = Report(net, Evidence(net, type));
        Assert.True(receipt.Succeeded);
        var height = net.Head.Number;
        Assert.Equal(
            [net.At(Guilty), ValidatorKeys.Public(Guilty), UInt256.One, (UInt256)7UL, (UInt256)type],
            ValidatorsAbi.Equivocated.TryDecode(receipt.Logs[^1].Topics, receipt.Logs[^1].Data.Span));
        Assert.Contains(RegisteredSet.At(net.Store, height), v => v.Operator == net.At(Guilty));
        Assert.DoesNotContain(RegisteredSet.At(net.Store, height + 1), v => v.Operator == net.At(Guilty));
        Assert.Equal([true], net.View(Contract, ValidatorsAbi.IsTombstoned, net.At(Guilty)));
        Assert.Equal([true], net.View(Contract, ValidatorsAbi.IsKeyTombstoned, ValidatorKeys.Public(Guilty)));
        Assert.Equal("AlreadyPunished()", Refusal(net, Evidence(net, type)));
        // Not with a new key, and not the old key with another operator.
        Assert.Equal("Tombstoned()", Refusal(net, 0, ValidatorsAbi.ProposeAdd, net.At(Guilty), ValidatorKeys.Public(9),
            Hash256.Zero, ValidatorKeys.Prove(net, 9, net.At(Guilty))));
        Assert.Equal("KeyUsed()", Refusal(net, 0, ValidatorsAbi.ProposeAdd, net.At(5), ValidatorKeys.Public(Guilty),
            Hash256.Zero, ValidatorKeys.Prove(net, Guilty, net.At(5))));
    }

    [Fact]
    public void A_rotated_key_does_not_save_its_operator()
    {
        var net = Net(RegistryChanges.RotationPause);
        Assert.True(net.Send(Guilty, Contract, ValidatorsAbi.RotateKey, default, ValidatorKeys.Public(9), Hash256.Zero,
            ValidatorKeys.Prove(net, 9, net.At(Guilty))).Succeeded);
        Assert.True(Report(net, Evidence(net, 3)).Succeeded);
        Assert.DoesNotContain(RegisteredSet.Next(net.Store), v => v.Operator == net.At(Guilty));
        Assert.Equal([true], net.View(Contract, ValidatorsAbi.IsKeyTombstoned, ValidatorKeys.Public(9)));
    }

    [Fact]
    public void An_operator_that_has_left_is_punished_too()
    {
        var net = Net();
        Assert.True(net.Send(Guilty, Contract, ValidatorsAbi.Leave, default).Succeeded);
        Assert.True(Report(net, Evidence(net, 2)).Succeeded);
        Assert.Equal([true], net.View(Contract, ValidatorsAbi.IsTombstoned, net.At(Guilty)));
    }

    [Fact]
    public void The_bond_of_the_operator_pays_half_and_it_is_burned()
    {
        var net = Net();
        var ait = Amount.FromAit(1).Atto;
        net.Send(Guilty, SystemContracts.ProviderBonds, BondsAbi.Bond, ait * 8UL);
        var burned = Supply.Read(net.Store).Burned;
        Assert.True(Report(net, Evidence(net, 3)).Succeeded);
        Assert.Equal(ait * 4UL, net.BalanceOf(SystemContracts.ProviderBonds));
        var fee = net.Head.BaseFeePerGas * net.Head.GasUsed;
        Assert.Equal(burned + (ait * 4UL) + fee, Supply.Read(net.Store).Burned);
    }

    [Fact]
    public void A_report_with_too_little_gas_for_the_bond_changes_nothing()
    {
        var net = Net();
        net.Send(Guilty, SystemContracts.ProviderBonds, BondsAbi.Bond, Amount.FromAit(8).Atto);
        var data = ValidatorsAbi.ReportEquivocation.EncodeCall(Evidence(net, 3));
        var needed = net.Call(Reporter, Contract, data).GasUsed;
        for (var gas = needed / 2; gas < needed; gas += 997)
        {
            var result = BlockExecutor.Call(net.Store, net.At(Reporter), Contract, default, data, gas, net.Next);
            Assert.False(result.Succeeded);
        }

        Assert.True(BlockExecutor.Call(
            net.Store, net.At(Reporter), Contract, default, data, needed, net.Next).Succeeded);
    }

    [Fact]
    public void What_an_honest_validator_may_sign_is_no_evidence()
    {
        var net = Net();
        var vote = ValidatorKeys.Message(net, 3, 1, 7, "a");
        byte[][] others =
        [
            vote,
            ValidatorKeys.Message(net, 3, 2, 7, "b"),
            ValidatorKeys.Message(net, 3, 1, 8, "b"),
            ValidatorKeys.Message(net, 2, 1, 7, "b"),
            ValidatorKeys.Message(net, 3, 1, 7, "b", chainId: 1),
            ValidatorKeys.Message(new Devnet(keys: 9), 3, 1, 7, "b"),
            [.. ValidatorKeys.Message(net, 3, 1, 7, "b"), 0],
            ValidatorKeys.Message(net, 3, 1, 7, "b")[..^1],
            [],
        ];
        Assert.All(others, other =>
        {
            Assert.Equal("BadEvidence()", Refusal(net, Evidence(Guilty, vote, other)));
            Assert.Equal("BadEvidence()", Refusal(net, Evidence(Guilty, other, vote)));
        });
        // Both of another type, or of another chain, are none either.
        Assert.Equal("BadEvidence()", Refusal(net, Evidence(
            Guilty, ValidatorKeys.Message(net, 4, 1, 7, "a"), ValidatorKeys.Message(net, 4, 1, 7, "b"))));
        Assert.Equal("BadEvidence()", Refusal(net, Evidence(
            Guilty, ValidatorKeys.Message(net, 3, 1, 7, "a", 1), ValidatorKeys.Message(net, 3, 1, 7, "b", 1))));
    }

    [Fact]
    public void A_key_is_accused_by_its_own_signatures_of_heights_that_it_decided_only()
    {
        var net = Net();
        var (a, b) = (ValidatorKeys.Message(net, 3, 1, 7, "a"), ValidatorKeys.Message(net, 3, 1, 7, "b"));
        object?[] By(int key, int first, int second) =>
            [ValidatorKeys.Public(key), a, ValidatorKeys.Sign(first, a), b, ValidatorKeys.Sign(second, b)];
        Assert.Equal("BadEvidence()", Refusal(net, By(Guilty, Guilty, 2)));
        Assert.Equal("BadEvidence()", Refusal(net, By(Guilty, 2, Guilty)));
        Assert.Equal("UnknownSigner()", Refusal(net, By(7, 7, 7)));
        Assert.Equal("HeightNotKnown()", Refusal(net, Evidence(net, 3, net.Head.Number + 2)));
        Assert.Null(Refusal(net, Evidence(net, 3, net.Head.Number + 1)));
        Assert.Equal("UnknownSigner()", Refusal(net, Evidence(net, 3, 0)));
        Assert.True(net.Send(Guilty, Contract, ValidatorsAbi.Leave, default).Succeeded);
        net.Mine();
        Assert.Null(Refusal(net, Evidence(net, 3, net.Head.Number - 1)));
        Assert.Equal("UnknownSigner()", Refusal(net, Evidence(net, 3, net.Head.Number)));
    }

    [Fact]
    public void Evidence_beyond_the_changes_of_a_block_counts_in_the_next_one()
    {
        var net = Net();
        var leave = net.Sign(0, Contract, default, ValidatorsAbi.Leave.EncodeCall());
        var data = ValidatorsAbi.ReportEquivocation.EncodeCall(Evidence(net, 3));
        var block = net.Mine(leave, net.Sign(Reporter, Contract, default, data));
        Assert.Equal([true, false], block.Receipts.Select(r => r.Succeeded));
        Assert.Equal([false], net.View(Contract, ValidatorsAbi.IsTombstoned, net.At(Guilty)));
        Assert.True(Report(net, Evidence(net, 3)).Succeeded);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "EvidenceTooOld()")]
    public void Evidence_counts_up_to_the_end_of_its_window(ulong beyond, string? refused)
    {
        var net = Net();
        var next = net.Next with { Number = 1 + RegistryEvidence.Window + beyond };
        var data = ValidatorsAbi.ReportEquivocation.EncodeCall(Evidence(net, 3));
        var result = BlockExecutor.Call(net.Store, net.At(Reporter), Contract, default, data, 3_000_000, next);
        Assert.Equal(refused is null, result.Succeeded);
        if (refused is not null)
            Assert.Equal(AbiFunction.Parse(refused).Selector.ToArray(), result.ReturnData.ToArray());
    }

    private static Devnet Net(ulong blocks = 2)
    {
        var net = new Devnet(keys: 6, validators: 4);
        for (var i = 0UL; i < blocks; i++)
            net.Mine();
        return net;
    }

    private static object?[] Evidence(Devnet net, byte type, ulong height = 1) => Evidence(
        Guilty, ValidatorKeys.Message(net, type, height, 7, "a"), ValidatorKeys.Message(net, type, height, 7, "b"));

    private static object?[] Evidence(int key, byte[] first, byte[] second) =>
        [ValidatorKeys.Public(key), first, ValidatorKeys.Sign(key, first), second, ValidatorKeys.Sign(key, second)];

    private static Aitbc.Ledger.Blocks.Receipt Report(Devnet net, object?[] evidence) =>
        net.Send(Reporter, Contract, ValidatorsAbi.ReportEquivocation, default, evidence);

    private static string? Refusal(Devnet net, object?[] evidence) =>
        Refusal(net, Reporter, ValidatorsAbi.ReportEquivocation, evidence);

    private static string? Refusal(Devnet net, int who, AbiFunction function, params object?[] args) =>
        net.Refusal(who, Contract, ValidatorsAbi.Errors.Select(e => e + "()"), function, default, args);
}
