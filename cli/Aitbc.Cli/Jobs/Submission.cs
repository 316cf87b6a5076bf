using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Market;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>
/// The whole of <c>job submit</c>: quote, price, payment, waiting, result and receipt. Repeating it resumes.
/// </summary>
internal static class Submission
{
    public static async Task RunAsync(
        CommandContext context, SubmitOptions options, JobSpec spec, IReadOnlyList<byte[]> blobs)
    {
        var order = options.Order(context, spec);
        var (verify, times) = (options.Verify(context), options.Reassign(context));
        CheckComparable(spec, verify is not null, order.Reexecution is not null);
        var account = await context.Session.AccountAsync(context.Get(options.Account), context.Cancel);
        var flow = await JobFlow.OpenAsync(context.Session, account.Address, context.Cancel);
        if (verify is { } rule)
        {
            await new Verifying(context, options, flow, account.Address).RunAsync(order, blobs, rule);
            return;
        }

        var quote = options.Quote(context, order) is { } wanted
            ? await flow.QuoteFirmAsync(order, wanted, blobs, context.Cancel)
            : await flow.QuoteAsync(order, blobs, context.Cancel);
        TellQuote(context.Output, quote);
        var funded = await flow.FundAsync(order, quote, context.Cancel);
        if (!options.Waits(context))
        {
            JobShow.Tell(context.Output, funded);
            return;
        }

        var ended = await flow.WaitAsync(
            funded.Id, job => TellState(context.Output, job), context.Cancel, untilDelivered: true);
        if (ended.State == JobState.Refunded)
            ended = await new Reassigning(context, flow, options.Wanted(context, order))
                .GoOnAsync(order, ended, blobs, times);
        var result = await flow.CollectAsync(ended, context.Cancel);
        await KeepAsync(context, options, result);
        if (ended.State == JobState.Submitted && ended.Terms.Reexecution is { } again)
            context.Output.Progress(
                $"  paid in {ended.Terms.EvaluationWindow / 120} min unless you dispute it: 'aitbc job accept "
                + $"{ended.Id}' pays now, 'aitbc job dispute {ended.Id}' stakes {Say.Ait(again.Stake())} against it");
        context.Exit = result.Verification.IsValid ? ExitCode.Ok : ExitCode.Failure;
    }

    private static void CheckComparable(JobSpec spec, bool verifies, bool reexecutes)
    {
        if ((verifies || reexecutes) && !JobVerification.CanCompare(spec.Engine))
            throw new CliFailure(
                ExitCode.Usage,
                verifies ? ProblemCodes.VerificationUnsupported : ProblemCodes.ReexecutionUnsupported,
                $"Answers of '{spec.Engine}' differ from machine to machine: runs cannot be compared.",
                $"Leave {(verifies ? "--verify" : "--reexecution")} out.");
    }

    /// <param name="job">The job.</param>
    /// <param name="failure">What its provider said; null = nothing.</param>
    public static CliFailure Refunded(JobView job, string? failure = null) => new(
        ExitCode.Refused,
        job.Reason ?? "refunded",
        job.FundTransaction is null
            ? $"The job {job.Id} was given up ({failure ?? job.Reason ?? "no reason given"}); nothing was paid."
            : $"The job {job.Id} was refunded ({failure ?? job.Reason ?? "no reason given"}); the budget is back.",
        $"'aitbc why {job.Id}' tells what happened; a new --idempotency-key orders again.");

    public static void TellQuote(Output output, JobView quote)
    {
        output.Progress($"job {quote.Id}");
        if (quote.State == JobState.Quoted && MarketSymbols.Promise(quote.Terms.Level) is { } promise)
            output.Progress($"  promised {promise}");
        output.Progress(quote.State == JobState.Quoted
            ? $"  at most {Say.Ait(quote.Terms.Budget)} to {quote.Terms.Provider}; what is not used comes back"
            : "  was ordered before with this key: nothing more is paid");
        if (quote.State == JobState.Quoted && quote.Terms.Reexecution is { } again)
            output.Progress(
                $"  {again.Reexecutors.Count} may execute it again: a dispute stakes {Say.Ait(again.Stake())}, of "
                + $"which {Say.Ait(again.Bond)} are lost if you are wrong and {Say.Ait(again.Fee)} go to each who "
                + "decides");
    }

    public static void TellState(Output output, JobView job) =>
        output.Progress($"  {job.State.ToString().ToLowerInvariant()}");

    public static async Task KeepAsync(
        CommandContext context, SubmitOptions options, PaidResult result, JsonObject? verification = null)
    {
        var receiptFile = options.ReceiptFile(context, result.Job.Id);
        await FileAccessing.WriteAsync(receiptFile, Encoding.UTF8.GetBytes(result.Receipt.ToJson()), context.Cancel);
        var outputFile = options.OutputFile(context);
        if (outputFile is not null)
            await FileAccessing.WriteAsync(outputFile, result.Output, context.Cancel);
        else
            context.Output.Result(Encoding.UTF8.GetString(result.Output).TrimEnd('\n'));
        context.Output.Progress(
            $"  {result.Job.Units} {result.Receipt.Receipt.UnitKind} for {Say.Ait(result.Job.Charge)}; "
            + $"{Credit(result.Job)}receipt {receiptFile}: {result.Verification.Detail}");
        var json = ToJson(result, receiptFile, outputFile);
        if (verification is not null)
            json["verification"] = verification;
        context.Output.Json(json);
    }

    public static string Credit(JobView job) => job.Credit is { } credit
        ? $"{Say.Ait(credit)} of it come back, for the result came later than {job.Terms.Level?.Seconds} s; " : "";

    private static JsonObject ToJson(PaidResult result, string receiptFile, string? outputFile)
    {
        var job = result.Job;
        var json = new JsonObject
        {
            ["id"] = job.Id.ToString(),
            ["engine"] = job.Terms.Engine,
            ["state"] = job.State.ToString(),
            ["provider"] = job.Terms.Provider.ToString(),
            ["units"] = job.Units,
            ["price"] = job.Charge?.ToString(),
            ["credit"] = job.Credit?.ToString(),
            ["fundTx"] = Say.Json(job.FundTransaction),
            ["settleTx"] = Say.Json(job.SettleTransaction),
            ["receiptFile"] = receiptFile,
            ["receiptVerified"] = result.Verification.IsValid,
        };
        if (outputFile is not null)
            json["outputFile"] = outputFile;
        else
            json["outputBase64"] = Convert.ToBase64String(result.Output);
        return json;
    }
}
