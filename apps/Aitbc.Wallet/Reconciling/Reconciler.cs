using Aitbc.Sdk.Chain;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Wallet.Reconciling;

/// <summary>
/// Asks the chain, at the start and on a timer, what became of everything that was signed under budgets, and gives back
/// what was not taken.
/// </summary>
internal sealed class Reconciler(
    IDbContextFactory<WalletDbContext> databases,
    SpendLedger ledger,
    WalletChain chain,
    ChannelWatch channels,
    ChannelCloser closer,
    ReconcileSignal signal,
    WalletOptions options,
    TimeProvider time,
    ILogger<Reconciler> log) : BackgroundService
{
    private const int MostAtOnce = 1_000;
    private readonly SemaphoreSlim pass = new(1, 1);
    private bool isChainSilent;

    /// <summary>
    /// One pass over the lines that are signed and open, the channels, and what is to be closed on the chain.
    /// </summary>
    public async Task PassAsync(CancellationToken cancel)
    {
        await pass.WaitAsync(cancel);
        try
        {
            if (chain.Client is null)
                return;
            await closer.CancelAsync(cancel);
            await LinesAsync(cancel);
            await channels.PassAsync(cancel);
            await closer.CloseAsync(cancel);
        }
        finally
        {
            pass.Release();
        }
    }

    public override void Dispose()
    {
        pass.Dispose();
        base.Dispose();
    }

    private async Task LinesAsync(CancellationToken cancel)
    {
        if (chain is not { Client: { } client, Escrow: { } escrow })
            return;
        var outcomes = new SpendOutcome(client, escrow);
        for (var after = 0L; ;)
        {
            var rows = await OpenAsync(after, cancel);
            foreach (var row in rows)
            {
                if (await outcomes.OfAsync(row, cancel) is not { } outcome)
                    continue;
                await ledger.EndAsync(row.Id, outcome.State, outcome.Took, outcome.Reason, cancel);
                await channels.AfterDepositAsync(row, cancel);
            }

            if (rows.Count < MostAtOnce)
                return;
            after = rows[^1].Id;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
        {
            try
            {
                await PassAsync(stoppingToken);
                isChainSilent = false;
            }
            catch (Exception e) when (e is ChainUnavailableException or RpcException)
            {
                // Until the node answers again everything that was signed stays counted. Said once.
                if (!isChainSilent)
                    log.LogWarning("The node does not answer; signed spends stay counted: {Reason}", e.Message);
                isChainSilent = true;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
        while (await WaitAsync(stoppingToken));
    }

    private async Task<bool> WaitAsync(CancellationToken cancel)
    {
        try
        {
            await signal.WaitAsync(options.ReconcileInterval, time, cancel);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<List<SpendRow>> OpenAsync(long after, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Spends.AsNoTracking()
            .Where(s => s.State == SpendStates.Signed && s.Id > after)
            .OrderBy(s => s.Id).Take(MostAtOnce).ToListAsync(cancel);
    }
}
