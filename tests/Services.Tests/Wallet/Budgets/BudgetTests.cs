using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Xunit;

namespace Services.Tests.Wallet.Budgets;

/// <summary>What a budget signs and what it refuses.</summary>
public sealed class BudgetTests
{
    private const ulong Fee = BudgetDaemon.Fee;

    [Fact]
    public async Task A_budget_signs_until_its_amount_is_gone_and_not_one_atto_more()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = (2 * Fee) + 100 });

        Assert.Equal(200, (await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(60UL))).Status);
        Assert.Equal(
            "budget_exceeded", (await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(41UL, 1))).Code);
        Assert.Equal(200, (await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(40UL, 1))).Status);
        Assert.Equal("budget_exceeded", (await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(0UL, 2))).Code);

        var now = await daemon.ShowAsync(budget.Budget.Id);
        Assert.Equal(budget.Budget.Limits.Amount, now.Spent);
        Assert.Equal(UInt256.Zero, now.Left);
    }

    [Fact]
    public async Task Sixty_four_racing_spends_never_take_more_than_there_is()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 10 * (Fee + 1) });

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(
            i => daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(UInt256.One, (ulong)i))));

        Assert.Equal(10, answers.Count(a => a.Status == 200));
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal("budget_exceeded", a.Code));
    }

    [Fact]
    public async Task A_childs_spends_are_its_parents_and_a_parent_without_rest_ends_the_child()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var parent = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 3 * Fee });
        var child = await daemon.CreateAsync("sub", new BudgetLimits { Amount = 2 * Fee }, token: parent.Token);

        Assert.Equal(200, (await daemon.SignAsync(child.Token, BudgetDaemon.Transfer(default))).Status);
        Assert.Equal(200, (await daemon.SignAsync(parent.Token, BudgetDaemon.Transfer(default, 1))).Status);
        Assert.Equal(200, (await daemon.SignAsync(parent.Token, BudgetDaemon.Transfer(default, 2))).Status);
        Assert.Equal("budget_exceeded", (await daemon.SignAsync(child.Token, BudgetDaemon.Transfer(default, 3))).Code);
    }

    [Fact]
    public async Task A_part_is_never_larger_than_what_the_whole_has_left()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var parent = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 3 * Fee });
        await daemon.SignAsync(parent.Token, BudgetDaemon.Transfer(default));
        var refused = await daemon.PostAsync(
            "v1/budgets", $"{{\"label\":\"sub\",\"limits\":{{\"amount\":\"{(2 * Fee) + 1}\"}}}}", parent.Token);
        Assert.Equal("budget_exceeded", refused.Code);
        var child = await daemon.CreateAsync("sub", new BudgetLimits { Amount = 2 * Fee }, token: parent.Token);
        var more = await daemon.PostAsync($"v1/budgets/{child.Budget.Id}/top-up", "{\"amount\":\"1\"}", parent.Token);
        Assert.Equal("budget_exceeded", more.Code);
    }

    [Fact]
    public async Task A_budget_cannot_top_itself_up_or_touch_what_is_not_below_it()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var one = await daemon.CreateAsync("one", new BudgetLimits { Amount = Fee });
        var two = await daemon.CreateAsync("two", new BudgetLimits { Amount = Fee });
        var itself = await daemon.PostAsync($"v1/budgets/{one.Budget.Id}/top-up", "{\"amount\":\"1\"}", one.Token);
        var other = await daemon.PostAsync($"v1/budgets/{two.Budget.Id}/revoke", "{}", one.Token);
        var account = await daemon.PostAsync("v1/accounts", "{\"label\":\"mine\"}", one.Token);
        Assert.Equal(["forbidden", "budget_not_found", "forbidden"], [itself.Code, other.Code, account.Code]);
    }

    [Fact]
    public async Task Revoking_ends_signing_at_once_for_the_budget_and_everything_below_it()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var parent = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 9 * Fee });
        var child = await daemon.CreateAsync("sub", new BudgetLimits { Amount = 2 * Fee }, token: parent.Token);
        await daemon.SignAsync(child.Token, BudgetDaemon.Transfer(5UL));

        var revoked = await daemon.PostAsync($"v1/budgets/{parent.Budget.Id}/revoke", "{}");

        Assert.Equal(200, revoked.Status);
        Assert.Contains($"\"exposed\":\"{Fee + 5}\"", revoked.Body, StringComparison.Ordinal);
        Assert.Equal("budget_revoked", (await daemon.SignAsync(child.Token, BudgetDaemon.Transfer(default, 1))).Code);
        Assert.Equal("budget_revoked", (await daemon.SignAsync(parent.Token, BudgetDaemon.Transfer(default, 1))).Code);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_signature_and_counts_once_and_another_body_is_a_conflict()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 5 * Fee });
        var first = await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(1UL), "k1");
        var again = await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(1UL), "k1");
        var other = await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(2UL), "k1");
        Assert.Equal(first, again);
        Assert.Equal((409, "idempotency_key_reused"), (other.Status, other.Code));
        Assert.Equal((UInt256)(Fee + 1), (await daemon.ShowAsync(budget.Budget.Id)).Spent);
    }

    [Fact]
    public async Task Payees_calls_and_jobs_have_their_own_limits()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits
        {
            Amount = 100 * Fee,
            PerCall = 2 * Fee,
            PerJob = 3 * Fee,
            Payees = [BudgetDaemon.Payee],
        });
        var job = new SpendPurpose(Keccak256.Hash("job"u8));

        async Task<string> Sign(UInt256 value, ulong nonce, SpendPurpose? purpose, Address? to = null) =>
            (await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(value, nonce, to), purpose: purpose)).Code;

        Assert.Equal("call_limit_exceeded", await Sign(Fee + 1, 0, job));
        Assert.Equal("payee_not_allowed", await Sign(1UL, 0, job, BudgetDaemon.Other));
        Assert.Equal("job_not_named", await Sign(1UL, 0, null));
        Assert.Equal("", await Sign(Fee, 0, job));
        Assert.Equal("job_limit_exceeded", await Sign(1UL, 1, job));
        Assert.Equal("", await Sign(1UL, 1, new SpendPurpose(Keccak256.Hash("another"u8))));
    }

    [Fact]
    public async Task A_call_that_is_not_understood_is_refused_unless_the_owner_allowed_that_method()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var vote = AbiFunction.Parse("vote(uint256)").EncodeCall((UInt256)1UL);
        var plain = await daemon.CreateAsync("plain", new BudgetLimits { Amount = 10 * Fee });
        var voter = await daemon.CreateAsync("voter", new BudgetLimits
        {
            Amount = 10 * Fee,
            Contracts = [new AllowedContract(BudgetDaemon.Other, ["vote(uint256)"])],
        });
        var call = BudgetDaemon.Transfer(default, to: BudgetDaemon.Other, data: vote);
        var elsewhere = BudgetDaemon.Transfer(default, to: BudgetDaemon.Payee, data: vote);
        Assert.Equal("not_understood", (await daemon.SignAsync(plain.Token, call)).Code);
        Assert.Equal("not_understood", (await daemon.SignAsync(voter.Token, elsewhere)).Code);
        Assert.Equal(200, (await daemon.SignAsync(voter.Token, call)).Status);
    }

    [Fact]
    public async Task A_token_transfer_an_allowance_and_a_job_count_what_they_move()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 1_000_000 });
        var transfer = AbiFunction.Parse("transfer(address,uint256)").EncodeCall(BudgetDaemon.Payee, (UInt256)1_000UL);
        var approve = AbiFunction.Parse("approve(address,uint256)").EncodeCall(BudgetDaemon.Payee, UInt256.MaxValue);
        var token = SystemContractAddresses.Token;
        Assert.Equal(
            200, (await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(default, 0, token, transfer))).Status);
        Assert.Equal((UInt256)(Fee + 1_000), (await daemon.ShowAsync(budget.Budget.Id)).Spent);
        Assert.Equal(
            "budget_exceeded",
            (await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(default, 1, token, approve))).Code);
    }

    [Fact]
    public async Task What_is_above_the_threshold_waits_for_the_owner_and_is_signed_after_the_approval()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 10 * Fee, ApproveAbove = Fee });
        var large = BudgetDaemon.Transfer(7UL);
        Assert.Equal("idempotency_key_required", (await daemon.SignAsync(budget.Token, large)).Code);
        Assert.Equal("approval_required", (await daemon.SignAsync(budget.Token, large, "big")).Code);
        Assert.Equal(UInt256.Zero, (await daemon.ShowAsync(budget.Budget.Id)).Spent);
        Assert.Equal("forbidden", (await daemon.PostAsync("v1/approvals/1/approve", "{}", budget.Token)).Code);
        Assert.Equal(204, (await daemon.PostAsync("v1/approvals/1/approve", "{}")).Status);
        Assert.Equal(200, (await daemon.SignAsync(budget.Token, large, "big")).Status);
        Assert.Equal((UInt256)(Fee + 7), (await daemon.ShowAsync(budget.Budget.Id)).Spent);
    }
}
