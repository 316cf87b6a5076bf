using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;
using Aitbc.Testing;
using Services.Tests.Wallet.Payments;
using Xunit;

namespace Services.Tests.Wallet.Budgets;

/// <summary>A budget funds a job in escrow on a real node, and what the job does not cost comes back to it.</summary>
public sealed class EscrowFundingTests
{
    private const ulong Held = 1_000_000;
    private static readonly Hash256 Key = Keccak256.Hash("order"u8);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(300_000UL)]
    [InlineData(null)]
    public async Task A_job_counts_what_it_holds_and_then_what_it_costs(ulong? charge)
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(Amount.FromAit(1).Atto);
        var (escrow, opened) = await OpenAsync(world, budget);
        var fee = opened.Transaction!.Receipt.GasUsed * opened.Transaction.Receipt.EffectiveGasPrice;
        await world.ReconcileAsync();
        Assert.True(await world.SpentAsync(budget) >= fee + Held);

        if (charge is { } price)
        {
            await escrow.SubmitAsync(world.Shop.Relayer, opened.JobId, default, price, Cancel);
            await PassAsync(world, 61);
            await escrow.ClaimPaymentAsync(world.Shop.Relayer, opened.JobId, Cancel);
        }
        else
        {
            await PassAsync(world, 3_601);
            await escrow.ClaimRefundAsync(world.Shop.Relayer, opened.JobId, Cancel);
        }

        await world.ReconcileAsync();
        Assert.Equal(fee + (charge ?? 0), await world.SpentAsync(budget));
        var line = Assert.Single((await world.Wallet.Client.Budgets.SpendsAsync(budget.Budget.Id)).Spends);
        Assert.Equal(("openJob", "settled", JobId.Derive(world.Account, Key)), (line.Kind, line.State, line.JobId));
        var audit = await world.Wallet.Client.Budgets.AuditAsync(cancel: Cancel);
        Assert.True((audit.Found, audit.OnChain) == (0, 1), string.Join("; ", audit.Differences));
    }

    [Theory]
    [InlineData(0, 300_000UL)]
    [InlineData(120, 200_010UL)]
    public async Task A_job_with_a_level_counts_alike_and_then_what_was_paid(int after, ulong paid)
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(Amount.FromAit(1).Atto);
        var (escrow, opened) = await OpenAsync(world, budget, new JobLevel(60, 3_333));
        var fee = opened.Transaction!.Receipt.GasUsed * opened.Transaction.Receipt.EffectiveGasPrice;
        await world.ReconcileAsync();
        Assert.True(await world.SpentAsync(budget) >= fee + Held);
        await PassAsync(world, after);

        await escrow.SubmitAsync(world.Shop.Relayer, opened.JobId, default, 300_000UL, Cancel);
        await PassAsync(world, 61);
        await escrow.ClaimPaymentAsync(world.Shop.Relayer, opened.JobId, Cancel);

        await world.ReconcileAsync();
        Assert.Equal(fee + paid, await world.SpentAsync(budget));
        var line = Assert.Single((await world.Wallet.Client.Budgets.SpendsAsync(budget.Budget.Id)).Spends);
        Assert.Equal(("openJob", "settled", JobId.Derive(world.Account, Key)), (line.Kind, line.State, line.JobId));
        var audit = await world.Wallet.Client.Budgets.AuditAsync(cancel: Cancel);
        Assert.True((audit.Found, audit.OnChain) == (0, 1), string.Join("; ", audit.Differences));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_beyond_the_limit_of_a_job_or_for_another_provider_is_not_funded(bool isPromised)
    {
        await using var world = await PayWorld.StartAsync();
        var small = await world.BudgetAsync(Amount.FromAit(1).Atto, "small", new BudgetLimits
        {
            Amount = 1,
            PerJob = Held,
        });
        var other = await world.BudgetAsync(Amount.FromAit(1).Atto, "other", new BudgetLimits
        {
            Amount = 1,
            Payees = [BudgetDaemon.Payee],
        });
        var level = isPromised ? new JobLevel(60, 1) : null;
        var onJob = await Assert.ThrowsAsync<AitbcException>(() => OpenAsync(world, small, level));
        var toOther = await Assert.ThrowsAsync<AitbcException>(() => OpenAsync(world, other, level));
        Assert.Equal(["job_limit_exceeded", "payee_not_allowed"], [onJob.Problem.Code, toOther.Problem.Code]);
        Assert.Equal(UInt256.Zero, await world.SpentAsync(small));
        Assert.Equal(0UL, await new EscrowClient(world.Chain).JobCountAsync(Cancel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stake_counts_until_the_votes_are_there_and_then_what_they_keep(bool isConfirmed)
    {
        await using var world = await PayWorld.StartAsync();
        using var member = new LocalSigner(TestAccounts.Key(2));
        await world.Shop.SendAsync(new CallRequest(member.Address, default, Amount.FromAit(1).Atto));
        var budget = await world.BudgetAsync(Amount.FromAit(1).Atto);
        var committee = new JobReexecution
        {
            Reexecutors = [member.Address],
            Bond = 5_000,
            Fee = 700,
            VotingTime = 60,
            EngineVersion = "test 1",
        };
        var (escrow, opened) = await OpenAsync(world, budget, committee: committee);
        var result = Keccak256.Hash("result"u8);
        await escrow.SubmitAsync(
            world.Shop.Relayer, opened.JobId, Keccak256.Hash("receipt"u8), 300_000UL, result, Cancel);
        var agent = new WalletClient(world.Wallet.Http, budget.Token);
        var staked = await new ReexecutionClient(world.Chain, new TransactionSender(world.Chain, agent))
            .DisputeAsync(world.Account, opened.JobId, committee.Stake(), Cancel);
        var fees = FeeOf(opened.Transaction!) + FeeOf(staked);
        await world.ReconcileAsync();
        Assert.True(await world.SpentAsync(budget) >= fees + Held + committee.Stake());

        await new ReexecutionClient(world.Chain, new TransactionSender(world.Chain, member))
            .VoteAsync(member.Address, opened.JobId, isConfirmed ? result : ReexecutionResult.None, Cancel);
        await world.ReconcileAsync();
        Assert.Equal(fees + 700 + (isConfirmed ? 300_000UL + 5_000UL : 0), await world.SpentAsync(budget));
        var lines = (await world.Wallet.Client.Budgets.SpendsAsync(budget.Budget.Id)).Spends;
        Assert.Equal(["dispute", "openJob"], lines.Select(l => l.Kind).Order());
        Assert.All(lines, l => Assert.Equal("settled", l.State));
        var audit = await world.Wallet.Client.Budgets.AuditAsync(cancel: Cancel);
        Assert.True((audit.Found, audit.OnChain) == (0, 2), string.Join("; ", audit.Differences));
    }

    private static UInt256 FeeOf(SentTransaction sent) => sent.Receipt.GasUsed * sent.Receipt.EffectiveGasPrice;

    private static Task PassAsync(PayWorld world, int seconds)
    {
        world.Time.Advance(TimeSpan.FromSeconds(seconds));
        return world.TickAsync();
    }

    private static async Task<(EscrowClient Escrow, OpenedJob Job)> OpenAsync(
        PayWorld world, CreatedBudget budget, JobLevel? level = null, JobReexecution? committee = null)
    {
        var agent = new WalletClient(world.Wallet.Http, budget.Token);
        var provider = new EscrowClient(
            world.Chain, new TransactionSender(world.Chain, new LocalSigner(TestAccounts.Key(1))));
        var opened = await new EscrowClient(world.Chain, new TransactionSender(world.Chain, agent)).OpenJobAsync(
            world.Account,
            new OpenJobRequest(
                Key,
                world.Shop.Relayer,
                BudgetDaemon.Other,
                (ulong)world.Time.GetUtcNow().ToUnixTimeSeconds() + 3_600,
                60,
                Keccak256.Hash("terms"u8),
                Held)
            {
                Level = level,
                Reexecution = committee,
            },
            Cancel);
        return (provider, opened);
    }
}
