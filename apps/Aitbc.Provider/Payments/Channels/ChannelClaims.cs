using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Payments.Channels;

/// <summary>
/// Claims what channels owe, many in one transaction. What is owed follows from the journal and the chain alone, so a
/// claim that was lost or repeated changes nothing.
/// </summary>
internal sealed class ChannelClaims(
    ChannelTabs tabs, ChannelChain chain, ProviderSelf self, ILogger<ChannelClaims> log) : IDisposable
{
    /// <summary>As many as a transaction's 128 KiB hold.</summary>
    public const int MostRows = 240;

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Claims what is owed, of all channels or only of those whose payer is leaving.</summary>
    /// <returns>How many channels were claimed.</returns>
    public async Task<int> ClaimAsync(bool onlyClosing, CancellationToken cancel)
    {
        var me = await self.WhenKnownAsync(cancel);
        await _turn.WaitAsync(cancel);
        try
        {
            var claimed = 0;
            // The first to go are those that can be lost.
            foreach (var batch in Due(onlyClosing).OrderBy(d => d.IsClosing ? 0 : 1).Chunk(MostRows))
                claimed += await ClaimAsync(batch, me.Address, cancel);
            return claimed;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private IEnumerable<Debt> Due(bool onlyClosing) =>
        tabs.All.Select(DebtOf).OfType<Debt>().Where(d => d.IsClosing || !onlyClosing);

    /// <summary>What a channel owes; null if that is nothing.</summary>
    public static ChannelClaimRow? RowOf(ChannelTab tab)
    {
        lock (tab.Gate)
        {
            if (tab.Record is not { } record || tab.View is not { } view)
                return null;
            // Beyond what the channel holds nothing can be claimed, and asking would refuse the whole batch.
            var total = UInt256.Min(record.Charged, UInt256.Min(record.Signed, view.Balance));
            return total > view.Claimed
                ? new ChannelClaimRow(record.Config, record.Signed, Hex.Parse(record.Signature), total) : null;
        }
    }

    private static Debt? DebtOf(ChannelTab tab) =>
        RowOf(tab) is { } row ? new Debt(tab, row, tab.View is { WithdrawingSince: not 0 }) : null;

    private async Task<int> ClaimAsync(IReadOnlyList<Debt> batch, Address me, CancellationToken cancel)
    {
        try
        {
            var transaction = await chain.ClaimAsync(me, [.. batch.Select(d => d.Row)], cancel);
            log.LogInformation("Claimed {Count} channels in {Transaction}.", batch.Count, transaction);
        }
        catch (Exception refused) when (refused is RpcException or TransactionRevertedException)
        {
            if (batch.Count == 1)
            {
                log.LogWarning(
                    "The chain refuses the claim of channel {Channel}: {Reason}", batch[0].Tab.Id, refused.Message);
                return 0;
            }

            var half = batch.Count / 2;
            return await ClaimAsync([.. batch.Take(half)], me, cancel)
                + await ClaimAsync([.. batch.Skip(half)], me, cancel);
        }

        foreach (var debt in batch)
            tabs.Take(debt.Tab.Id, await chain.ViewAsync(debt.Tab.Id, cancel));
        return batch.Count;
    }

    private sealed record Debt(ChannelTab Tab, ChannelClaimRow Row, bool IsClosing);
}
