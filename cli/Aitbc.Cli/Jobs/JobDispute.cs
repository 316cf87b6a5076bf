using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Jobs;

/// <summary>Doubts a result on the chain itself: what it costs and who votes is read there.</summary>
internal static class JobDispute
{
    private static readonly Option<bool> Yes = new("--yes")
    {
        Description = "Stake it; without this the command only says what it would stake.",
    };

    public static CliCommand Create()
    {
        var symbols = new JobSymbols();
        return new CliCommand(
            "dispute",
            "Have a committee execute a delivered job again and decide who gets the money.",
            $"aitbc job dispute {JobSymbols.ExampleId} --yes")
            .With(symbols.Id, Yes, symbols.Account).Does(context => RunAsync(context, symbols));
    }

    private static async Task RunAsync(CommandContext context, JobSymbols symbols)
    {
        var id = context.Get(symbols.Id);
        var job = await new EscrowClient(context.Session.Chain).FindJobAsync(id, context.Cancel)
            ?? throw CliFailure.Failed("not_on_chain", $"The escrow knows no job {id}: nothing was paid.");
        var hook = new ReexecutionClient(context.Session.Chain, await context.Session.SenderAsync(context.Cancel));
        var dispute = await hook.DisputeAsync(job.Id, context.Cancel);
        if (Refusal(job, dispute) is { } why)
            throw new CliFailure(ExitCode.Refused, "not_disputable", why, $"'aitbc why {id}' tells what happened.");
        var stake = JobReexecution.StakeOf(dispute.Bond, dispute.Fee, dispute.Reexecutors.Count);
        if (!context.Get(Yes))
            throw new CliFailure(
                ExitCode.Refused,
                "not_confirmed",
                $"A dispute stakes {Say.Ait(stake)}: {Say.Ait(dispute.Bond)} are lost if the committee finds the "
                + $"result right, {Say.Ait(dispute.Fee)} go to each of the majority of {dispute.Reexecutors.Count}.",
                "Add --yes to stake it.");
        var account = await context.Session.AccountAsync(context.Get(symbols.Account), context.Cancel);
        var sent = await SendAsync(context, hook, account.Address, job.Id, stake);
        var until = (await hook.DisputeAsync(job.Id, context.Cancel)).Deadline;
        context.Output.Facts(
            ("job", id.ToString()),
            ("staked", Say.Ait(stake)),
            ("re-executors", string.Join(", ", dispute.Reexecutors)),
            ("they vote until", Say.Time(DateTimeOffset.FromUnixTimeSeconds((long)until))),
            ("transaction", sent.Hash.ToString()));
        context.Output.Json(new JsonObject
        {
            ["id"] = id.ToString(),
            ["stake"] = stake.ToString(),
            ["reexecutors"] = new JsonArray([.. dispute.Reexecutors.Select(r => JsonValue.Create(r.ToString()))]),
            ["deadline"] = until,
            ["transaction"] = sent.Hash.ToString(),
        });
    }

    // The escrow takes one dispute of a job, so that a repeated command stakes once.
    private static async Task<SentTransaction> SendAsync(
        CommandContext context, ReexecutionClient hook, Address account, ulong job, UInt256 stake)
    {
        try
        {
            return await hook.DisputeAsync(account, job, stake, context.Cancel);
        }
        catch (TransactionOutcomeUnknownException e)
        {
            throw new CliFailure(
                ExitCode.Failure,
                "outcome_unknown",
                e.Message,
                "Run the same command again: it stakes at most once.",
                e)
            {
                Charged = true,
                Retryable = true,
            };
        }
    }

    private static string? Refusal(EscrowJob job, Dispute dispute) => (job.Status, dispute.State) switch
    {
        (_, DisputeState.None) => "The job has no committee: the market alone judges it.",
        (EscrowStatus.Submitted, DisputeState.Agreed) => null,
        (EscrowStatus.Submitted, _) => "The job is disputed already.",
        (EscrowStatus.Open or EscrowStatus.Funded, _) => "The provider has not delivered yet.",
        _ => $"The job has ended in the escrow: {job.Status}.",
    };
}
