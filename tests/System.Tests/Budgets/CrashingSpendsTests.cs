using System.Diagnostics;
using System.Globalization;
using System.Tests.Processes;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Spender;
using Aitbc.Testing;
using Xunit;

namespace System.Tests.Budgets;

/// <summary>
/// Ten agents, each a process, spend from one budget and a part of it while the daemon is killed at random times: no
/// more than the budget is signed, the log holds exactly the signatures that were given out, and the chain shows that
/// the account lost exactly what the log says. AITBC_SPENDS sets how many spends, AITBC_SEED repeats a run.
/// </summary>
public sealed class CrashingSpendsTests
{
    private const int Agents = 10;
    private const int SpendsAKill = 200;
    private const ulong WorstFee = Plan.Gas * Plan.MaxFee;
    private const ulong PaidFee = Plan.Gas * Plan.PaidFee;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Killed_at_random_under_spends_of_ten_processes_log_signatures_and_chain_agree()
    {
        var spends = Number("AITBC_SPENDS", 150);
        var seed = Number("AITBC_SEED", Environment.TickCount & 0xffff);
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        await using var node = await NodeProcess.StartAsync(folder, Agents + 1);
        await using var wallet = await WalletProcess.StartAsync(folder, node.Url);
        using var world = await World.OpenAsync(wallet, node, Budget(spends));
        var before = await world.Chain.BalanceAsync(world.Account);
        var watch = Stopwatch.StartNew();

        var plans = Plans(world, wallet.Url, node.Url, spends, random);
        var running = Task.WhenAll(plans.Select(SpenderProcess.RunAsync));
        await KillAsync(wallet, running, random, Math.Max(3, spends / SpendsAKill));
        var tallies = await running;
        var took = watch.Elapsed;
        await wallet.CrashAsync();
        await world.SettleAsync(tallies, Patience);

        var lines = await world.LinesAsync();
        CheckLines(lines, tallies);
        var lost = before - await world.Chain.BalanceAsync(world.Account);
        Assert.Equal(Sum(tallies.Select(Took)), lost);
        Assert.Equal(lost, (await world.Owner.Budgets.ShowAsync(world.Whole.Budget.Id)).Spent);
        Assert.True(lost <= Budget(spends), $"{lost} of {Budget(spends)}");
        Assert.True(tallies.Sum(t => t.Refused) > 0, "the budget was never used up");
        var audit = await world.Owner.Budgets.AuditAsync();
        Assert.True(audit.Found == 0 && audit.OnChain > 0, string.Join("; ", audit.Differences));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{tallies.Sum(Given)} signed, {tallies.Sum(t => t.Refused)} refused, {tallies.Sum(t => t.Lost)} lost, "
            + $"{tallies.Sum(t => t.Void)} void, {wallet.Starts - 1} crashes in {took.TotalSeconds:0} s, seed {seed}; "
            + $"{audit.OnChain} compared with the chain");
    }

    // What four fifths of the spends take: values are 1 to 999,999, and every third one pays a fee.
    private static ulong Budget(int spends) => (ulong)spends * 4 / 5 * (500_000 + (PaidFee / 3));

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;

    private static List<Plan> Plans(World world, Uri wallet, Uri node, int spends, Random random) =>
    [
        .. Enumerable.Range(0, Agents).Select(i => new Plan(
            wallet,
            node,
            i % 2 == 0 ? world.Whole.Token : world.Part.Token,
            world.Account.ToString(),
            $"agent-{i}",
            i + 1,
            [.. Enumerable.Range(0, spends / Agents).Select(_ => (ulong)random.Next(1, 1_000_000))])),
    ];

    // At any moment, and so often at most that the agents come to their end.
    private static async Task KillAsync(WalletProcess wallet, Task running, Random random, int most)
    {
        for (var i = 0; i < most && await Task.WhenAny(running, Task.Delay(random.Next(100, 3_000))) != running; i++)
            await wallet.CrashAsync();
    }

    private static void CheckLines(IReadOnlyList<SpendEntry> lines, IReadOnlyList<Tally> tallies)
    {
        Assert.DoesNotContain(lines, l => l.State is "reserved" or "signed" or "waiting");
        var settled = lines.Where(l => l.State == "settled").ToList();
        Assert.Equal(
            tallies.SelectMany(t => t.Transfers).Select(t => (t.Key, (UInt256)(t.Value + PaidFee))).Order(),
            settled.Where(l => l.Transaction is not null)
                .Select(l => (Hex.ToHex(l.Transaction!.Value.ToArray()), l.Amount)).Order());
        Assert.Equal(
            tallies.SelectMany(t => t.Payments).Select(t => (t.Key, (UInt256)t.Value)).Order(),
            settled.Where(l => l.Kind == "x402-exact").Select(l => (l.Id, l.Amount)).Order());
        Assert.Equal(
            tallies.SelectMany(t => t.Authorizations).Select(t => (UInt256)t.Value).Order(),
            settled.Where(l => l.Kind == "authorization").Select(l => l.Amount).Order());
        Assert.Equal(tallies.Sum(Given), settled.Count);
    }

    private static UInt256 Took(Tally tally) => Sum(
        tally.Transfers.Values.Select(v => (UInt256)(v + PaidFee))
            .Concat(tally.Authorizations.Values.Concat(tally.Payments.Values).Select(v => (UInt256)v)));

    private static int Given(Tally tally) =>
        tally.Transfers.Count + tally.Authorizations.Count + tally.Payments.Count;

    private static UInt256 Sum(IEnumerable<UInt256> amounts) => amounts.Aggregate(default(UInt256), (a, b) => a + b);
}
