using System.Text;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Services.Tests.Coordinator.Book;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Verification;

/// <summary>Jobs with a committee, as a client, a provider and the chain make them.</summary>
internal static class Committee
{
    public const string Version = "test 1"; // what Market.ReceiptOf states

    private static readonly UInt256 Bond = UInt256.One * 100_000_000_000 * 1_000_000_000;

    public static Offer Selling(UInt256 price, bool reexecutes, string version = Version) =>
        new("wasm", "wasm", "fuel", price, 1_000_000_000, 2_000_000_000, version, reexecutes ? true : null);

    /// <summary>A provider that sells at 700 for a billion and executes nothing again.</summary>
    public static async Task SellerAsync(this Market market)
    {
        await market.SellAsync(market.ProviderKey, 700, capacity: 8);
        await market.Provider.RegisterAsync("", [Selling(700, reexecutes: false)], Cancel);
    }

    /// <summary>Somebody who executes again; a bonded one is not on probation.</summary>
    public static async Task MemberAsync(
        this Market market, LocalSigner key, UInt256 price, bool isBonded = true, ulong? agent = null,
        string version = Version)
    {
        if (isBonded)
            market.Chain.Bonds[key.Address] = Bond;
        await market.As(key).RegisterAsync("", [Selling(price, reexecutes: true, version)], agent, Cancel);
    }

    /// <summary>All of them, at 900, 1000 and so on for a billion; those known before were heard of again.</summary>
    public static async Task NamedAgainAsync(this Market market, IReadOnlyList<LocalSigner> keys)
    {
        for (var i = 0; i < keys.Count; i++)
            await market.MemberAsync(keys[i], 900 + (100 * (ulong)i));
        await market.Provider.HeartbeatAsync(8, Cancel);
    }

    /// <summary>Quotes and orders, and pays as the terms say unless a test changes it.</summary>
    public static async Task<JobView> OrderedAsync(
        this Market market, int committee, string key = "order-1", Func<EscrowJob, EscrowJob>? change = null,
        Func<Dispute, Dispute>? with = null)
    {
        var want = await market.WantAsync(key) with { Reexecution = new ReexecutionRequest(committee) };
        var quote = await market.Client.QuoteAsync(want, Cancel);
        var job = await market.Client.OrderAsync(
            new OrderRequest
            {
                IdempotencyKey = key,
                Spec = want.Spec,
                QuoteId = quote.Id,
                Reexecution = want.Reexecution,
            },
            Cancel);
        market.Fund(job, change);
        if (with is not null)
            market.Disputed(job, with);
        return await market.Client.FundedAsync(job.Id, default, Cancel);
    }

    /// <summary>The provider submits, delivers, and claims what its receipt states unless a test changes it.</summary>
    public static async Task<ReceiptFile> SubmittedAsync(
        this Market market, JobView job, bool delivers = true, Hash256? claims = null,
        Func<Receipt, Receipt>? change = null)
    {
        var output = await market.Provider.PutBlobAsync(Encoding.UTF8.GetBytes("output"), Cancel);
        var receipt = market.ReceiptOf(job, output);
        var file = await (change?.Invoke(receipt) ?? receipt).SignAsync(market.ProviderKey, Cancel);
        market.Chain.Change(job.Id, held => held with
        {
            Status = EscrowStatus.Submitted,
            Deliverable = file.Receipt.Digest(),
            Charge = file.Receipt.Charge,
            SubmittedAt = (ulong)market.Time.GetUtcNow().ToUnixTimeSeconds(),
        });
        market.Disputed(job, d => d with { Claimed = claims ?? ReexecutionResult.Of(file.Receipt) });
        if (delivers)
            await market.Provider.SubmitResultAsync(job.Id, file, output, Cancel);
        return file;
    }

    public static void Disputed(this Market market, JobView job, Func<Dispute, Dispute> change)
    {
        var number = market.Chain.Job(job.Id).Id;
        market.Chain.Disputes[number] = change(market.Chain.Disputes[number]);
    }

    /// <summary>The client doubts it, and the coordinator sees that.</summary>
    public static Task<(JobState State, string? Reason)> DoubtedAsync(this Market market, JobView job)
    {
        market.Disputed(job, d => d with
        {
            State = DisputeState.Disputed,
            Disputer = job.Terms.Client,
            Stake = job.Terms.Reexecution!.Stake(),
            Deadline = (ulong)market.Time.GetUtcNow().ToUnixTimeSeconds() + job.Terms.Reexecution.VotingTime,
        });
        return market.EndAsync(job);
    }

    /// <summary>The committee has decided.</summary>
    public static Task<(JobState State, string? Reason)> DecidedAsync(
        this Market market, JobView job, DisputeState state, Hash256 result)
    {
        market.Disputed(job, d => d with { State = state, Result = result });
        market.Chain.Change(job.Id, held => held with
        {
            Status = state == DisputeState.Confirmed ? EscrowStatus.Completed : EscrowStatus.Rejected,
        });
        return market.EndAsync(job);
    }
}
