using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>
/// Orders anew from another provider when one failed or fell silent. Every attempt has a key that follows from the
/// first, and is paid only when the chain says that the payment before it is back: however often the command is
/// repeated, there is at most one payment at a time, and none above the first price.
/// </summary>
internal sealed class Reassigning(CommandContext context, JobFlow flow, QuoteRequest wanted)
{
    /// <summary>The job that ended otherwise than by a refund.</summary>
    public async Task<JobView> GoOnAsync(
        OrderRequest order, JobView refunded, IReadOnlyList<byte[]> blobs, int times)
    {
        var most = order.MaxPrice ?? refunded.Terms.Budget;
        var tried = new List<Address>();
        for (var attempt = 1; attempt <= times; attempt++)
        {
            if (!await flow.MayReassignAsync(refunded, context.Cancel))
                break;
            tried.Add(refunded.Terms.Provider);
            var key = JobVerification.AttemptKey(order.IdempotencyKey, attempt);
            context.Output.Progress($"  refunded ({refunded.Reason}): attempt {attempt} of {times} elsewhere");
            var again = order with { IdempotencyKey = key, MaxPrice = most };
            var quote = await flow.QuoteFirmAsync(
                again,
                wanted with { IdempotencyKey = key, MaxPrice = most, Exclude = [.. tried] },
                blobs,
                context.Cancel);
            Submission.TellQuote(context.Output, quote);
            var funded = await flow.FundAsync(again, quote, context.Cancel);
            refunded = await flow.WaitAsync(
                funded.Id, job => Submission.TellState(context.Output, job), context.Cancel);
            if (refunded.State != JobState.Refunded)
                return refunded;
        }

        throw Submission.Refunded(refunded, await flow.FailureAsync(refunded, context.Cancel));
    }
}
