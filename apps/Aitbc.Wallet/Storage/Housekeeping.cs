using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Wallet.Storage;

/// <summary>
/// Removes what nothing looks at any more: how often budgets signed in minutes that are long over, and which messages
/// were opened that are too old to open again. Totals of periods and jobs stay.
/// </summary>
internal sealed class Housekeeping(IDbContextFactory<WalletDbContext> databases, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>One pass; how many rows went.</summary>
    public async Task<int> PassAsync(CancellationToken cancel)
    {
        // The names are compared as texts: minutes since 1970 have eight digits from 1989 to 2160.
        var minute = (time.GetUtcNow() - Interval).ToUnixTimeSeconds() / 60;
        var oldest = "r:" + minute.ToString("00000000", CultureInfo.InvariantCulture);
        await using var db = await databases.CreateDbContextAsync(cancel);
        var opened = (time.GetUtcNow() - OpenedMessageRow.Kept).ToUnixTimeMilliseconds();
        return await db.OpenedMessages.Where(m => m.OpenedAtMs < opened).ExecuteDeleteAsync(cancel)
            + await db.Totals
                .Where(t => string.Compare(t.Bucket, "r:") > 0 && string.Compare(t.Bucket, oldest) < 0)
                .ExecuteDeleteAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                await PassAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The daemon ends.
        }
    }
}
