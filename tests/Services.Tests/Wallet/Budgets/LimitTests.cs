using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Services.Tests.Wallet.Budgets;

/// <summary>Every limit of a budget by itself, with the clock in hand.</summary>
public sealed class LimitTests : IAsyncLifetime
{
    private const ulong Fee = BudgetDaemon.Fee;
    private static readonly Hash256 Job = Hash256.Parse("0x" + new string('a', 64));
    private static readonly Hash256 OtherJob = Hash256.Parse("0x" + new string('b', 64));
    private readonly TemporaryFolder folder = new();

    // Half past eleven in the evening: the next hour is the next day too.
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 28, 23, 30, 0, TimeSpan.Zero));
    private WalletDaemon wallet = null!;
    private BudgetDaemon here = null!;
    private ulong nonce;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        wallet = await WalletDaemon.StartAsync(WalletDaemon.OptionsIn(folder), time);
        here = BudgetDaemon.Over(wallet, (await wallet.Client.CreateAsync("payer", Cancel)).Address);
    }

    public async ValueTask DisposeAsync()
    {
        await wallet.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(BudgetPeriod.Hour)]
    [InlineData(BudgetPeriod.Day)]
    public async Task An_amount_starts_anew_with_the_period_and_not_one_millisecond_sooner(BudgetPeriod period)
    {
        var token = await MakeAsync(new BudgetLimits { Amount = 2 * Fee, Period = period });
        Assert.Equal("", await PayAsync(token, Fee));
        time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromMilliseconds(1));
        Assert.Equal("budget_exceeded", await PayAsync(token, 1));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("", await PayAsync(token, Fee));
        Assert.Equal("budget_exceeded", await PayAsync(token, 1));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(period == BudgetPeriod.Hour ? "" : "budget_exceeded", await PayAsync(token, 1));
        time.Advance(TimeSpan.FromHours(23));
        Assert.Equal("", await PayAsync(token, Fee));
    }

    [Fact]
    public async Task A_total_never_starts_anew()
    {
        var token = await MakeAsync(new BudgetLimits { Amount = 2 * Fee });
        Assert.Equal("", await PayAsync(token, Fee));
        time.Advance(TimeSpan.FromDays(1_000));
        Assert.Equal("budget_exceeded", await PayAsync(token, 1));
    }

    [Fact]
    public async Task The_rate_holds_for_each_minute()
    {
        var token = await MakeAsync(new BudgetLimits { Amount = 100 * Fee, RatePerMinute = 2 });
        Assert.Equal("", await PayAsync(token, 1));
        Assert.Equal("", await PayAsync(token, 1));
        Assert.Equal("rate_limited", await PayAsync(token, 1));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("", await PayAsync(token, 1));
    }

    [Fact]
    public async Task An_expired_budget_signs_nothing_from_its_moment_on_and_a_part_ends_with_the_whole()
    {
        var end = time.GetUtcNow() + TimeSpan.FromMinutes(10);
        var whole = await here.CreateAsync("whole", new BudgetLimits { Amount = 100 * Fee, ExpiresAt = end });
        var part = await here.CreateAsync("part", new BudgetLimits { Amount = 10 * Fee }, whole.Budget.Id);
        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.Equal("", await PayAsync(part.Token, 1));
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("budget_expired", await PayAsync(whole.Token, 1));
        Assert.Equal("budget_expired", await PayAsync(part.Token, 1));
        Assert.Equal("expired", (await here.ShowAsync(part.Budget.Id)).State);
    }

    [Fact]
    public async Task Caps_of_a_call_and_of_a_job_hold_one_by_one()
    {
        var token = await MakeAsync(new BudgetLimits { Amount = 100 * Fee, PerCall = 3 * Fee, PerJob = 4 * Fee });
        Assert.Equal("job_not_named", await PayAsync(token, 1));
        Assert.Equal("call_limit_exceeded", await PayAsync(token, (2 * Fee) + 1, Job));
        Assert.Equal("", await PayAsync(token, 2 * Fee, Job));
        Assert.Equal("job_limit_exceeded", await PayAsync(token, 1, Job));
        Assert.Equal("", await PayAsync(token, 2 * Fee, OtherJob));
    }

    [Theory]
    [InlineData("wasm", null, "class_not_allowed")]
    [InlineData("wasm", "wasm", "")]
    [InlineData("wasm", "wasm2", "class_not_allowed")]
    [InlineData("model/*", "model/qwen3:8b", "")]
    [InlineData("model/*", "gpu/h100", "class_not_allowed")]
    [InlineData("*", "gpu/h100", "")]
    public async Task Only_the_named_classes_are_bought(string allowed, string? asked, string code)
    {
        var token = await MakeAsync(new BudgetLimits { Amount = 100 * Fee, Classes = [allowed] });
        Assert.Equal(code, await PayAsync(token, 1, null, asked));
    }

    [Fact]
    public async Task Only_the_named_payees_are_paid_and_a_part_cannot_name_more()
    {
        var whole = await here.CreateAsync(
            "whole", new BudgetLimits { Amount = 100 * Fee, Payees = [BudgetDaemon.Payee] });
        var part = await here.CreateAsync(
            "part",
            new BudgetLimits { Amount = 10 * Fee, Payees = [BudgetDaemon.Payee, BudgetDaemon.Other] },
            whole.Budget.Id);
        Assert.Equal("", await PayAsync(part.Token, 1));
        var other = BudgetDaemon.Transfer(1, nonce++, BudgetDaemon.Other);
        Assert.Equal("payee_not_allowed", (await here.SignAsync(part.Token, other)).Code);
    }

    [Theory]
    [InlineData(null, "0x0121b93f", "")]
    [InlineData("vote(uint256)", "0x0121b93f", "")]
    [InlineData("0x0121b93f", "0x0121b93f", "")]
    [InlineData("vote(uint256)", "0x12345678", "not_understood")]
    [InlineData("other", "0x0121b93f", "invalid_request")]
    public async Task Contracts_and_methods_are_allowed_one_by_one(string? method, string selector, string code)
    {
        var limits = new BudgetLimits
        {
            Amount = 100 * Fee,
            Contracts = [new AllowedContract(BudgetDaemon.Other, method is null ? null : [method])],
        };
        if (code == "invalid_request")
        {
            var refusal = await Assert.ThrowsAsync<AitbcException>(() => MakeAsync(limits));
            Assert.Equal(code, refusal.Problem.Code);
            return;
        }

        var token = await MakeAsync(limits);
        var data = Convert.FromHexString(selector[2..]).Concat(new byte[32]).ToArray();
        var call = BudgetDaemon.Transfer(0, nonce++, BudgetDaemon.Other, data);
        Assert.Equal(code, (await here.SignAsync(token, call)).Code);
        var elsewhere = BudgetDaemon.Transfer(0, nonce++, BudgetDaemon.Payee, data);
        Assert.Equal("not_understood", (await here.SignAsync(token, elsewhere)).Code);
    }

    [Fact]
    public async Task An_approval_says_until_when_it_is_open_and_lapses_then()
    {
        var token = await MakeAsync(new BudgetLimits { Amount = 100 * Fee, ApproveAbove = 2 * Fee });
        var big = BudgetDaemon.Transfer(5 * Fee, nonce++);
        Assert.Equal("approval_required", (await here.SignAsync(token, big, "big")).Code);
        var waiting = Assert.Single(await wallet.Client.Budgets.ApprovalsAsync(Cancel));
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromHours(1), waiting.OpenUntil);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await wallet.Client.Budgets.ApprovalsAsync(Cancel));
        var late = await Assert.ThrowsAsync<AitbcException>(() =>
            wallet.Client.Budgets.DecideAsync(waiting.Id, approve: true, Cancel));
        Assert.Equal("conflict", late.Problem.Code);
        Assert.Equal("approval_refused", (await here.SignAsync(token, big, "big")).Code);
    }

    [Fact]
    public async Task A_simulation_says_what_would_happen_for_a_job_and_counts_nothing()
    {
        var budget = await here.CreateAsync("agent", new BudgetLimits { Amount = 100, PerJob = 40, ApproveAbove = 30 });
        var asked = new SimulateRequest(35, BudgetDaemon.Payee, new SpendPurpose(Job));
        var fits = await wallet.Client.Budgets.SimulateAsync(budget.Budget.Id, asked, Cancel);
        Assert.Equal((true, true, (UInt256)100), (fits.Allowed, fits.NeedsApproval, fits.Left));
        var tooMuch = await wallet.Client.Budgets.SimulateAsync(budget.Budget.Id, asked with { Amount = 41 }, Cancel);
        Assert.Equal("job_limit_exceeded", tooMuch.Code);
        Assert.Equal(UInt256.Zero, (await here.ShowAsync(budget.Budget.Id)).Spent);
    }

    private async Task<string> MakeAsync(BudgetLimits limits) => (await wallet.Client.Budgets.CreateAsync(
        new CreateBudgetRequest($"b{nonce++}", limits, here.Account), Cancel)).Token;

    private async Task<string> PayAsync(string token, UInt256 value, Hash256? job = null, string? sort = null) =>
        (await here.SignAsync(token, BudgetDaemon.Transfer(value, nonce++), null, new SpendPurpose(job, sort))).Code;
}
