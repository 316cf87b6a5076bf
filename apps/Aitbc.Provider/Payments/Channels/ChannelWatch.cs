using Aitbc.Primitives;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Payments.Channels;

/// <summary>
/// Follows the channels on the chain, so that no request has to ask: at each new block those that an event names, and
/// all of them now and then, since an event could be missed. Claims on a timer, and at once where a payer is leaving.
/// </summary>
internal sealed class ChannelWatch(
    ChannelTabs tabs, ChannelChain channels, ChainClient chain, ChannelClaims claims, ProviderSelf self,
    ProviderOptions options, TimeProvider time, ILogger<ChannelWatch> log) : BackgroundService
{
    /// <summary>Blocks whose events are asked for at once; after a longer sleep all channels are looked at.</summary>
    private const ulong MostBlocks = 1_000;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(60);
    private ulong? _seen;
    private long _sweptAt;
    private long _claimedAt;

    /// <summary>One look at the chain.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        var head = await chain.BlockNumberAsync(cancel);
        var isSweep = _seen is null || head > _seen + MostBlocks || time.GetElapsedTime(_sweptAt) > SweepInterval;
        if (isSweep)
        {
            foreach (var tab in tabs.All)
                await RefreshAsync(tab.Id, cancel);
            _sweptAt = time.GetTimestamp();
        }
        else if (head > _seen)
        {
            var logs = await chain.LogsAsync(
                new LogFilter(_seen!.Value + 1, head, SystemContractAddresses.BatchSettlement), cancel);
            // The channel's id is the first indexed word of every event of a channel.
            foreach (var id in logs.Where(l => l.Topics.Count > 1).Select(l => l.Topics[1]).Distinct())
            {
                if (tabs.Find(id) is not null)
                    await RefreshAsync(id, cancel);
            }
        }

        _seen = head;
        await claims.ClaimAsync(onlyClosing: true, cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await self.WhenKnownAsync(stoppingToken);
        _claimedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(options.Payments.FollowInterval, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
                if (time.GetElapsedTime(_claimedAt) >= options.Payments.ClaimInterval)
                {
                    _claimedAt = time.GetTimestamp();
                    await claims.ClaimAsync(onlyClosing: false, stoppingToken);
                }
            }
            catch (Exception away) when (!stoppingToken.IsCancellationRequested && away is ChainUnavailableException
                or RpcException or TransactionOutcomeUnknownException or HttpRequestException or IOException
                or Sdk.Errors.AitbcException or OperationCanceledException)
            {
                log.LogWarning("The channels cannot be followed now: {Reason}", away.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RefreshAsync(Hash256 id, CancellationToken cancel) =>
        tabs.Take(id, await channels.ViewAsync(id, cancel));
}
