using System.Tests.Devnet;
using System.Tests.Processes;
using System.Text.Json;
using Aitbc.Cli.Demo;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Market;
using Xunit;

namespace System.Tests.Levels;

/// <summary>
/// A real network and a real provider that promises: what comes in time is paid whole, and for what comes late the
/// client has its credit without asking for it.
/// </summary>
public sealed class ServiceLevelTests : IAsyncLifetime
{
    // Runs for seconds: long enough to be seen while it is executed.
    private const string Script = "let sum = 0; for (let i = 0; i < 20000000; i++) sum += i; print(sum)";
    private const int LateSeconds = 16;

    private readonly TemporaryFolder folder = new();
    private TestNetwork network = null!;
    private PromisingProvider provider = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        network = await TestNetwork.StartAsync(folder["data"], "--roles", "node,wallet,coordinator");
        provider = await PromisingProvider.StartAsync(network, folder, "wasm=10m:100%", $"js={LateSeconds}s:50%");
        await JobLife.SeeAsync("offers of wasm and js", async () =>
        {
            var offers = (await network.Session.Market().OffersAsync(new OfferFilter(), cancel: Cancel)).Offers;
            return offers.Count(o => o.Offer.Level() is not null) == 2;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await provider.DisposeAsync();
        await network.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_level_that_is_kept_costs_nothing_and_one_that_is_missed_is_credited_by_the_escrow()
    {
        var sample = WasmSample.Load();
        var kept = await CliAsync(
            "job", "submit", "wasm", sample.ModulePath, sample.InputPath, "--within", "10m", "--output", folder["out"],
            "--receipt", folder["kept.json"]);
        Assert.True(kept.Exit == 0, kept.Out + kept.Error);
        var intime = await OnChainAsync(kept);
        Assert.Equal((600UL, 10_000UL), (intime.Level!.Seconds, intime.Level.CreditBasisPoints));
        Assert.Equal((false, intime.Charge), (intime.IsLate, intime.Payment));
        Assert.Equal(JsonValueKind.Null, kept.Json.GetProperty("credit").ValueKind);

        var (late, job) = await LateAsync();
        Assert.True(late.Exit == 0, late.Out + late.Error);
        Assert.Equal(EscrowStatus.Completed, job.Status);
        Assert.True(job.IsLate);
        var credit = (job.Charge + 1UL) / 2UL;
        Assert.Equal((credit, job.Charge - credit), (job.Level!.Credit, job.Payment));
        Assert.Equal(
            (credit.ToString(), job.Charge.ToString()),
            (late.Json.GetProperty("credit").GetString(), late.Json.GetProperty("price").GetString()));
        await AssertToldAsync(job, credit);

        Assert.True((await network.Session.Chain.BalanceAsync(SystemContractAddresses.JobEscrow, Cancel)).IsZero);
        Assert.True((await network.Session.Chain.StatusAsync(Cancel)).Conservation);
        var marks = await network.Session.Market().ReputationAsync(provider.Account, cancel: Cancel);
        var week = Assert.Single(Assert.Single(marks.Marks).Weeks);
        Assert.Equal((1, 1), (week.Served, week.Broken));
    }

    /// <summary>The provider is stopped in the middle of the work until the promised time is over.</summary>
    private async Task<(ProgramRun Run, EscrowJob Job)> LateAsync()
    {
        await File.WriteAllTextAsync(folder["count.js"], Script, Cancel);
        var account = (await network.Session.AccountAsync(null, Cancel)).Address;
        var id = JobId.Derive(account, "late");
        var running = CliAsync(
            "run", folder["count.js"], "--max-statements", "200000000", "--within", $"{LateSeconds}s",
            "--idempotency-key", "late", "--receipt", folder["late.json"]);
        await JobLife.SeeAsync("executing", async () => await provider.StateAsync(id) == "executing");
        provider.Pause();
        var escrow = new EscrowClient(network.Session.Chain);
        var due = (await escrow.FindJobAsync(id, Cancel))!.Level!.DueAt;
        await JobLife.SeeAsync("the end of the promised time", async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), Cancel);
            return (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() > due;
        });
        provider.Continue();
        var run = await running;
        return (run, (await escrow.FindJobAsync(id, Cancel))!);
    }

    /// <summary>By the story, by the job, and by the receipt with nothing but a node.</summary>
    private async Task AssertToldAsync(EscrowJob job, UInt256 credit)
    {
        var id = job.JobKey.ToString();
        var why = (await CliAsync("why", id)).Json;
        Assert.Equal(credit.ToString(), why.GetProperty("credit").GetString());
        Assert.Equal(job.Payment.ToString(), why.GetProperty("charge").GetString());
        var told = why.GetProperty("events").EnumerateArray()
            .Single(e => e.GetProperty("what").GetString() == "level_missed");
        Assert.NotNull(told.GetProperty("transaction").GetString());
        Assert.Equal(credit.ToString(), (await CliAsync("job", "show", id)).Json.GetProperty("credit").GetString());
        var receipt = await CliAsync(
            "receipt", "verify", folder["late.json"], "--provider", provider.Account.ToString(), "--on-chain");
        Assert.True(receipt.Exit == 0, receipt.Out + receipt.Error);
        Assert.Contains($"less {credit} atto-AIT of credit", receipt.Out, StringComparison.Ordinal);
    }

    private async Task<EscrowJob> OnChainAsync(ProgramRun run) =>
        (await new EscrowClient(network.Session.Chain).FindJobAsync(
            Hash256.Parse(run.Json.GetProperty("id").GetString()!), Cancel))!;

    private Task<ProgramRun> CliAsync(params string[] arguments) =>
        ProgramRun.CliAsync([.. arguments, "--json", "--data", network.Data]);
}
