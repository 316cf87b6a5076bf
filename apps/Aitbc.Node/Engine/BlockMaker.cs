using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Engine;

/// <summary>Makes a block as soon as there is work, and an empty one when nothing happened for the heartbeat.</summary>
internal sealed partial class BlockMaker(
    Chain chain, NodeOptions options, TimeProvider time, IHostApplicationLifetime life, ILogger<BlockMaker> log)
    : BackgroundService
{
    private readonly SemaphoreSlim work = new(0, 1);

    /// <summary>A transaction has come in.</summary>
    public void Signal()
    {
        try
        {
            work.Release();
        }
        catch (SemaphoreFullException)
        {
            // A block is due already and will take this transaction along.
        }
    }

    public override void Dispose()
    {
        work.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var isWork = await WaitAsync(stoppingToken).ConfigureAwait(false);
                while (chain.MakeBlock(evenEmpty: !isWork) is not null && chain.Pool.Count > 0)
                    isWork = true;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception e)
        {
            // A broken invariant or a failing disk: no further block is made, and the process ends with the reason.
            Stopped(log, e);
            Environment.ExitCode = 1;
            life.StopApplication();
        }
    }

    private async Task<bool> WaitAsync(CancellationToken cancel)
    {
        using var heartbeat = new CancellationTokenSource(options.Heartbeat, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, heartbeat.Token);
        try
        {
            await work.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Block making stopped.")]
    private static partial void Stopped(ILogger logger, Exception exception);
}
