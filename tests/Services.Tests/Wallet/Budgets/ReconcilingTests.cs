using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Services.Tests.Chain;
using Xunit;

namespace Services.Tests.Wallet.Budgets;

/// <summary>What the chain shows is given back, and nothing else.</summary>
public sealed class ReconcilingTests
{
    private const ulong Fee = BudgetDaemon.Fee;
    private static readonly string Word = new('0', 64);

    [Fact]
    public async Task A_final_transfer_counts_what_it_took_and_gives_back_the_rest_of_its_fee()
    {
        using var folder = new TemporaryFolder();
        await using var node = await ScriptedNode.StartAsync();
        await using var daemon = await BudgetDaemon.StartAsync(folder, node.Http.BaseAddress);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 10 * Fee });
        var signed = await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(500UL));
        node.On("eth_getTransactionReceipt", _ => Receipt(daemon.HashOf(signed.Body), succeeded: true, gasUsed: 1_000));

        await daemon.ReconcileAsync();

        Assert.Equal((UInt256)1_500UL, (await daemon.ShowAsync(budget.Budget.Id)).Spent);
    }

    [Fact]
    public async Task A_reverted_transfer_counts_its_fee_only()
    {
        using var folder = new TemporaryFolder();
        await using var node = await ScriptedNode.StartAsync();
        await using var daemon = await BudgetDaemon.StartAsync(folder, node.Http.BaseAddress);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 10 * Fee });
        var signed = await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(500UL));
        node.On("eth_getTransactionReceipt", _ => Receipt(daemon.HashOf(signed.Body), succeeded: false, gasUsed: Fee));

        await daemon.ReconcileAsync();

        Assert.Equal((UInt256)Fee, (await daemon.ShowAsync(budget.Budget.Id)).Spent);
    }

    [Fact]
    public async Task A_transfer_whose_nonce_was_used_by_another_counts_nothing_and_one_that_waits_stays_counted()
    {
        using var folder = new TemporaryFolder();
        await using var node = await ScriptedNode.StartAsync();
        await using var daemon = await BudgetDaemon.StartAsync(folder, node.Http.BaseAddress);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 10 * Fee });
        await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(500UL));
        await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(7UL, nonce: 1));
        node.On("eth_getTransactionReceipt", _ => null).On("eth_getTransactionCount", "\"0x1\"");

        await daemon.ReconcileAsync();

        Assert.Equal((UInt256)(Fee + 7), (await daemon.ShowAsync(budget.Budget.Id)).Spent);
    }

    [Fact]
    public async Task While_the_node_is_silent_everything_that_was_signed_stays_counted()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder, new Uri("http://127.0.0.1:1/"));
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 10 * Fee });
        await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(500UL));
        await Assert.ThrowsAsync<Aitbc.Sdk.Chain.ChainUnavailableException>(daemon.ReconcileAsync);
        Assert.Equal((UInt256)(Fee + 500), (await daemon.ShowAsync(budget.Budget.Id)).Spent);
    }

    private static JsonObject Receipt(string hash, bool succeeded, ulong gasUsed) => new()
    {
        ["transactionHash"] = hash,
        ["blockHash"] = "0x" + Word,
        ["blockNumber"] = "0x1",
        ["transactionIndex"] = "0x0",
        ["from"] = BudgetDaemon.Payee.ToHex(),
        ["to"] = BudgetDaemon.Payee.ToHex(),
        ["status"] = succeeded ? "0x1" : "0x0",
        ["gasUsed"] = $"0x{gasUsed:x}",
        ["cumulativeGasUsed"] = $"0x{gasUsed:x}",
        ["effectiveGasPrice"] = "0x1",
        ["logs"] = new JsonArray(),
    };
}
