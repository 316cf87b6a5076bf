using System.Text;
using System.Text.Json;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Network;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Faults;

/// <summary>How a provider misbehaves.</summary>
internal enum Malice
{
    /// <summary>Takes the job and is never heard of again.</summary>
    Vanish,

    /// <summary>Says that it works, and never delivers.</summary>
    Stall,

    /// <summary>Delivers other bytes than those of its receipt.</summary>
    Garbage,

    /// <summary>Counts more units than the job allows, and asks more than the budget.</summary>
    Overcharge,

    /// <summary>Delivers, then delivers again otherwise, judges itself and claims before its time.</summary>
    DoubleSettle,

    /// <summary>Delivers for jobs that are others'.</summary>
    Impostor,
}

/// <summary>A registered provider with an account and coins of its own, and no honesty.</summary>
internal sealed class HostileProvider(Session session, Address account, Malice malice, FaultLog log) : IDisposable
{
    private const int LeaseSeconds = 2;
    private MarketClient? market;
    private EscrowClient? escrow;

    public Address Account => account;

    public async Task RegisterAsync(Offer honest, CancellationToken cancel)
    {
        market = await session.MarketAsync(account, cancel);
        escrow = new EscrowClient(session.Chain, await session.SenderAsync(cancel));
        await market.RegisterAsync("", [honest], cancel);
    }

    /// <summary>Until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (await market!.LeaseAsync(LeaseSeconds, cancel) is { } lease)
                    await ActAsync(lease.Job, cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested && IsAway(e))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), cancel);
            }
        }
    }

    public void Dispose() => session.Dispose();

    private async Task ActAsync(JobView job, CancellationToken cancel)
    {
        log.Did(malice.ToString());
        log.Say($"{malice} with job {job.Id.ToString()[..10]}");
        switch (malice)
        {
            case Malice.Stall:
                await market!.RunningAsync(job.Id, cancel);
                break;
            case Malice.Garbage:
                await GarbageAsync(job, cancel);
                break;
            case Malice.Overcharge:
                await OverchargeAsync(job, cancel);
                break;
            case Malice.DoubleSettle:
                await DoubleSettleAsync(job, cancel);
                break;
            case Malice.Impostor:
                await ImpostorAsync(job, cancel);
                break;
        }
    }

    private async Task GarbageAsync(JobView job, CancellationToken cancel)
    {
        var receipt = Receipt(job, 1_000, Encoding.UTF8.GetBytes("what was promised"));
        await escrow!.SubmitAsync(account, await NumberAsync(job, cancel), receipt.Digest(), receipt.Charge, cancel);
        await DeliverAsync(
            job, receipt, Encoding.UTF8.GetBytes("something else"), "other bytes than the receipt's", cancel);
    }

    private async Task OverchargeAsync(JobView job, CancellationToken cancel)
    {
        var right = await RightAsync(job, cancel);
        var receipt = Receipt(job, 2 * job.Spec.WorstCaseUnits(), right);
        var number = await NumberAsync(job, cancel);
        await TryAsync(
            "a charge above the budget",
            () => escrow!.SubmitAsync(account, number, receipt.Digest(), receipt.Charge, cancel));
        // As much as the escrow has, for a receipt that says more.
        await escrow!.SubmitAsync(account, number, receipt.Digest(), job.Terms.Budget, cancel);
        await DeliverAsync(job, receipt, right, "more units than the job allows", cancel);
    }

    private async Task DoubleSettleAsync(JobView job, CancellationToken cancel)
    {
        var number = await NumberAsync(job, cancel);
        var right = await RightAsync(job, cancel);
        var receipt = Receipt(job, job.Spec.WorstCaseUnits() / 2, right);
        var other = Receipt(job, job.Spec.WorstCaseUnits(), right);
        await TryAsync("judging oneself", () => escrow!.CompleteAsync(account, number, receipt.Digest(), cancel));
        await escrow!.SubmitAsync(account, number, receipt.Digest(), receipt.Charge, cancel);
        await TryAsync(
            "a second delivery", () => escrow.SubmitAsync(account, number, other.Digest(), other.Charge, cancel));
        await TryAsync("judging oneself", () => escrow.CompleteAsync(account, number, receipt.Digest(), cancel));
        await TryAsync("a claim before its time", () => escrow.ClaimPaymentAsync(account, number, cancel));
        await DeliverAsync(job, receipt, right, null, cancel);
        await DeliverAsync(job, other, right, "a second receipt", cancel);
    }

    private async Task ImpostorAsync(JobView job, CancellationToken cancel)
    {
        var (newest, right) = (await escrow!.JobCountAsync(cancel), await RightAsync(job, cancel));
        for (var number = newest; number > 0 && number + 5 > newest; number--)
        {
            if (await escrow.GetJobAsync(number, cancel) is not { } victim || victim.Provider == account)
                continue;
            var (place, receipt) = (number, Receipt(job with { Id = victim.JobKey }, 1, right));
            await TryAsync(
                "delivering another's job",
                () => escrow.SubmitAsync(account, place, receipt.Digest(), UInt256.One, cancel));
            await DeliverAsync(
                job with { Id = victim.JobKey }, receipt, right, "a result for another's job", cancel);
        }
    }

    // What is wrong must be refused; null = nothing is.
    private async Task DeliverAsync(
        JobView job, Receipt receipt, byte[] output, string? wrong, CancellationToken cancel)
    {
        var blob = await market!.PutBlobAsync(output, cancel);
        var file = await receipt.SignAsync(await session.WalletAsync(cancel), cancel);
        Task Deliver() => market.SubmitResultAsync(job.Id, file, blob, cancel);
        if (wrong is null)
            await Deliver();
        else
            await TryAsync(wrong, Deliver);
    }

    // A refusal that comes of a killed daemon or a lost message says nothing: it is not counted.
    private async Task TryAsync(string name, Func<Task> attack)
    {
        try
        {
            await attack();
            log.Attacks.Enqueue(new Attack(name, false, "it was taken"));
            log.Say($"ATTACK TAKEN: {name}");
        }
        catch (AitbcException e) when (!e.Problem.Retryable)
        {
            log.Attacks.Enqueue(new Attack(name, true, e.Problem.Code));
        }
        catch (Exception e) when (e is RpcException or TransactionRevertedException)
        {
            log.Attacks.Enqueue(new Attack(name, true, e.Message));
        }
    }

    private async Task<ulong> NumberAsync(JobView job, CancellationToken cancel) =>
        await escrow!.JobByKeyAsync(job.Id, cancel)
            ?? throw new HttpRequestException("The escrow does not show the job yet.");

    /// <summary>What an honest one would deliver: the client orders word counts.</summary>
    private async Task<byte[]> RightAsync(JobView job, CancellationToken cancel) =>
        Encoding.UTF8.GetBytes(WordCount.Of(await market!.GetBlobAsync(job.Spec.InputHash(), cancel)));

    private Receipt Receipt(JobView job, ulong units, byte[] output)
    {
        var now = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var terms = job.Terms;
        return new Receipt
        {
            JobId = job.Id,
            ChainId = terms.ChainId,
            Escrow = terms.Escrow,
            Provider = account,
            Client = terms.Client,
            Engine = terms.Engine,
            EngineVersion = "hostile",
            SpecHash = terms.SpecHash,
            InputHash = job.Spec.InputHash(),
            OutputHash = Keccak256.Hash(output),
            Units = units,
            UnitKind = terms.UnitKind,
            Charge = UnitCharge.Of(units, terms.UnitPrice, terms.UnitsPer),
            StartedAtMs = now,
            EndedAtMs = now,
        };
    }

    private static bool IsAway(Exception e) => e is HttpRequestException or IOException or ChainUnavailableException
        or RpcException or AitbcException or TransactionOutcomeUnknownException or TransactionRevertedException
        or TaskCanceledException or InvalidDataException or JsonException;
}
