using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>
/// The steps of a paid job as its client takes them. Each may be repeated: the order is known by its key, and the
/// escrow takes one payment for it.
/// </summary>
internal sealed class JobFlow(Session session, Address client, MarketClient market, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ChainPatience = TimeSpan.FromSeconds(5);

    public static async Task<JobFlow> OpenAsync(Session session, Address client, CancellationToken cancel) =>
        new(session, client, await session.MarketAsync(client, cancel), TimeProvider.System);

    /// <summary>Puts the inputs and orders; the answer has the price.</summary>
    public async Task<JobView> QuoteAsync(OrderRequest order, IEnumerable<byte[]> blobs, CancellationToken cancel)
    {
        foreach (var blob in blobs)
            await market.PutBlobAsync(blob, cancel);
        return await market.OrderAsync(order, cancel);
    }

    /// <summary>The same with a firm quote before it, whose slot is then held.</summary>
    public async Task<JobView> QuoteFirmAsync(
        OrderRequest order, QuoteRequest wanted, IEnumerable<byte[]> blobs, CancellationToken cancel) =>
        await OrderFirmAsync(order, await FirmAsync(order, wanted, cancel), blobs, cancel);

    /// <summary>
    /// The firm quote for an order, which nothing is ordered by. What was ordered with the key before stays as it was:
    /// a new quote would be another order.
    /// </summary>
    public async Task<FirmPrice> FirmAsync(OrderRequest order, QuoteRequest wanted, CancellationToken cancel)
    {
        if (await FindAsync(JobId.Derive(client, order.IdempotencyKey), cancel) is { } known)
            return FirmPrice.Of(Known(order, known, wanted.Within));
        var quote = await market.QuoteAsync(wanted, cancel);
        var info = await market.InfoAsync(cancel);
        if (!quote.IsSignedBy(info.Evaluator, info.ChainId, info.Escrow))
            throw CliFailure.Failed("quote_invalid", "The quote is not signed by the market. Nothing was paid.");
        if (wanted.Exclude?.Contains(quote.Provider) == true)
            throw CliFailure.Failed("quote_wrong", $"The market quotes {quote.Provider}, which was to be left out.");
        if (TermsCheck.IsSlower(quote.Level(), wanted.Within))
            throw CliFailure.Failed("quote_wrong", $"The market's quote does not promise {wanted.Within} s.");
        return FirmPrice.Of(quote);
    }

    /// <summary>Puts the inputs and orders at a firm quote; nothing, if that was done before.</summary>
    public async Task<JobView> OrderFirmAsync(
        OrderRequest order, FirmPrice price, IEnumerable<byte[]> blobs, CancellationToken cancel)
    {
        if (price.Quote is not { } quote)
            return price.Ordered!;
        var job = await QuoteAsync(order with { QuoteId = quote.Id }, blobs, cancel);
        return TermsCheck.Difference(quote, job, client) is { } difference
            ? throw CliFailure.Failed("quote_broken", difference + " Nothing was paid.", "Ask another market.")
            : job;
    }

    // Its firm quote is gone: only a most that the client says itself bounds what it may ask now.
    private static JobView Known(OrderRequest order, JobView known, int? within)
    {
        if (TermsCheck.IsSlower(known.Terms.Level, within))
            throw CliFailure.Failed(
                ProblemCodes.Conflict,
                $"The job {known.Id} was ordered with this key, and does not promise {within} s.",
                "Use another --idempotency-key.");
        if (known.Terms.SpecHash != order.Spec.Hash() || known.Terms.Verification != order.Verification
            || known.Terms.Reexecution?.Reexecutors.Count != order.Reexecution?.Committee)
            throw CliFailure.Failed(
                ProblemCodes.Conflict,
                $"The job {known.Id} was ordered with this key and something else.",
                "Use another --idempotency-key.");
        return known.State != JobState.Quoted || order.MaxPrice is not null ? known : throw CliFailure.Failed(
            "quote_unseen",
            $"The job {known.Id} was ordered with this key before and not paid; its quote is not known here.",
            "Say --max-price, or use another --idempotency-key.");
    }

    /// <summary>Pays the quote into the escrow, unless that was done before.</summary>
    public async Task<JobView> FundAsync(OrderRequest order, JobView quote, CancellationToken cancel)
    {
        if (quote.State != JobState.Quoted)
            return quote;
        var chainId = await session.Chain.ChainIdAsync(cancel);
        if (TermsCheck.Problem(order, quote, client, chainId, time.GetUtcNow()) is { } problem)
        {
            throw CliFailure.Failed(
                "quote_wrong", problem + " Nothing was paid.", "Order again with another --idempotency-key.");
        }

        var escrow = new EscrowClient(session.Chain, await session.SenderAsync(cancel));
        var terms = quote.Terms;
        var request = new OpenJobRequest(
            quote.ClientKey,
            terms.Provider,
            terms.Evaluator,
            terms.ExpiresAt,
            terms.EvaluationWindow,
            quote.TermsHash,
            terms.Budget)
        {
            Level = terms.Level,
            Reexecution = terms.Reexecution,
        };
        var opened = await OpenOnceAsync(escrow, request, cancel);
        return opened.Transaction is { } sent
            ? await market.FundedAsync(quote.Id, sent.Hash, cancel)
            : await market.JobAsync(quote.Id, cancel);
    }

    // The escrow takes one payment under the order's key, however often this is repeated.
    private async Task<OpenedJob> OpenOnceAsync(
        EscrowClient escrow, OpenJobRequest request, CancellationToken cancel)
    {
        try
        {
            return await escrow.OpenJobAsync(client, request, cancel);
        }
        catch (TransactionOutcomeUnknownException e)
        {
            throw new CliFailure(
                ExitCode.Failure,
                "outcome_unknown",
                e.Message,
                "Run the same command again: it pays at most once.",
                e)
            {
                Charged = true,
                Retryable = true,
            };
        }
    }

    private async Task<JobView?> FindAsync(Hash256 id, CancellationToken cancel)
    {
        try
        {
            return await market.JobAsync(id, cancel);
        }
        catch (AitbcException none) when (none.Problem.Code == ProblemCodes.JobNotFound)
        {
            return null;
        }
    }

    /// <summary>Follows the job until it is settled or refunded; tells each state once.</summary>
    /// <param name="id">The job.</param>
    /// <param name="changed">Told of each state.</param>
    /// <param name="cancel">Stops the wait.</param>
    /// <param name="untilDelivered">Ends the wait earlier, with a result that can still be disputed.</param>
    public async Task<JobView> WaitAsync(
        Hash256 id, Action<JobView> changed, CancellationToken cancel, bool untilDelivered = false)
    {
        JobState? last = null;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var job = await market.JobAsync(id, cancel);
            if (job.State != last)
            {
                changed(job);
                last = job.State;
                pause = FirstPause;
            }

            if (job.State == JobState.Settled || (untilDelivered && IsDelivered(job)))
                return job;
            if (job.State == JobState.Refunded)
            {
                await SeeRefundAsync(job, cancel);
                return job;
            }

            await Task.Delay(pause, time, cancel);
        }
    }

    private static bool IsDelivered(JobView job) =>
        job is { Terms.Reexecution: not null, OutputHash: not null, State: JobState.Submitted or JobState.Disputed };

    /// <summary>A refund is believed when the chain shows it: a node may be a moment behind the market's.</summary>
    private async Task SeeRefundAsync(JobView job, CancellationToken cancel)
    {
        var escrow = new EscrowClient(session.Chain);
        for (var began = time.GetTimestamp(); ; await Task.Delay(LongestPause, time, cancel))
        {
            var onChain = await escrow.FindJobAsync(job.Id, cancel);
            if (onChain is null or { Status: EscrowStatus.Rejected or EscrowStatus.Expired or EscrowStatus.Open })
                return;
            if (time.GetElapsedTime(began) > ChainPatience)
                throw CliFailure.Failed(
                    "not_refunded",
                    $"The market says that the job {job.Id} was refunded; the escrow says {onChain.Status}.",
                    $"'aitbc job refund {job.Id}' takes it back from the chain once the job has expired.");
        }
    }

    /// <summary>
    /// Whether a refunded job may be ordered anew elsewhere: another may do it, and its payment is back. The market's
    /// word is not enough for that; the chain has to say it.
    /// </summary>
    public async Task<bool> MayReassignAsync(JobView refunded, CancellationToken cancel)
    {
        var story = await market.WhyAsync(refunded.Id, cancel);
        return story.Retryable && refunded.Reason != ProblemCodes.PaymentWrongTerms
            && (await new EscrowClient(session.Chain).FindJobAsync(refunded.Id, cancel))?.Status
                is EscrowStatus.Rejected or EscrowStatus.Expired;
    }

    /// <summary>With which words the provider gave the job up; null = it did not.</summary>
    public async Task<string?> FailureAsync(JobView refunded, CancellationToken cancel) =>
        (await market.WhyAsync(refunded.Id, cancel)).Events.LastOrDefault(e => e.What == "failed")?.Detail;

    public async Task<PaidResult> CollectAsync(Hash256 id, CancellationToken cancel) =>
        await CollectAsync(await market.JobAsync(id, cancel), cancel);

    /// <summary>Result and receipt of a delivered job, checked against the provider that the chain names.</summary>
    public async Task<PaidResult> CollectAsync(JobView job, CancellationToken cancel)
    {
        var output = await market.ResultAsync(job.Id, cancel);
        var receipt = await market.ReceiptAsync(job.Id, cancel);
        var onChain = await new EscrowClient(session.Chain).FindJobAsync(job.Id, cancel)
            ?? throw CliFailure.Failed("not_on_chain", $"The escrow knows no job {job.Id}.");
        var dispute = onChain.Hook == SystemContractAddresses.ReexecutionHook
            ? await new ReexecutionClient(session.Chain).DisputeAsync(onChain.Id, cancel) : null;
        var verification = ResultCheck.Verify(job, receipt, onChain, dispute, output);
        return new PaidResult(
            job with { Credit = onChain.IsLate ? onChain.Level!.Credit : null }, output, receipt, verification);
    }
}

/// <summary>What an order costs at most, and where: by a firm quote, or as it was ordered before.</summary>
internal sealed record FirmPrice(JobView? Ordered, MarketQuote? Quote, Address Provider, UInt256 Most)
{
    public bool IsPaid => Ordered is { State: not JobState.Quoted };

    public static FirmPrice Of(JobView ordered) => new(ordered, null, ordered.Terms.Provider, ordered.Terms.Budget);

    public static FirmPrice Of(MarketQuote quote) => new(null, quote, quote.Provider, quote.Total);
}

/// <summary>What the client has in the end.</summary>
internal sealed record PaidResult(JobView Job, byte[] Output, ReceiptFile Receipt, ReceiptVerification Verification);
