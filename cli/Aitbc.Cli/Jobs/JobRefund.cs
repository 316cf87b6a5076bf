using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Jobs;

/// <summary>The way back to the money that needs no coordinator: the chain gives it to anybody's call.</summary>
internal static class JobRefund
{
    public static CliCommand Create()
    {
        var symbols = new JobSymbols();
        return new CliCommand(
            "refund",
            "Take back what an expired job holds, from the chain itself: no coordinator is asked.",
            $"aitbc job refund {JobSymbols.ExampleId}")
            .With(symbols.Id, symbols.Account).Does(context => RunAsync(context, symbols));
    }

    private static async Task RunAsync(CommandContext context, JobSymbols symbols)
    {
        var id = context.Get(symbols.Id);
        var escrow = new EscrowClient(context.Session.Chain, await context.Session.SenderAsync(context.Cancel));
        var job = await escrow.FindJobAsync(id, context.Cancel)
            ?? throw CliFailure.Failed("not_on_chain", $"The escrow knows no job {id}: nothing was paid.");
        if (job.IsTerminal)
            throw CliFailure.Failed(
                "job_ended", $"The job has ended in the escrow: {Ended(job.Status)}.", $"aitbc why {id}");
        var account = await context.Session.AccountAsync(context.Get(symbols.Account), context.Cancel);
        SentTransaction sent;
        try
        {
            sent = await escrow.ClaimRefundAsync(account.Address, job.Id, context.Cancel);
        }
        catch (RpcException e) when (e.Revert is not null)
        {
            throw CliFailure.Failed("not_refundable", Why(job), "'aitbc job cancel' asks the market for it earlier.");
        }

        context.Output.Facts(
            ("job", id.ToString()), ("back", Say.Ait(job.Budget)), ("to", job.Client.ToString()),
            ("transaction", sent.Hash.ToString()));
        context.Output.Json(new JsonObject
        {
            ["id"] = id.ToString(),
            ["refunded"] = job.Budget.ToString(),
            ["client"] = job.Client.ToString(),
            ["transaction"] = sent.Hash.ToString(),
        });
    }

    private static string Ended(EscrowStatus status) =>
        status == EscrowStatus.Completed ? "the provider was paid" : "what it held went back to the client";

    private static string Why(EscrowJob job) => job.Status == EscrowStatus.Submitted
        ? "The provider has delivered: the market judges, and without a judgement the provider is paid."
        : $"The job can be refunded from {Say.Time(DateTimeOffset.FromUnixTimeSeconds((long)job.ExpiredAt))} on.";
}
