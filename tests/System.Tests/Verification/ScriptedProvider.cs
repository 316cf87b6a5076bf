using System.Tests.Processes;
using Aitbc.Cli.Network;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace System.Tests.Verification;

/// <summary>A registered provider that gives what a test says, with a true receipt for it.</summary>
internal sealed class ScriptedProvider(Session session, Address account) : IDisposable
{
    private const ulong Billion = 1_000_000_000;
    private MarketClient market = null!;
    private EscrowClient escrow = null!;
    private string version = "";

    public Address Account => account;

    /// <summary>What it gives for any job; null = it gives the job up.</summary>
    public byte[]? Answer { get; set; }

    /// <summary>With an account of its own, coins for its transactions, and an offer at this price.</summary>
    /// <param name="network">Where it sells.</param>
    /// <param name="name">Of its account and its offer.</param>
    /// <param name="price">For a billion units of fuel.</param>
    /// <param name="version">The engine that it says it has, as its receipts do; null = it says none.</param>
    public static async Task<ScriptedProvider> HireAsync(
        TestNetwork network, string name, UInt256 price, string? version = null)
    {
        var session = new Session(Endpoints.OfNetwork(network.Data));
        var wallet = await session.WalletAsync(default);
        var bank = (await session.AccountAsync(null, default)).Address;
        var account = (await wallet.CreateAsync(name)).Address;
        var sender = await session.SenderAsync(default);
        await sender.SendAsync(bank, new CallRequest(account, default, UInt256.One * Billion * Billion), default);
        var provider = new ScriptedProvider(session, account) { version = version ?? "scripted" };
        provider.escrow = new EscrowClient(session.Chain, sender);
        provider.market = await session.MarketAsync(account, default);
        var offer = new Offer("wasm", "wasm", "fuel", price, Billion, 2 * Billion, version);
        await provider.market.RegisterAsync("", [offer]);
        var now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        await provider.market.PutOfferAsync(new MarketOffer
        {
            Provider = account,
            Name = name,
            Engine = "wasm",
            ResourceClass = "wasm",
            UnitKind = "fuel",
            UnitPrice = price,
            UnitsPer = Billion,
            MaxUnits = 2 * Billion,
            Capacity = 4,
            Region = "",
            Warmth = MarketOffer.Warm,
            IssuedAt = now,
            ExpiresAt = now + 3600,
        });
        return provider;
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (await market.LeaseAsync(2, cancel) is { } lease)
                    await WorkAsync(lease.Job, cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }

    public void Dispose() => session.Dispose();

    private async Task WorkAsync(JobView job, CancellationToken cancel)
    {
        if (Answer is not { } answer)
        {
            await market.FailedAsync(job.Id, "engine_lost", "The engine is gone.", cancel);
            return;
        }

        var output = await market.PutBlobAsync(answer, cancel);
        var wallet = await session.WalletAsync(cancel);
        var file = await ReceiptOf(job, output).SignAsync(wallet, cancel);
        var number = await escrow.JobByKeyAsync(job.Id, cancel) ?? throw new InvalidOperationException("Not paid.");
        if (job.Terms.Reexecution is null)
            await escrow.SubmitAsync(account, number, file.Receipt.Digest(), file.Receipt.Charge, cancel);
        else
            await escrow.SubmitAsync(
                account,
                number,
                file.Receipt.Digest(),
                file.Receipt.Charge,
                ReexecutionResult.Of(file.Receipt),
                cancel);
        // The settlement may move the job in this moment; then it is to be sent again.
        for (var isTold = false; !isTold;)
        {
            try
            {
                await market.SubmitResultAsync(job.Id, file, output, cancel);
                isTold = true;
            }
            catch (AitbcException e) when (e.Problem.Retryable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancel);
            }
        }
    }

    private Receipt ReceiptOf(JobView job, Hash256 output)
    {
        var (terms, now) = (job.Terms, (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        return new Receipt
        {
            JobId = job.Id,
            ChainId = terms.ChainId,
            Escrow = terms.Escrow,
            Provider = account,
            Client = terms.Client,
            Engine = terms.Engine,
            EngineVersion = version,
            SpecHash = terms.SpecHash,
            InputHash = job.Spec.InputHash(),
            OutputHash = output,
            Units = 1000,
            UnitKind = terms.UnitKind,
            Charge = UnitCharge.Of(1000, terms.UnitPrice, terms.UnitsPer),
            StartedAtMs = now,
            EndedAtMs = now,
        };
    }
}
