using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>
/// The same work on several providers. Who they are and what all can cost is known before the first is ordered, and
/// what they gave is compared here, by receipts: the market's judgement is not needed for it.
/// </summary>
internal sealed class Verifying(CommandContext context, SubmitOptions options, JobFlow flow, Address client)
{
    public async Task RunAsync(OrderRequest order, IReadOnlyList<byte[]> blobs, KofN rule)
    {
        var priced = await PriceAsync(order, rule);
        CheckPrice(order, priced, rule);
        var runs = await OrderAsync(priced, blobs);
        foreach (var (run, quote) in runs)
            await flow.FundAsync(run, quote, context.Cancel);
        var results = new List<PaidResult>();
        var ends = new List<JobView>();
        foreach (var (_, quote) in runs)
        {
            var ended = await flow.WaitAsync(quote.Id, _ => { }, context.Cancel);
            ends.Add(ended);
            if (await ResultAsync(ended) is { } result)
                results.Add(result);
        }

        var answer = JobVerification.Agreed(results.Select(OutputOf), rule.Agree);
        foreach (var ended in ends)
            TellRun(ended, answer);
        if (answer is null)
            throw new CliFailure(
                ExitCode.Refused,
                ProblemCodes.NoAgreement,
                $"No output was given by {rule} providers.",
                "'aitbc job result ID' fetches what each gave; a new --idempotency-key orders again.")
            {
                Charged = ends.Any(e => e.State == JobState.Settled),
            };
        await Submission.KeepAsync(
            context, options, results.First(r => OutputOf(r) == answer), ToJson(rule, ends, answer.Value));
    }

    private static Hash256 OutputOf(PaidResult result) => result.Receipt.Receipt.OutputHash;

    /// <summary>
    /// A firm quote for every run, each from another provider: when there are too few of them, nothing was ordered.
    /// </summary>
    private async Task<IReadOnlyList<(OrderRequest Run, FirmPrice Price)>> PriceAsync(OrderRequest order, KofN rule)
    {
        var priced = new List<(OrderRequest Run, FirmPrice Price)>();
        var wanted = options.Wanted(context, order);
        for (var number = 1; number <= rule.Runs; number++)
        {
            var key = JobVerification.RunKey(order.IdempotencyKey, number);
            var run = order with
            {
                IdempotencyKey = key,
                Verification = JobVerification.Of(client, order.IdempotencyKey, rule.Agree, rule.Runs, number),
            };
            var others = priced.Select(p => p.Price.Provider).ToList();
            var price = await flow.FirmAsync(
                run, wanted with { IdempotencyKey = key, Exclude = others }, context.Cancel);
            if (others.Contains(price.Provider))
                throw CliFailure.Failed(
                    "quote_wrong",
                    $"Two runs are ordered from {price.Provider}: they would prove nothing.",
                    "Order again with another --idempotency-key.");
            priced.Add((run, price));
        }

        return priced;
    }

    /// <summary>Orders every run; nothing is paid by it.</summary>
    private async Task<IReadOnlyList<(OrderRequest Run, JobView Quote)>> OrderAsync(
        IReadOnlyList<(OrderRequest Run, FirmPrice Price)> priced, IReadOnlyList<byte[]> blobs)
    {
        var runs = new List<(OrderRequest Run, JobView Quote)>();
        foreach (var (run, price) in priced)
        {
            var quote = await flow.OrderFirmAsync(run, price, blobs, context.Cancel);
            Submission.TellQuote(context.Output, quote);
            runs.Add((run, quote));
        }

        return runs;
    }

    private void CheckPrice(OrderRequest order, IReadOnlyList<(OrderRequest Run, FirmPrice Price)> runs, KofN rule)
    {
        var total = UInt256.Zero;
        foreach (var (_, price) in runs)
            total += price.Most;
        context.Output.Progress($"{rule} must agree; all runs cost at most {Say.Ait(total)}");
        if (order.MaxPrice is { } most && total > most && runs.Any(r => !r.Price.IsPaid))
            throw new CliFailure(
                ExitCode.Refused,
                ProblemCodes.PriceTooHigh,
                $"All runs together cost at most {Say.Ait(total)}; you pay at most {Say.Ait(most)}.",
                "Raise --max-price, or ask for fewer runs.");
    }

    /// <summary>What a settled run gave, if its receipt is good; null otherwise.</summary>
    private async Task<PaidResult?> ResultAsync(JobView ended)
    {
        if (ended.State != JobState.Settled || ended.OutputHash is null)
            return null;
        var result = await flow.CollectAsync(ended, context.Cancel);
        return result.Verification.IsValid ? result : null;
    }

    private void TellRun(JobView run, Hash256? answer) => context.Output.Progress(
        $"  {run.Terms.Provider} {run.State.ToString().ToLowerInvariant()}"
        + (run.Reason is null ? "" : $" ({run.Reason})")
        + (answer is null ? $": {run.OutputHash}" : Agrees(run, answer.Value) ? ": agrees" : ": does not agree"));

    private static bool Agrees(JobView run, Hash256 answer) =>
        run.State == JobState.Settled && run.OutputHash == answer;

    private static JsonObject ToJson(KofN rule, IEnumerable<JobView> ends, Hash256 answer) => new()
    {
        ["agree"] = rule.Agree,
        ["outputHash"] = answer.ToString(),
        ["runs"] = new JsonArray([.. ends.Select(e => (JsonNode)new JsonObject
        {
            ["id"] = e.Id.ToString(),
            ["provider"] = e.Terms.Provider.ToString(),
            ["state"] = e.State.ToString(),
            ["reason"] = e.Reason,
            ["price"] = e.State == JobState.Settled ? e.Charge?.ToString() : null,
            ["credit"] = e.State == JobState.Settled ? e.Credit?.ToString() : null,
            ["agrees"] = Agrees(e, answer),
        })]),
    };
}
