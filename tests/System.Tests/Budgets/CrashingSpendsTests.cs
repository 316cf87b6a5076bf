using System.Globalization;
using System.Tests.Processes;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Wallet;
using Xunit;

namespace System.Tests.Budgets;

/// <summary>
/// Ten agents spend from one budget and a part of it while the daemon is killed again and again: no more than the
/// budget is signed, and the log holds exactly the signatures that were given out. AITBC_SPENDS sets how many spends.
/// </summary>
public sealed class CrashingSpendsTests
{
    private const int Clients = 10;

    [Fact]
    public async Task Killed_at_random_under_spends_of_ten_agents_the_budget_holds_and_nothing_leaks()
    {
        var spends = int.Parse(
            Environment.GetEnvironmentVariable("AITBC_SPENDS") ?? "200", CultureInfo.InvariantCulture);
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletProcess.StartAsync(folder);
        using var http = new HttpClient { BaseAddress = wallet.Url };
        var token = await WalletClient.ReadTokenAsync(Path.Combine(wallet.Data, "wallet.token"));
        var owner = new WalletClient(http, token);
        var account = (await owner.CreateAsync("payer")).Address;

        // Four fifths of the spends fit, whatever their values are.
        var amount = (UInt256)(ulong)(spends * 4 / 5) * (SpendingClient.Fee + 500);
        var whole = await owner.Budgets.CreateAsync(
            new CreateBudgetRequest("agents", new BudgetLimits { Amount = amount }, account));
        var part = await owner.Budgets.CreateAsync(new CreateBudgetRequest(
            "part", new BudgetLimits { Amount = amount / 4UL }, Parent: whole.Budget.Id));

        var clients = Enumerable.Range(0, Clients).Select(i => new SpendingClient(
            wallet.Url, i % 2 == 0 ? whole.Token : part.Token, account, $"c{i}")).ToList();
        await SpendAsync(wallet, clients, spends);
        await wallet.CrashAsync();

        var parts = await LogAsync(owner, part.Budget.Id);
        var lines = (await LogAsync(owner, whole.Budget.Id)).Concat(parts).ToList();
        Assert.DoesNotContain(lines, l => l.State == "reserved");
        var counted = lines.Where(l => l.State == "signed").ToDictionary(l => l.Transaction!.Value, l => l.Amount);
        var given = clients.SelectMany(c => c.Signed).ToList();
        Assert.Equal(counted.Keys.Order(), given.Select(g => g.Hash).Order());
        Assert.All(given, g => Assert.Equal(counted[g.Hash], Takes(g, account)));

        var total = Sum(given.Select(g => Takes(g, account)));
        Assert.True(total <= amount, $"{total} of {amount}");
        Assert.Equal(total, (await owner.Budgets.ShowAsync(whole.Budget.Id)).Spent);
        Assert.Equal(
            Sum(parts.Where(l => l.State == "signed").Select(l => l.Amount)),
            (await owner.Budgets.ShowAsync(part.Budget.Id)).Spent);
        Assert.True(clients.Sum(c => c.Refused) > 0, "the budget was never used up");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{given.Count} signed, {clients.Sum(c => c.Refused)} refused, {clients.Sum(c => c.Lost)} lost, "
            + $"{wallet.Starts - 1} crashes");
        clients.ForEach(c => c.Dispose());
    }

    // Who finishes one of some chosen spends kills the daemon; the others are in the middle of theirs.
    private static async Task SpendAsync(WalletProcess wallet, List<SpendingClient> clients, int spends)
    {
        var random = new Random(5);
        var kills = Enumerable.Range(0, 4).Select(i => (spends / 5 * i) + random.Next(1, spends / 5)).ToHashSet();
        var values = Enumerable.Range(0, spends).Select(_ => (ulong)random.Next(0, 1000)).ToList();
        var (next, done) = (-1, 0);
        await Task.WhenAll(clients.Select(async client =>
        {
            while (Interlocked.Increment(ref next) is var i && i < spends)
            {
                await client.SpendAsync((ulong)i, values[i]);
                if (kills.Contains(Interlocked.Increment(ref done)))
                    await wallet.CrashAsync();
            }
        }));
    }

    private static UInt256 Takes(SignedTransaction signed, Address account)
    {
        Assert.True(TransactionCodec.TryDecode(signed.Raw, out var transaction, out _));
        Assert.True(transaction!.TryRecoverSender(out var sender));
        Assert.Equal(account, sender);
        return transaction.Value + (transaction.MaxFeePerGas * transaction.GasLimit);
    }

    private static async Task<List<SpendEntry>> LogAsync(WalletClient owner, string budget)
    {
        var lines = new List<SpendEntry>();
        for (long? after = 0; after is { } from;)
        {
            var page = await owner.Budgets.SpendsAsync(budget, from, 1_000);
            lines.AddRange(page.Spends);
            after = page.Next;
        }

        return lines;
    }

    private static UInt256 Sum(IEnumerable<UInt256> amounts) => amounts.Aggregate(default(UInt256), (a, b) => a + b);
}
