using System.Tests.Devnet;
using System.Tests.Processes;
using System.Text;
using System.Text.Json;
using Aitbc.Cli.Demo;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Xunit;

namespace System.Tests.Verification;

/// <summary>Results that are disputed on a real network, and a committee that executes them again.</summary>
public sealed class DisputeTests
{
    private static readonly Hash256 Transfer =
        AbiEvent.Parse("Transfer(address indexed,address indexed,uint256)").Topic0;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_honest_provider_gains_the_bond_of_a_wrong_doubt_and_a_liar_is_found_out()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"]);
        var sample = WasmSample.Load();
        await using var member = await ProviderDaemon.StartAsync(
            network, folder.Path, "member", options => options["reexecute"] = true);
        var honest = (await network.Session.AccountAsync("provider", Cancel)).Address;
        await JobLife.SeeAsync("both registrations", async () =>
            await OfferOfAsync(network, member.Account) is { Reexecutes: true }
            && await OfferOfAsync(network, honest) is { EngineVersion: not null });
        var sold = (await OfferOfAsync(network, honest))!;
        using var liar = await ScriptedProvider.HireAsync(
            network, "liar", sold.UnitPrice * 1_000UL, sold.EngineVersion);
        liar.Answer = Encoding.UTF8.GetBytes("lines 1\n");
        using var over = new CancellationTokenSource();
        var lying = liar.RunAsync(over.Token);

        // A wrong doubt: paid at once, and the bond with it.
        var right = await SubmitAsync(network, folder, sample, honest, "right");
        Assert.Equal("Submitted", right.GetProperty("state").GetString());
        var unsaid = await CliAsync(network, "job", "dispute", IdOf(right));
        Assert.Equal((4, "not_confirmed"), (unsaid.Exit, CodeOf(unsaid)));
        await DisputeAsync(network, right);
        var twice = await CliAsync(network, "job", "dispute", IdOf(right), "--yes");
        Assert.Equal("not_disputable", CodeOf(twice));
        Assert.Equal(JobState.Settled, (await EndAsync(network, right)).State);
        var confirmed = await OnChainAsync(network, right);
        Assert.Equal(DisputeState.Confirmed, confirmed.State);
        Assert.Equal(confirmed.Bond, await FromHookAsync(network, honest));
        Assert.Equal(confirmed.Fee, await FromHookAsync(network, member.Account));

        // A lie, disputed while its re-executor is away: it finds the dispute when it is back.
        var wrong = await SubmitAsync(network, folder, sample, liar.Account, "wrong");
        await member.KillAsync();
        await DisputeAsync(network, wrong);
        member.StartAgain();
        var refunded = await EndAsync(network, wrong);
        Assert.Equal((JobState.Refunded, ProblemCodes.ResultRefuted), (refunded.State, refunded.Reason));
        Assert.Equal(EscrowStatus.Rejected, await JobLife.OnChainAsync(network, Hash256.Parse(IdOf(wrong))));
        var verdict = await OnChainAsync(network, wrong);
        Assert.Equal(DisputeState.Refuted, verdict.State);
        var truth = Keccak256.Hash(Encoding.UTF8.GetBytes(WordCount.Of(sample.Input)));
        Assert.Equal(ReexecutionResult.Of(truth, right.GetProperty("units").GetUInt64()), verdict.Result);
        Assert.Equal(confirmed.Fee + verdict.Fee, await FromHookAsync(network, member.Account));

        // What nobody doubts, the client accepts.
        var accepted = await SubmitAsync(network, folder, sample, honest, "accepted");
        var done = await CliAsync(network, "job", "accept", IdOf(accepted));
        Assert.True(done.Exit == 0, done.Out + done.Error);
        Assert.Equal(JobState.Settled, (await EndAsync(network, accepted)).State);
        await over.CancelAsync();
        await lying;
    }

    private static async Task<JsonElement> SubmitAsync(
        TestNetwork network, TemporaryFolder folder, WasmSample sample, Address provider, string key)
    {
        var run = await CliAsync(
            network, "job", "submit", "wasm", sample.ModulePath, sample.InputPath, "--reexecution", "1",
            "--provider", provider.ToString(), "--idempotency-key", key, "--output", folder["out"], "--receipt",
            folder["receipt"]);
        Assert.True(run.Exit == 0, run.Out + run.Error);
        return run.Json;
    }

    private static async Task<JsonElement> DisputeAsync(TestNetwork network, JsonElement job)
    {
        var run = await CliAsync(network, "job", "dispute", IdOf(job), "--yes");
        Assert.True(run.Exit == 0, run.Out + run.Error);
        return run.Json;
    }

    private static async Task<JobView> EndAsync(TestNetwork network, JsonElement job)
    {
        var account = await network.Session.AccountAsync(null, Cancel);
        var market = await network.Session.MarketAsync(account.Address, Cancel);
        var id = Hash256.Parse(IdOf(job));
        await JobLife.SeeAsync(
            "the end of the job", async () => JobStateMachine.IsTerminal((await market.JobAsync(id, Cancel)).State));
        return await market.JobAsync(id, Cancel);
    }

    private static async Task<Dispute> OnChainAsync(TestNetwork network, JsonElement job)
    {
        var held = await new EscrowClient(network.Session.Chain).FindJobAsync(Hash256.Parse(IdOf(job)), Cancel);
        return await new ReexecutionClient(network.Session.Chain).DisputeAsync(held!.Id, Cancel);
    }

    private static async Task<Offer?> OfferOfAsync(TestNetwork network, Address provider)
    {
        try
        {
            var known = await network.Session.Market().ProviderAsync(provider, Cancel);
            return known.Offers.FirstOrDefault(o => o.Engine == "wasm");
        }
        catch (AitbcException e) when (e.Problem.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Coins that an account received of stakes.</summary>
    private static async Task<UInt256> FromHookAsync(TestNetwork network, Address account)
    {
        var topics = new Hash256?[] { Transfer, Word(SystemContractAddresses.ReexecutionHook), Word(account) };
        var moved = await network.Session.Chain.LogsAsync(
            new LogFilter(0, null, SystemContractAddresses.Token, topics), Cancel);
        return moved.Aggregate(UInt256.Zero, (sum, log) => sum + UInt256.FromBigEndian(log.Data.Span));
    }

    private static Hash256 Word(Address account) => Hash256.FromBytes([.. new byte[12], .. account.ToArray()]);

    private static Task<ProgramRun> CliAsync(TestNetwork network, params string[] arguments) =>
        ProgramRun.CliAsync([.. arguments, "--json", "--data", network.Data]);

    private static string IdOf(JsonElement job) => job.GetProperty("id").GetString()!;

    private static string? CodeOf(ProgramRun run) => run.Json.GetProperty("error").GetProperty("code").GetString();
}
