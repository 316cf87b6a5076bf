using System.Tests.Processes;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Xunit;

namespace System.Tests.Agents;

/// <summary>Feedback on the chain, given by who paid for a receipt that the escrow paid.</summary>
public sealed class AgentFeedbackTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_payer_of_a_settled_job_says_how_it_was_and_once_a_week()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"], "--roles", "node,wallet");
        Task<ProgramRun> Cli(params string[] arguments) =>
            ProgramRun.CliAsync([.. arguments, "--data", network.Data, "--json"]);
        var (session, chain) = (network.Session, network.Session.Chain);
        var client = (await session.AccountAsync("dev1", Cancel)).Address;
        var provider = (await session.AccountAsync("dev2", Cancel)).Address;
        var agents = new AgentClient(chain, await session.SenderAsync(Cancel));
        Assert.Equal(0UL, (await agents.RegisterAsync(provider, "", null, Cancel)).Id);
        Assert.Equal(1UL, (await agents.RegisterAsync(client, "", null, Cancel)).Id);

        var paid = await ReceiptAsync(session, client, provider, "one", settle: true, folder);
        var unpaid = await ReceiptAsync(session, client, provider, "two", settle: false, folder);
        await RefusedAsync(Cli("agent", "feedback", "0", unpaid, "--account", "dev1"), "receipt_refused");
        await RefusedAsync(Cli("agent", "feedback", "1", paid, "--account", "dev1"), "receipt_refused");
        await RefusedAsync(Cli("agent", "feedback", "0", paid, "--account", "dev3"), "not_the_payer");
        await RefusedAsync(Cli("agent", "feedback", "7", paid, "--account", "dev1"), "agent_unknown");
        Assert.Equal(2, (await Cli("agent", "feedback", "0", paid, "--value", "101")).Exit);
        Assert.Null(await new FeedbackClient(chain).SummaryAsync(0, Cancel));

        var given = await Cli("agent", "feedback", "0", paid, "--value", "90", "--account", "dev1");
        Assert.Equal((0, ""), (given.Exit, given.Error));
        await RefusedAsync(Cli("agent", "feedback", "0", paid, "--value", "90", "--account", "dev1"), "feedback_given");
        Assert.Equal(new FeedbackSummary(1, 1, 90), await new FeedbackClient(chain).SummaryAsync(0, Cancel));
        using var shown = JsonDocument.Parse((await Cli("agent", "show", "0")).Out);
        Assert.Equal(90, shown.RootElement.GetProperty("feedback").GetProperty("mean").GetInt32());
    }

    /// <summary>A job of the escrow up to its end, or up to its delivery; the path of its receipt.</summary>
    private static async Task<string> ReceiptAsync(
        Aitbc.Cli.Network.Session session, Address client, Address provider, string key, bool settle,
        TemporaryFolder folder)
    {
        var evaluator = (await session.AccountAsync("dev3", Cancel)).Address;
        var escrow = new EscrowClient(session.Chain, await session.SenderAsync(Cancel));
        var now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var opened = await escrow.OpenJobAsync(
            client,
            new OpenJobRequest(JobId.ClientKey(key), provider, evaluator, now + 3600, 600, default, 1000),
            Cancel);
        var receipt = new Receipt
        {
            JobId = JobId.Derive(client, key),
            ChainId = await session.Chain.ChainIdAsync(Cancel),
            Escrow = escrow.Escrow,
            Provider = provider,
            Client = client,
            Engine = "wasm",
            EngineVersion = "test 1",
            SpecHash = default,
            InputHash = default,
            OutputHash = default,
            Units = 1,
            UnitKind = "fuel",
            Charge = 1000,
            StartedAtMs = now * 1000,
            EndedAtMs = now * 1000,
        };
        var file = await receipt.SignAsync(await session.WalletAsync(Cancel), Cancel);
        await escrow.SubmitAsync(provider, opened.JobId, receipt.Digest(), receipt.Charge, Cancel);
        if (settle)
            await escrow.CompleteAsync(evaluator, opened.JobId, receipt.Digest(), Cancel);
        var path = folder[key + ".receipt.json"];
        await File.WriteAllTextAsync(path, file.ToJson(), Cancel);
        return path;
    }

    private static async Task RefusedAsync(Task<ProgramRun> running, string code)
    {
        var run = await running;
        Assert.Equal(1, run.Exit);
        Assert.Contains(code, run.Out + run.Error, StringComparison.Ordinal);
    }
}
