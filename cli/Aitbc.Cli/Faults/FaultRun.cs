using System.Collections.Concurrent;
using Aitbc.Cli.Demo;
using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Faults;

/// <summary>
/// A hostile world around an honest client: daemons are killed, messages are lost, and providers cheat. What is done is
/// drawn from a seed; what comes of it depends on the moment too. In the end the books are compared.
/// </summary>
internal sealed class FaultRun(string data, int seed, TimeSpan duration, Output output)
{
    private const int AtOnce = 6;
    private const int HonestPercent = 55;
    private static readonly UInt256 Coins = Amount.FromAit(5).Atto;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

    private readonly FaultLog log = new(output);
    private readonly Random random = new(seed);
    private readonly Lock gate = new();
    private readonly ConcurrentBag<(Address Client, ClientJob Job)> jobs = [];
    private readonly ConcurrentBag<LossyHandler> wires = [];

    public async Task<FaultReport> RunAsync(CancellationToken cancel)
    {
        using var plain = new Session(Endpoints.OfNetwork(data));
        var accounts = await (await plain.WalletAsync(cancel)).AccountsAsync(cancel);
        var honest = (await plain.Market().ProvidersAsync(cancel: cancel)).Providers.First(p => p.Online);
        var hostile = await HireAsync(plain, accounts[AtOnce].Address, honest, cancel);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var villains = Task.WhenAll(hostile.Select(h => h.RunAsync(over.Token)));
        var killer = new DaemonKiller(data, new Random(Next(int.MaxValue)), log).RunAsync(duration, cancel);
        var module = WasmSample.Load().Module;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(
            lane => OrderAsync(accounts[lane].Address, lane, module, honest.Address, hostile, cancel)));
        await killer;
        await over.CancelAsync();
        await StoppedAsync(villains);
        foreach (var villain in hostile)
            villain.Dispose();
        log.Say("comparing the books");
        var audited = await AuditAsync(plain, cancel);
        var status = await plain.Chain.StatusAsync(cancel);
        var held = await plain.Chain.BalanceAsync(SystemContractAddresses.JobEscrow, cancel);
        return new FaultReport(
            seed, log, audited, wires.Sum(w => w.LostRequests), wires.Sum(w => w.LostReplies),
            ScoreSheet.Judge(
                audited, held, status.Conservation, honest.Address, [.. log.Attacks], [.. log.Kills]));
    }

    private async Task<IReadOnlyList<HostileProvider>> HireAsync(
        Session session, Address bank, ProviderView honest, CancellationToken cancel)
    {
        var wallet = await session.WalletAsync(cancel);
        var sender = await session.SenderAsync(cancel);
        var offer = honest.Offers.First(o => o.Engine == JobSpec.WasmEngine);
        var hired = new List<HostileProvider>();
        foreach (var malice in Enum.GetValues<Malice>())
        {
            var account = await wallet.CreateAsync($"hostile-{malice.ToString().ToLowerInvariant()}", cancel);
            await sender.SendAsync(bank, new CallRequest(account.Address, default, Coins), cancel);
            var provider = new HostileProvider(
                new Session(Endpoints.OfNetwork(data)), account.Address, malice, log);
            await provider.RegisterAsync(offer, cancel);
            hired.Add(provider);
        }

        log.Say($"{hired.Count} hostile providers have registered beside the honest one");
        return hired;
    }

    private async Task OrderAsync(
        Address account, int lane, byte[] module, Address honest, IReadOnlyList<HostileProvider> hostile,
        CancellationToken cancel)
    {
        using var session = new Session(Endpoints.OfNetwork(data), OpenBadLine);
        var client = new HonestClient(session, account, log);
        for (var number = 0; log.Now < duration; number++)
        {
            var provider = Next(100) < HonestPercent ? honest : hostile[Next(hostile.Count)].Account;
            var task = WasmTask.Make(module, $"seed {seed} lane {lane} number {number}");
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            late.CancelAfter(duration + Settling - log.Now);
            try
            {
                var key = $"faults-{seed}-{lane}-{number}";
                jobs.Add((account, await client.RunAsync(key, provider, task, late.Token)));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                log.Say($"job {number} of lane {lane} did not end in time");
                throw CliFailure.Failed(
                    "not_settled", $"A job did not end within {Settling.TotalSeconds:0} s after the last fault.",
                    "The logs are in the data folder; --data keeps it.");
            }
        }
    }

    private HttpClient OpenBadLine(Uri url, TimeSpan timeout)
    {
        var handler = new LossyHandler(new Random(Next(int.MaxValue)));
        wires.Add(handler);
        return new HttpClient(handler) { BaseAddress = url, Timeout = timeout };
    }

    private async Task<IReadOnlyList<AuditedJob>> AuditAsync(Session session, CancellationToken cancel)
    {
        var escrow = new EscrowClient(session.Chain);
        var held = new List<EscrowJob>();
        for (var number = await escrow.JobCountAsync(cancel); number > 0; number--)
        {
            if (await escrow.GetJobAsync(number, cancel) is { } job)
                held.Add(job);
        }

        var audited = new List<AuditedJob>();
        foreach (var ofClient in jobs.GroupBy(j => j.Client, j => j.Job))
        {
            var market = await session.MarketAsync(ofClient.Key, cancel);
            foreach (var job in ofClient)
            {
                var escrows = held.Where(h => h.JobKey == job.Id).ToList();
                audited.Add(new AuditedJob(
                    job, await FindAsync(market, job.Id, cancel), escrows,
                    await VerdictAsync(session, job, escrows, cancel)));
            }
        }

        return audited;
    }

    private static async Task<ReceiptVerdict?> VerdictAsync(
        Session session, ClientJob job, IReadOnlyList<EscrowJob> escrows, CancellationToken cancel) =>
        job.Receipt is { } receipt
            ? (await ReceiptVerifier.VerifyOnChainAsync(
                receipt, escrows.Select(e => e.Provider), session.Chain, cancel)).Verdict
            : null;

    private static async Task<JobView?> FindAsync(MarketClient market, Hash256 id, CancellationToken cancel)
    {
        try
        {
            return await market.JobAsync(id, cancel);
        }
        catch (AitbcException e) when (e.Problem.Code == ProblemCodes.JobNotFound)
        {
            return null;
        }
    }

    private static async Task StoppedAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            // As it was told.
        }
    }

    private int Next(int below)
    {
        lock (gate)
            return random.Next(below);
    }
}
