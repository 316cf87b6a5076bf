using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Payments;

/// <summary>Learns who this coordinator is, then looks at all open jobs at start, on a timer, and on hints.</summary>
internal sealed class SettlementLoop(
    IEvaluatorAccount account,
    ChainClient chain,
    EscrowClient escrow,
    MarketSelf self,
    Settler settler,
    SettlementHints hints,
    LeaseDesk leases,
    IStore store,
    CoordinatorOptions options,
    TimeProvider time,
    ILogger<SettlementLoop> log) : BackgroundService
{
    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await IdentifyAsync(stoppingToken);
            await Task.WhenAll(SweepAsync(stoppingToken), FollowHintsAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start reads the chain again.
        }
    }

    private async Task IdentifyAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                var chainId = await chain.ChainIdAsync(stopping);
                var evaluator = await account.AddressAsync(stopping);
                self.Set(new MarketInfo(
                    chainId, escrow.Escrow, evaluator, (ulong)options.EvaluationWindowSeconds, options.MaxBlobBytes));
                log.LogInformation("The coordinator judges as {Evaluator} on chain {Chain}.", evaluator, chainId);
                return;
            }
            catch (Exception away) when (IsAway(away) && !stopping.IsCancellationRequested)
            {
                log.LogInformation("Waiting for wallet and node: {Reason}", away.Message);
            }

            await Task.Delay(StartPause, time, stopping);
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                if (await store.LeadsAsync("settlement", stopping))
                {
                    await leases.ReapAsync(null, stopping);
                    await leases.GiveUpAsync(stopping);
                    await settler.SweepAsync(stopping);
                }
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                log.LogError(failure, "A turn of the settlement failed; the next one starts anew.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(options.SettlementIntervalMs), time, stopping);
        }
    }

    private async Task FollowHintsAsync(CancellationToken stopping)
    {
        await foreach (var job in hints.Reader.ReadAllAsync(stopping))
            await settler.TryReconcileAsync(job, stopping);
    }

    private static bool IsAway(Exception e) =>
        e is HttpRequestException or IOException or UnauthorizedAccessException or ChainUnavailableException
            or RpcException or AitbcException or OperationCanceledException;
}
