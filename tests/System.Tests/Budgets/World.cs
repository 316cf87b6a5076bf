using System.Diagnostics;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Spender;
using Aitbc.Testing;

namespace System.Tests.Budgets;

/// <summary>The owner's side: an account with coins, a budget of it and a part of that.</summary>
internal sealed class World : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly HttpClient walletHttp;
    private readonly HttpClient nodeHttp;

    private World(HttpClient walletHttp, HttpClient nodeHttp, string token)
    {
        this.walletHttp = walletHttp;
        this.nodeHttp = nodeHttp;
        Owner = new WalletClient(walletHttp, token);
        Chain = new ChainClient(nodeHttp);
    }

    public WalletClient Owner { get; }

    public ChainClient Chain { get; }

    public Address Account { get; } = TestAccounts.Key(0).Address;

    public CreatedBudget Whole { get; private set; } = null!;

    public CreatedBudget Part { get; private set; } = null!;

    public static async Task<World> OpenAsync(WalletProcess wallet, NodeProcess node, UInt256 amount)
    {
        var token = await WalletClient.ReadTokenAsync(Path.Combine(wallet.Data, "wallet.token"));
        var world = new World(
            new HttpClient { BaseAddress = wallet.Url }, new HttpClient { BaseAddress = node.Url }, token);
        using (var key = TestAccounts.Key(0))
        {
            var bytes = new byte[32];
            key.CopyTo(bytes);
            await world.Owner.ImportPrivateKeyAsync(Hex.ToHex(bytes), "payer");
        }

        world.Whole = await world.Owner.Budgets.CreateAsync(
            new CreateBudgetRequest("agents", new BudgetLimits { Amount = amount }, world.Account));
        world.Part = await world.Owner.Budgets.CreateAsync(new CreateBudgetRequest(
            "part", new BudgetLimits { Amount = amount / 3UL }, Parent: world.Whole.Budget.Id));
        return world;
    }

    /// <summary>Waits until the chain has taken in everything, and the wallet has seen it.</summary>
    public async Task SettleAsync(IReadOnlyList<Tally> tallies, TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < tallies.Count; i++)
        {
            var handedIn = (ulong)(tallies[i].Authorizations.Count + tallies[i].Payments.Count);
            while (await Chain.FinalNonceAsync(TestAccounts.Key(i + 1).Address) < handedIn)
                await WaitAsync(watch, patience, "a relayer's transactions are not final");
        }

        while ((await Owner.Budgets.ExposureAsync(Whole.Budget.Id)).Open.Count > 0)
            await WaitAsync(watch, patience, "the wallet has not seen what became of everything");
    }

    /// <summary>Every line of both budgets.</summary>
    public async Task<IReadOnlyList<SpendEntry>> LinesAsync()
    {
        var lines = new List<SpendEntry>();
        foreach (var budget in new[] { Whole, Part })
        {
            for (long? after = 0; after is { } from;)
            {
                var page = await Owner.Budgets.SpendsAsync(budget.Budget.Id, from, 1_000);
                lines.AddRange(page.Spends);
                after = page.Next;
            }
        }

        return lines;
    }

    public void Dispose()
    {
        walletHttp.Dispose();
        nodeHttp.Dispose();
    }

    private static async Task WaitAsync(Stopwatch watch, TimeSpan patience, string what)
    {
        if (watch.Elapsed > patience)
            throw new TimeoutException($"After {patience} {what}.");
        await Task.Delay(Pause);
    }
}
