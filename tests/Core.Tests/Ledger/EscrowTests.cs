using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>The job escrow: who may do what when, and the fixed defects of the reference.</summary>
public sealed class EscrowTests
{
    private const int Client = 0;
    private const int Provider = 1;
    private const int Evaluator = 2;
    private const int Stranger = 3;
    private static readonly UInt256 Budget = Amount.FromAit(2).Atto;
    private static readonly Hash256 Result = Keccak256.Hash("result"u8);

    [Theory]
    [InlineData(10_001UL, 0UL)]
    [InlineData(9_000UL, 1_001UL)]
    [InlineData(ulong.MaxValue, 1UL)]
    [InlineData(2UL, ulong.MaxValue)]
    public void Fee_rates_beyond_the_whole_make_no_genesis_even_when_their_sum_overflows(
        ulong platform, ulong evaluator) =>
        Assert.Throws<ArgumentException>(() => new Devnet(platform, evaluator));

    [Fact]
    public void A_metered_job_pays_the_charge_and_refunds_the_rest()
    {
        var net = new Devnet(platformBp: 100, evaluatorBp: 50);
        var opened = Open(net, "a");
        Assert.Equal(
            [EscrowAbi.JobCreated.Topic0, EscrowAbi.BudgetSet.Topic0, EscrowAbi.JobFunded.Topic0],
            opened.Logs.Select(l => l.Topics[0]));
        Assert.Equal(Budget, net.BalanceOf(SystemContracts.JobEscrow));
        var charge = Budget / 4UL;
        Assert.True(net.Escrow(Provider, EscrowAbi.Submit, default, (UInt256)1UL, Result, Word(charge)).Succeeded);
        var before = net.BalanceOf(net.At(Provider));
        var client = net.BalanceOf(net.At(Client));
        Assert.True(
            net.Escrow(Evaluator, EscrowAbi.Complete, default, (UInt256)1UL, Result, Array.Empty<byte>()).Succeeded);
        Assert.Equal(before + charge - (charge / 100UL) - (charge / 200UL), net.BalanceOf(net.At(Provider)));
        Assert.Equal(client + Budget - charge, net.BalanceOf(net.At(Client)));
        Assert.Equal(default, net.BalanceOf(SystemContracts.JobEscrow));
    }

    [Fact]
    public void A_repeated_order_cannot_pay_twice()
    {
        var net = new Devnet();
        Open(net, "a");
        Assert.Equal("JobKeyUsed", Refusal(net, Client, EscrowAbi.OpenJob, Budget, Order(net, "a")));
        Assert.False(Open(net, "a").Succeeded);
        Assert.Equal(Budget, net.BalanceOf(SystemContracts.JobEscrow));
    }

    [Fact]
    public void A_refund_of_an_open_job_moves_nothing()
    {
        var net = new Devnet();
        Open(net, "victim");
        var id = CreateOpen(net, Stranger);
        net.Seconds += 301;
        var receipt = net.Escrow(Stranger, EscrowAbi.ClaimRefund, default, id);
        Assert.True(receipt.Succeeded);
        Assert.Equal([EscrowAbi.JobExpired.Topic0], receipt.Logs.Select(l => l.Topics[0]));
        Assert.Equal(Budget, net.BalanceOf(SystemContracts.JobEscrow));
    }

    [Fact]
    public void Another_token_cannot_be_set_as_the_budget()
    {
        var net = new Devnet();
        var id = CreateOpen(net, Client);
        Assert.Equal(
            "InvalidToken",
            Refusal(net, Provider, EscrowAbi.SetBudget, default, id, net.At(3), Budget, Array.Empty<byte>()));
    }

    [Fact]
    public void An_open_job_without_budget_is_not_submittable_nor_fundable()
    {
        var net = new Devnet();
        Assert.True(net.Escrow(Client, EscrowAbi.CreateJob, default, net.At(Provider), net.At(Evaluator),
            (UInt256)(net.Seconds + 301), "text", Address.Zero, UInt256.Zero).Succeeded);
        Assert.Equal(
            "WrongStatus", Refusal(net, Provider, EscrowAbi.Submit, default, UInt256.One, Result, Array.Empty<byte>()));
        Assert.Equal(
            "ZeroBudget",
            Refusal(net, Client, EscrowAbi.Fund, default, UInt256.One, UInt256.Zero, Array.Empty<byte>()));
    }

    [Fact]
    public void A_submission_at_the_expiry_is_too_late_and_one_second_before_is_not()
    {
        var net = new Devnet();
        Open(net, "a");
        net.Seconds += 599;
        Assert.Null(Refusal(net, Provider, EscrowAbi.Submit, default, UInt256.One, Result, Array.Empty<byte>()));
        net.Seconds += 1;
        Assert.Equal(
            "WrongStatus", Refusal(net, Provider, EscrowAbi.Submit, default, UInt256.One, Result, Array.Empty<byte>()));
        Assert.True(net.Escrow(Stranger, EscrowAbi.ClaimRefund, default, UInt256.One).Succeeded);
        Assert.Equal(default, net.BalanceOf(SystemContracts.JobEscrow));
    }

    [Fact]
    public void A_silent_evaluator_cannot_keep_the_provider_unpaid()
    {
        var net = new Devnet();
        Open(net, "a", window: 60);
        net.Escrow(Provider, EscrowAbi.Submit, default, UInt256.One, Result, Word(Budget));
        net.Seconds += 59;
        Assert.Equal("GracePeriodActive", Refusal(net, Stranger, EscrowAbi.ClaimPayment, default, UInt256.One));
        net.Seconds += 1;
        Assert.Equal(
            "WrongStatus",
            Refusal(net, Evaluator, EscrowAbi.Reject, default, UInt256.One, Result, Array.Empty<byte>()));
        net.Seconds += 10_000;
        Assert.Equal("WrongStatus", Refusal(net, Client, EscrowAbi.ClaimRefund, default, UInt256.One));
        var before = net.BalanceOf(net.At(Provider));
        Assert.True(net.Escrow(Stranger, EscrowAbi.ClaimPayment, default, UInt256.One).Succeeded);
        Assert.Equal(before + Budget, net.BalanceOf(net.At(Provider)));
    }

    [Fact]
    public void A_charge_above_the_budget_is_refused()
    {
        var net = new Devnet();
        Open(net, "a");
        Assert.Equal(
            "BudgetMismatch",
            Refusal(net, Provider, EscrowAbi.Submit, default, UInt256.One, Result, Word(Budget + 1UL)));
    }

    [Fact]
    public void Only_the_named_party_moves_a_job_in_every_status()
    {
        object?[] id = [UInt256.One];
        object?[] judge = [UInt256.One, Result, Array.Empty<byte>()];
        (AbiFunction Function, object?[] Args, EscrowStatus From, int Who)[] allowed =
        [
            (EscrowAbi.Submit, judge, EscrowStatus.Funded, Provider),
            (EscrowAbi.Reject, judge, EscrowStatus.Funded, Evaluator),
            (EscrowAbi.Reject, judge, EscrowStatus.Submitted, Evaluator),
            (EscrowAbi.Complete, judge, EscrowStatus.Submitted, Evaluator),
        ];
        foreach (var status in Enum.GetValues<EscrowStatus>().Where(s => s != EscrowStatus.Open))
        {
            var net = InStatus(status);
            foreach (var function in new[] { EscrowAbi.Submit, EscrowAbi.Complete, EscrowAbi.Reject })
            {
                for (var who = 0; who < 4; who++)
                {
                    var may = allowed.Any(a => a.Function == function && a.From == status && a.Who == who);
                    Assert.Equal(may, Refusal(net, who, function, default, judge) is null);
                }
            }

            Assert.Equal("WrongStatus", Refusal(net, Stranger, EscrowAbi.ClaimRefund, default, id));
        }
    }

    [Fact]
    public void A_long_description_is_kept_and_a_longer_one_refused()
    {
        var net = new Devnet();
        object?[] Job(string text) =>
            [net.At(Provider), net.At(Evaluator), (UInt256)(net.Seconds + 301), text, Address.Zero, UInt256.Zero];
        var text = new string('ä', 512);
        Assert.True(net.Escrow(Client, EscrowAbi.CreateJob, default, Job(text)).Succeeded);
        var result = net.Call(Client, SystemContracts.JobEscrow, EscrowAbi.GetJob.EncodeCall(UInt256.One));
        Assert.Equal(text, ((object?[])EscrowAbi.GetJob.DecodeResult(result.ReturnData.Span)[0]!)[4]);
        Assert.NotNull(Refusal(net, Client, EscrowAbi.CreateJob, default, Job(text + "x")));
    }

    private static Devnet InStatus(EscrowStatus status)
    {
        var net = new Devnet();
        Open(net, "a");
        object?[] judge = [UInt256.One, Result, Array.Empty<byte>()];
        if (status is EscrowStatus.Submitted or EscrowStatus.Completed)
            net.Escrow(Provider, EscrowAbi.Submit, default, judge);
        if (status == EscrowStatus.Completed)
            net.Escrow(Evaluator, EscrowAbi.Complete, default, judge);
        if (status == EscrowStatus.Rejected)
            net.Escrow(Evaluator, EscrowAbi.Reject, default, judge);
        if (status == EscrowStatus.Expired)
        {
            net.Seconds += 600;
            net.Escrow(Stranger, EscrowAbi.ClaimRefund, default, UInt256.One);
        }

        return net;
    }

    private static UInt256 CreateOpen(Devnet net, int client)
    {
        net.Escrow(client, EscrowAbi.CreateJob, default, net.At(Provider), net.At(Evaluator),
            (UInt256)(net.Seconds + 301), "", Address.Zero, UInt256.Zero);
        var result = net.Call(client, SystemContracts.JobEscrow, EscrowAbi.JobCounter.EncodeCall());
        var id = (UInt256)EscrowAbi.JobCounter.DecodeResult(result.ReturnData.Span)[0]!;
        Assert.True(net.Escrow(
            client, EscrowAbi.SetBudget, default, id, SystemContracts.AitToken, Budget, Array.Empty<byte>()).Succeeded);
        return id;
    }

    private static Receipt Open(Devnet net, string key, ulong window = 0) =>
        net.Escrow(Client, EscrowAbi.OpenJob, Budget, Order(net, key, window));

    private static object?[] Order(Devnet net, string key, ulong window = 0) =>
    [
        JobId.ClientKey(key),
        net.At(Provider),
        net.At(Evaluator),
        (UInt256)(net.Seconds + 600),
        (UInt256)window,
        Result,
    ];

    private static string? Refusal(Devnet net, int who, AbiFunction function, UInt256 value, params object?[] args)
    {
        var result = net.Call(who, SystemContracts.JobEscrow, function.EncodeCall(args), value);
        if (result.Succeeded)
            return null;
        string[] names =
        [
            "InvalidJob", "WrongStatus", "Unauthorized", "ZeroAddress", "ExpiryTooShort", "ZeroBudget",
            "ProviderNotSet",
            "HookNotWhitelisted", "BudgetMismatch", "ProviderCannotBeEvaluator", "GracePeriodActive", "InvalidToken",
        ];
        var selector = result.ReturnData.Span[..4].ToArray();
        if (selector.AsSpan().SequenceEqual(AbiFunction.Parse("JobKeyUsed(uint256)").Selector))
            return "JobKeyUsed";
        return names.FirstOrDefault(n => selector.AsSpan().SequenceEqual(AbiFunction.Parse(n + "()").Selector))
            ?? "text";
    }

    private static byte[] Word(UInt256 value)
    {
        var word = new byte[32];
        value.WriteBigEndian(word);
        return word;
    }
}
