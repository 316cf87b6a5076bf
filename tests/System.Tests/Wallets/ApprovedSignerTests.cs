using System.Tests.Processes;
using Aitbc.Cli.Shell;
using Aitbc.Cli.Wallets;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;
using Xunit;

namespace System.Tests.Wallets;

/// <summary><c>wallet send --wait-approval</c>: asks, waits, and signs once the owner agrees.</summary>
public sealed class ApprovedSignerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_waits_for_the_owner_and_takes_a_no_for_a_no()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await RunningWallet.StartAsync(folder, RunningWallet.Configure(folder));
        using var http = new HttpClient { BaseAddress = new Uri(daemon.Url) };
        var owner = new WalletClient(http, await WalletClient.ReadTokenAsync(daemon.TokenFile, Cancel));
        var account = await owner.CreateAsync("payer", Cancel);
        var limits = new BudgetLimits { Amount = 10_000_000, ApproveAbove = 100_000 };
        var budget = await owner.Budgets.CreateAsync(new CreateBudgetRequest("agent", limits, account.Address), Cancel);
        var told = new StringWriter();
        var signer = new ApprovedSigner(
            new WalletClient(http, budget.Token), TimeSpan.FromMinutes(1), new Output(false, TextWriter.Null, told));

        var signing = signer.SignTransactionAsync(account.Address, Transfer(0), Cancel);
        await owner.Budgets.DecideAsync(await WaitingAsync(owner), approve: true, Cancel);
        Assert.Equal((UInt256)200_000, (await signing).Value);
        Assert.Contains("aitbc budget approve", told.ToString());

        var refused = signer.SignTransactionAsync(account.Address, Transfer(1), Cancel);
        await owner.Budgets.DecideAsync(await WaitingAsync(owner), approve: false, Cancel);
        Assert.Equal("approval_refused", (await Assert.ThrowsAsync<AitbcException>(() => refused)).Problem.Code);

        var impatient = new ApprovedSigner(
            new WalletClient(http, budget.Token), TimeSpan.Zero, new Output(false, TextWriter.Null, told));
        var over = await Assert.ThrowsAsync<AitbcException>(
            () => impatient.SignTransactionAsync(account.Address, Transfer(2), Cancel));
        Assert.Equal("approval_required", over.Problem.Code);
    }

    private static async Task<long> WaitingAsync(WalletClient owner)
    {
        while (true)
        {
            if (await owner.Budgets.ApprovalsAsync(Cancel) is [{ Id: var id }])
                return id;
            await Task.Delay(20, Cancel);
        }
    }

    private static Transaction Transfer(ulong nonce) => new()
    {
        Type = TransactionType.DynamicFee,
        ChainId = 7777UL,
        Nonce = nonce,
        MaxFeePerGas = UInt256.One,
        MaxPriorityFeePerGas = UInt256.One,
        GasLimit = 21_000,
        To = Address.Parse("0x000000000000000000000000000000000000dEaD"),
        Value = 200_000,
    };
}
