using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;
using static Core.Tests.Ledger.Contracts.Escrow.EscrowMarket;

namespace Core.Tests.Ledger.Contracts.Escrow;

/// <summary>What a stock client of the reference meets: orders of checks and events, frozen fees, windows.</summary>
public sealed class EscrowProfileTests
{
    private static readonly byte[] None = [];
    private static readonly UInt256 Unknown = 99UL;

    [Fact]
    public void Creating_checks_in_the_order_of_the_reference()
    {
        var market = new EscrowMarket();
        var (net, escrow) = (market.Net, market.Escrow);
        var (provider, evaluator) = (net.At(Provider), net.At(Evaluator));
        UInt256 now = net.Seconds;
        string? Create(Address to, Address judge, UInt256 expiry, Address hook) =>
            escrow.Refusal(Client, EscrowAbi.CreateJob, to, judge, expiry, "", hook, UInt256.Zero);
        Assert.Equal(Error("ZeroAddress"), Create(Address.Zero, Address.Zero, now, net.At(5)));
        Assert.Equal(Error("ProviderCannotBeEvaluator"), Create(evaluator, evaluator, now, net.At(5)));
        Assert.Equal(Error("ExpiryTooShort"), Create(provider, evaluator, now + 300UL, net.At(5)));
        Assert.Equal(Error("HookNotWhitelisted"), Create(provider, evaluator, now + 301UL, net.At(5)));
        Assert.Null(Create(Address.Zero, evaluator, now + 301UL, SystemContracts.ReexecutionHook));
    }

    [Fact]
    public void Naming_and_pricing_check_in_the_order_of_the_reference()
    {
        var market = new EscrowMarket();
        var (net, escrow) = (market.Net, market.Escrow);
        object?[] create = market.CreateArguments();
        create[0] = Address.Zero;
        escrow.Do(Client, EscrowAbi.CreateJob, create);
        string? Name(int who, UInt256 id, Address provider) =>
            escrow.Refusal(who, EscrowAbi.SetProvider, id, provider, (UInt256)7UL);
        Assert.Equal(Error("InvalidJob"), Name(Stranger, Unknown, Address.Zero));
        Assert.Equal(Error("Unauthorized"), Name(Stranger, UInt256.One, Address.Zero));
        Assert.Equal(Error("ZeroAddress"), Name(Client, UInt256.One, Address.Zero));
        Assert.Equal(Error("ProviderCannotBeEvaluator"), Name(Client, UInt256.One, net.At(Evaluator)));
        Assert.Equal(Error("ProviderNotSet"), escrow.Refusal(Client, EscrowAbi.Fund, UInt256.One, Budget, None));
        escrow.Do(Client, EscrowAbi.SetProvider, UInt256.One, net.At(Provider), (UInt256)7UL);
        Assert.Equal(Error("WrongStatus"), Name(Client, UInt256.One, Address.Zero));
        string? Price(int who, UInt256 id, Address token) =>
            escrow.Refusal(who, EscrowAbi.SetBudget, id, token, Budget, None);
        Assert.Equal(Error("InvalidJob"), Price(Stranger, Unknown, Address.Zero));
        Assert.Equal(Error("Unauthorized"), Price(Stranger, UInt256.One, Address.Zero));
        Assert.Equal(Error("ZeroAddress"), Price(Client, UInt256.One, Address.Zero));
        Assert.Equal(Error("InvalidToken"), Price(Client, UInt256.One, net.At(Stranger)));
        Assert.Null(Price(Client, UInt256.One, SystemContracts.AitToken));
        Assert.Null(Price(Provider, UInt256.One, SystemContracts.AitToken));
    }

    [Fact]
    public void Funding_checks_in_order_and_takes_exactly_the_budget_that_the_client_expects()
    {
        var market = new EscrowMarket();
        var (net, escrow) = (market.Net, market.Escrow);
        var id = market.Priced();
        string? Fund(int who, UInt256 job, UInt256 budget) =>
            escrow.Refusal(who, EscrowAbi.Fund, job, budget, None);
        Assert.Equal(Error("InvalidJob"), Fund(Stranger, Unknown, default));
        Assert.Equal(Error("Unauthorized"), Fund(Stranger, id, default));
        escrow.Do(Provider, EscrowAbi.SetBudget, id, SystemContracts.AitToken, Budget * 2UL, None);
        Assert.Equal(Error("BudgetMismatch"), Fund(Client, id, Budget));
        Assert.Equal("ERC20: transfer amount exceeds allowance", Fund(Client, id, Budget * 2UL));
        escrow.Do(Provider, EscrowAbi.SetBudget, id, SystemContracts.AitToken, Budget, None);
        net.Seconds += 3_600;
        Assert.Equal(Error("WrongStatus"), Fund(Client, id, Budget));
        net.Seconds -= 1;
        Assert.Equal(["Transfer", "JobFunded"], Names(escrow.Do(Client, EscrowAbi.Fund, id, Budget, None)));
        Assert.Equal(Error("WrongStatus"), Fund(Stranger, id, default));
        Assert.Equal(Budget, net.BalanceOf(SystemContracts.JobEscrow));
        foreach (var token in new[] { SystemContracts.AitToken, net.At(Stranger) })
        {
            Assert.Equal(
                Error("WrongStatus"), escrow.Refusal(Provider, EscrowAbi.SetBudget, id, token, Budget, None));
        }
    }

    [Fact]
    public void Events_come_in_the_order_of_the_reference()
    {
        var market = new EscrowMarket(platformBp: 100, evaluatorBp: 50);
        var id = market.Funded();
        Assert.Equal(["JobSubmitted"], Names(market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, None)));
        Assert.Equal(
            [
                "Transfer", "PlatformFeePaid", "Transfer", "EvaluatorFeePaid", "Transfer", "JobCompleted",
                "PaymentReleased",
            ],
            Names(market.Escrow.Do(Evaluator, EscrowAbi.Complete, id, Result, None)));
        id = market.Funded();
        Assert.Equal(
            ["Transfer", "Refunded", "JobRejected"],
            Names(market.Escrow.Do(Evaluator, EscrowAbi.Reject, id, Result, None)));
        id = market.Priced();
        Assert.Equal(["JobRejected"], Names(market.Escrow.Do(Client, EscrowAbi.Reject, id, Result, None)));
        id = market.Funded();
        market.Net.Seconds += 3_600;
        Assert.Equal(
            ["Transfer", "Refunded", "JobExpired"], Names(market.Escrow.Do(Stranger, EscrowAbi.ClaimRefund, id)));
    }

    [Fact]
    public void A_funded_job_is_split_by_the_rates_of_its_funding()
    {
        var market = new EscrowMarket(platformBp: 100, evaluatorBp: 50);
        var id = market.Funded();
        market.Net.Change(world =>
        {
            world.SetStorage(new StorageKey(SystemContracts.JobEscrow, EscrowStorage.PlatformFeeSlot), 9_000UL);
            world.SetStorage(new StorageKey(SystemContracts.JobEscrow, EscrowStorage.EvaluatorFeeSlot), 1_000UL);
        });
        market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, None);
        var gain = market.Gain(Provider, () => market.Escrow.Do(Evaluator, EscrowAbi.Complete, id, Result, None));
        Assert.Equal(Budget - (Budget / 100UL) - (Budget / 200UL), gain);
    }

    [Fact]
    public void A_stock_job_without_a_window_goes_back_to_the_client_when_its_evaluator_is_silent()
    {
        var market = new EscrowMarket();
        var id = market.Funded();
        market.Net.Seconds += 3_599;
        market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, None);
        market.Net.Seconds += 3_599;
        Assert.Equal(Error("WrongStatus"), market.Escrow.Refusal(Stranger, EscrowAbi.ClaimPayment, id));
        Assert.Equal(Error("GracePeriodActive"), market.Escrow.Refusal(Stranger, EscrowAbi.ClaimRefund, id));
        market.Net.Seconds += 1;
        Assert.Equal(Budget, market.Gain(Client, () => market.Escrow.Do(Stranger, EscrowAbi.ClaimRefund, id)));
    }

    [Fact]
    public void A_stock_job_chooses_a_window_with_its_funds_and_a_silent_evaluator_then_earns_nothing()
    {
        var market = new EscrowMarket(platformBp: 100, evaluatorBp: 50);
        var id = market.Funded(options: Word(60UL));
        Assert.Equal((UInt256)60UL, market.Escrow.Read(EscrowAbi.JobTerms, id)[2]);
        market.Escrow.Do(Provider, EscrowAbi.Submit, id, Result, None);
        market.Net.Seconds += 59;
        Assert.Equal(Error("GracePeriodActive"), market.Escrow.Refusal(Stranger, EscrowAbi.ClaimPayment, id));
        market.Net.Seconds += 1;
        var (platform, evaluation) = (Budget / 100UL, Budget / 200UL);
        var evaluator = market.Net.BalanceOf(market.Net.At(Evaluator));
        var client = market.Net.BalanceOf(market.Net.At(Client));
        var gain = market.Gain(Provider, () => market.Escrow.Do(Stranger, EscrowAbi.ClaimPayment, id));
        Assert.Equal(Budget - platform - evaluation, gain);
        Assert.Equal(evaluator, market.Net.BalanceOf(market.Net.At(Evaluator)));
        Assert.Equal(client + evaluation, market.Net.BalanceOf(market.Net.At(Client)));
    }

    [Theory]
    [InlineData(59UL, 32)]
    [InlineData(2_592_001UL, 32)]
    [InlineData(60UL, 31)]
    [InlineData(60UL, 64)]
    public void A_window_that_is_no_window_is_refused(ulong seconds, int length)
    {
        var market = new EscrowMarket();
        var id = market.Priced();
        byte[] options = [.. Word(seconds), .. new byte[32]];
        Assert.Equal(
            Error("InvalidTerms"), market.Escrow.Refusal(Client, EscrowAbi.Fund, id, Budget, options[..length]));
    }

    private static IEnumerable<string> Names(IReadOnlyList<Log> logs) => logs.Select(
        l => new[]
        {
            AbiEvent.Parse("Transfer(address indexed from,address indexed to,uint256 value)"),
            EscrowAbi.JobFunded, EscrowAbi.JobSubmitted, EscrowAbi.JobCompleted, EscrowAbi.JobRejected,
            EscrowAbi.JobExpired, EscrowAbi.PaymentReleased, EscrowAbi.PlatformFeePaid, EscrowAbi.EvaluatorFeePaid,
            EscrowAbi.Refunded,
        }.Single(e => e.Topic0 == l.Topics[0]).Name);
}
