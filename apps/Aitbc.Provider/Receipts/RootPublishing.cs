using Aitbc.Primitives;
using Aitbc.Primitives.Merkle;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Receipts;

/// <summary>Publishes the root of each hour's receipts once the hour is over (specs/provider/receipts.md).</summary>
internal sealed class RootPublishing(
    ReceiptBook book,
    ReceiptRootsClient roots,
    ChainClient chain,
    ProviderSelf self,
    ProviderOptions options,
    TimeProvider time,
    ILogger<RootPublishing> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Clocks differ, and a receipt may be on its way into the book.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private readonly HashSet<ulong> done = [];
    private readonly Lock gate = new();
    private readonly SemaphoreSlim looking = new(1);

    /// <summary>True if the chain was seen to hold an hour's root.</summary>
    public bool IsPublished(ulong epoch)
    {
        lock (gate)
            return done.Contains(epoch);
    }

    /// <summary>Closes and publishes what is over. One look at a time: two would publish one hour twice.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        await looking.WaitAsync(cancel);
        try
        {
            await LookOnceAsync(cancel);
        }
        finally
        {
            looking.Release();
        }
    }

    public override void Dispose()
    {
        looking.Dispose();
        base.Dispose();
    }

    private async Task LookOnceAsync(CancellationToken cancel)
    {
        var me = (await self.WhenKnownAsync(cancel)).Address;
        if (await chain.BlockAsync(cancel: cancel) is not { } head)
            return;
        var chainTime = DateTimeOffset.FromUnixTimeSeconds((long)head.TimestampSeconds);
        var now = ReceiptBook.EpochOf(
            (chainTime < time.GetUtcNow() ? chainTime : time.GetUtcNow()) - Grace);
        foreach (var epoch in book.Epochs.Where(e => e < now && !IsPublished(e)))
        {
            book.Close(epoch);
            if (options.PublishReceiptRoots)
                await PublishAsync(me, epoch, cancel);
        }

        book.Forget(ReceiptBook.EpochOf(time.GetUtcNow() - options.ReceiptRetention));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the next look begins from what the chain holds.
                log.LogWarning("Roots of receipts are published later: {Reason}", e.Message);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    private async Task PublishAsync(Address me, ulong epoch, CancellationToken cancel)
    {
        var leaves = book.Leaves(epoch);
        if (leaves.Count == 0)
            return;
        var root = ReceiptTree.Root(leaves);
        var there = await roots.RootAsync(me, epoch, cancel);
        if (there is null)
        {
            if (await roots.LastEpochAsync(me, cancel) is { } last && last > epoch)
            {
                log.LogError("Hour {Epoch} can no longer be published: a later one was.", epoch);
                Done(epoch);
                return;
            }

            var sent = await roots.PublishAsync(me, epoch, root, (ulong)leaves.Count, cancel);
            log.LogInformation(
                "Published the root of {Count} receipts of hour {Epoch} in {Transaction}.",
                leaves.Count, epoch, sent.Hash);
        }
        else if (there.Root != root || there.Count != (ulong)leaves.Count)
        {
            log.LogError(
                "The chain holds another root for hour {Epoch} than this provider's book: the book was lost, or "
                + "another process signs with this key.", epoch);
        }

        Done(epoch);
    }

    private void Done(ulong epoch)
    {
        lock (gate)
            done.Add(epoch);
    }
}
