using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Bonds;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>Provider bonds: in, waiting, out, and that no coin is made or lost on the way.</summary>
public sealed class BondTests
{
    private const int Provider = 1;
    private const int Other = 2;
    private static readonly Address Contract = SystemContracts.ProviderBonds;
    private static readonly UInt256 Ait = Amount.FromAit(1).Atto;

    [Fact]
    public void A_bond_comes_back_after_the_unbonding_time_and_not_a_second_before()
    {
        var net = new Devnet();
        Assert.True(net.Send(Provider, Contract, BondsAbi.Bond, Ait * 10UL).Succeeded);
        Assert.True(net.Send(Other, Contract, BondsAbi.TopUp, Ait, net.At(Provider)).Succeeded);
        Assert.Equal(Ait * 11UL, Number(net, BondsAbi.BondOf));
        var receipt = net.Send(Provider, Contract, BondsAbi.RequestUnbonding, default, Ait * 4UL);
        var releaseAt = (UInt256)(net.Seconds + ProviderBondsContract.UnbondingTime);
        Assert.Equal(
            [net.At(Provider), Ait * 4UL, releaseAt],
            BondsAbi.UnbondingRequested.TryDecode(receipt.Logs[0].Topics, receipt.Logs[0].Data.Span));
        Assert.Equal(
            (Ait * 7UL, Ait * 4UL), (Number(net, BondsAbi.BondOf), Number(net, BondsAbi.UnbondingOf)));
        net.Seconds += ProviderBondsContract.UnbondingTime - 1;
        Assert.Equal(default, Number(net, BondsAbi.Available));
        Assert.Equal("NothingToWithdraw()", Refusal(net, BondsAbi.Withdraw));
        net.Seconds += 1;
        Assert.Equal(Ait * 4UL, Number(net, BondsAbi.Available));
        var (before, held) = (net.BalanceOf(net.At(Provider)), net.BalanceOf(Contract));
        var paid = net.Send(Provider, Contract, BondsAbi.Withdraw, default);
        Assert.True(paid.Succeeded);
        Assert.Equal(held - (Ait * 4UL), net.BalanceOf(Contract));
        Assert.Equal(before + (Ait * 4UL) - (paid.EffectiveGasPrice * paid.GasUsed), net.BalanceOf(net.At(Provider)));
        Assert.Equal("NothingToWithdraw()", Refusal(net, BondsAbi.Withdraw));
        Assert.Equal(Ait * 7UL, Number(net, BondsAbi.Held));
    }

    [Fact]
    public void Nothing_empty_and_nothing_for_nobody_is_bonded()
    {
        var net = new Devnet();
        Assert.Equal("ZeroAmount()", Refusal(net, BondsAbi.Bond));
        Assert.Equal(
            "ZeroAddress()",
            net.Refusal(Provider, Contract, Errors, BondsAbi.TopUp, Ait, Address.Zero));
        Assert.Equal("ZeroAmount()", Refusal(net, BondsAbi.RequestUnbonding, UInt256.Zero));
        Assert.Equal("BondTooSmall()", Refusal(net, BondsAbi.RequestUnbonding, UInt256.One));
        Assert.False(net.Send(Provider, Contract, BondsAbi.Withdraw, Ait).Succeeded);
    }

    [Fact]
    public void A_ninth_unbonding_waits_until_one_was_withdrawn()
    {
        var net = new Devnet();
        net.Send(Provider, Contract, BondsAbi.Bond, Ait * 20UL);
        for (var i = 0; i < ProviderBondsContract.MaxUnbondings; i++)
        {
            Assert.True(net.Send(Provider, Contract, BondsAbi.RequestUnbonding, default, Ait + (ulong)i).Succeeded);
            net.Seconds += 10;
        }

        Assert.Equal("TooManyUnbondings()", Refusal(net, BondsAbi.RequestUnbonding, Ait));
        net.Seconds += ProviderBondsContract.UnbondingTime - 70;
        Assert.True(net.Send(Provider, Contract, BondsAbi.Withdraw, default).Succeeded);
        var entries = Entries(net);
        Assert.Equal([Ait + 2UL, Ait + 3UL, Ait + 4UL, Ait + 5UL, Ait + 6UL, Ait + 7UL], entries.Select(e => e.Amount));
        Assert.Equal(entries.Select(e => e.ReleaseAt).Order(), entries.Select(e => e.ReleaseAt));
        Assert.Null(Refusal(net, BondsAbi.RequestUnbonding, Ait));
    }

    [Fact]
    public void Only_the_escrow_and_the_validator_registry_give_verdicts()
    {
        var net = new Devnet();
        net.Send(Provider, Contract, BondsAbi.Bond, Ait);
        Assert.Equal(
            "Unauthorized()",
            Refusal(net, BondsAbi.SlashFor, net.At(Provider), Address.Zero, Ait, Hash256.Zero));
    }

    [Fact]
    public void A_bond_behaves_as_its_model_over_random_lives() =>
        Gen.Select(Gen.Int[0, 3], Gen.ULong[0, 6], Gen.ULong[0, 300_000]).Array[1, 40].Sample(
            steps =>
            {
                var net = new Devnet();
                var (bonded, waiting) = (UInt256.Zero, new List<(UInt256 Amount, ulong ReleaseAt)>());
                foreach (var (action, amount, seconds) in steps)
                {
                    net.Seconds += seconds;
                    var value = Ait * amount;
                    switch (action)
                    {
                        case 0:
                            var isBonded = net.Send(Provider, Contract, BondsAbi.Bond, value).Succeeded;
                            Assert.Equal(amount > 0 && value <= Ait * 100UL, isBonded);
                            bonded += isBonded ? value : default;
                            break;
                        case 1 or 2:
                            var may = amount > 0 && value <= bonded && waiting.Count < 8;
                            Assert.Equal(
                                may, net.Send(Provider, Contract, BondsAbi.RequestUnbonding, default, value).Succeeded);
                            if (may)
                            {
                                bonded -= value;
                                waiting.Add((value, net.Seconds + ProviderBondsContract.UnbondingTime));
                            }

                            break;
                        default:
                            var ripe = waiting.RemoveAll(w => w.ReleaseAt <= net.Seconds);
                            Assert.Equal(ripe > 0, net.Send(Provider, Contract, BondsAbi.Withdraw, default).Succeeded);
                            break;
                    }

                    Assert.Equal(bonded, Number(net, BondsAbi.BondOf));
                    Assert.Equal(waiting.Select(w => (w.Amount, (UInt256)w.ReleaseAt)), Entries(net));
                    var sum = waiting.Aggregate(bonded, (s, w) => s + w.Amount);
                    Assert.Equal((sum, sum), (net.BalanceOf(Contract), Number(net, BondsAbi.Held)));
                }
            },
            iter: 60);

    private static IEnumerable<string> Errors => BondsAbi.Errors.Select(e => e + "()");

    private static UInt256 Number(Devnet net, AbiFunction view) => (UInt256)net.View(
        Contract, view, view.Arguments.Count == 0 ? [] : [net.At(Provider)])[0]!;

    private static List<(UInt256 Amount, UInt256 ReleaseAt)> Entries(Devnet net) =>
        [.. ((object?[])net.View(Contract, BondsAbi.Unbondings, net.At(Provider))[0]!)
            .Cast<object?[]>().Select(e => ((UInt256)e[0]!, (UInt256)e[1]!))];

    private static string? Refusal(Devnet net, AbiFunction function, params object?[] args) =>
        net.Refusal(Provider, Contract, Errors, function, default, args);
}
