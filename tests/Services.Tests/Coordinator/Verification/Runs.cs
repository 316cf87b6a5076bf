using System.Text;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Services.Tests.Coordinator.Book;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Verification;

/// <summary>The same work on several providers, as a client orders it.</summary>
internal static class Runs
{
    private static readonly UInt256 Bond = UInt256.One * 100_000_000_000 * 1_000_000_000;

    /// <summary>A provider with an offer; a bonded one is not on probation.</summary>
    public static async Task SellerAsync(this Market market, LocalSigner key, bool isBonded = true, ulong? agent = null)
    {
        if (isBonded)
            market.Chain.Bonds[key.Address] = Bond;
        await market.SellAsync(key, 700, capacity: 8);
        if (agent is not null)
            await market.As(key).RegisterAsync("", [new Offer("wasm", "wasm", "fuel", 1, 1, 1)], agent, Cancel);
    }

    /// <summary>Orders and pays the runs of one family, each from another provider.</summary>
    public static async Task<IReadOnlyList<JobView>> OrderRunsAsync(
        this Market market, int agree, int runs, string family = "family")
    {
        var jobs = new List<JobView>();
        for (var run = 1; run <= runs; run++)
        {
            var want = await market.WantAsync(JobVerification.RunKey(family, run));
            var quote = await market.Client.QuoteAsync(
                want with { Exclude = [.. jobs.Select(j => j.Terms.Provider)] }, Cancel);
            var job = await market.Client.OrderAsync(
                new OrderRequest
                {
                    IdempotencyKey = want.IdempotencyKey,
                    Spec = want.Spec,
                    QuoteId = quote.Id,
                    Verification = JobVerification.Of(market.ClientKey.Address, family, agree, runs, run),
                },
                Cancel);
            market.Fund(job);
            jobs.Add(await market.Client.FundedAsync(job.Id, default, Cancel));
        }

        return jobs;
    }

    /// <summary>The provider of a job signs for an output and submits it.</summary>
    public static async Task DeliverAsync(this Market market, JobView job, string text, params LocalSigner[] keys)
    {
        var key = keys.Single(k => k.Address == job.Terms.Provider);
        var provider = market.As(key);
        var output = await provider.PutBlobAsync(Encoding.UTF8.GetBytes(text), Cancel);
        var file = await market.ReceiptOf(job, output).SignAsync(key);
        market.Chain.Change(job.Id, held => held with
        {
            Status = EscrowStatus.Submitted,
            Deliverable = file.Receipt.Digest(),
            Charge = file.Receipt.Charge,
            SubmittedAt = (ulong)market.Time.GetUtcNow().ToUnixTimeSeconds(),
        });
        await provider.SubmitResultAsync(job.Id, file, output, Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
    }

    public static async Task<(JobState State, string? Reason)> EndAsync(this Market market, JobView job)
    {
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var now = await market.Client.JobAsync(job.Id, Cancel);
        return (now.State, now.Reason);
    }
}
