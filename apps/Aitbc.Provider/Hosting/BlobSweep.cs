using Aitbc.Provider.Delivery;
using Aitbc.Provider.Journal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Hosting;

/// <summary>
/// Keeps the inputs of jobs from filling the disk. Those of a job that is not closed stay, whatever they take: it is
/// owed, and who sent them may not have them any more.
/// </summary>
internal sealed class BlobSweep(
    BlobStore blobs, JobJournal journal, ProviderOptions options, TimeProvider time, ILogger<BlobSweep> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    public void Sweep()
    {
        // A job that is admitted after this has used its inputs just before, and the store keeps what is young.
        var needed = journal.Open().SelectMany(e => e.Order().Spec.Blobs()).ToHashSet();
        var removed = blobs.Sweep(needed, options.Retention, (long)options.MaxIdleInputMib << 20);
        if (removed > 0)
            log.LogInformation("Removed {Count} inputs that no open job needs.", removed);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Sweeping.RunAsync(Sweep, "inputs", Interval, time, log, stoppingToken);
}
