using Aitbc.Consensus;
using Aitbc.Consensus.Solo;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Engine;

/// <summary>
/// The one writer: hands inputs to the consensus engine one at a time and carries out its effects. A block is made as
/// soon as there is work (<see cref="Gathering"/>), and an empty one when nothing happened for the heartbeat. It has a
/// thread of its own: however many requests keep the thread pool busy, blocks are made.
/// </summary>
internal sealed partial class BlockMaker(
    Chain chain, ChainFeed feed, NodeOptions options, TimeProvider time, IHostApplicationLifetime life,
    ILogger<BlockMaker> log)
    : BackgroundService, IBlockProducer
{
    private readonly Gathering gathering = new(chain.Pool, options, time);
    private readonly SemaphoreSlim wake = new(0);
    private SoloState state = SoloState.Initial;
    private ITimer? heartbeat;
    private BlockResult? built;

    // Each is set by whoever brings it, and a wake is released only when it was not set: the semaphore counts to two.
    private int hasWork;
    private ulong elapsed;

    /// <summary>A transaction has come in.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref hasWork, 1) == 0)
            wake.Release();
    }

    public override void Dispose()
    {
        heartbeat?.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        OwnThread.RunAsync("block maker", () => Run(stoppingToken));

    private void Run(CancellationToken cancel)
    {
        try
        {
            Deliver(new ConsensusInput.HeightStarted(chain.Head.Header.Number + 1));
            while (true)
                Deliver(Next(cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception e)
        {
            // A broken invariant or a failing disk: no further block is made, and the process ends with the reason.
            if (FullDisk.Caused(e))
                OutOfSpace(log, FullDisk.Say(options.DataDirectory));
            else
                Stopped(log, e);
            Environment.ExitCode = 1;
            life.StopApplication();
        }
    }

    private ConsensusInput Next(CancellationToken cancel)
    {
        while (true)
        {
            wake.Wait(cancel);
            if (Interlocked.Exchange(ref elapsed, 0) is var height and not 0)
                return new ConsensusInput.HeartbeatElapsed(height);
            if (Volatile.Read(ref hasWork) == 0)
                continue;
            gathering.Wait(cancel);
            // Only now: what comes in while the block gathers needs no wake of its own.
            Interlocked.Exchange(ref hasWork, 0);
            return new ConsensusInput.WorkAvailable();
        }
    }

    private void Deliver(ConsensusInput first)
    {
        var inputs = new Queue<ConsensusInput>([first]);
        while (inputs.TryDequeue(out var input))
        {
            (state, var effects) = SoloEngine.Step(state, input);
            foreach (var effect in effects)
                CarryOut(effect, inputs);
        }
    }

    private void CarryOut(ConsensusEffect effect, Queue<ConsensusInput> inputs)
    {
        switch (effect)
        {
            case ConsensusEffect.ScheduleHeartbeat scheduled:
                heartbeat?.Dispose();
                heartbeat = time.CreateTimer(
                    _ => Elapsed(scheduled.Height), null, options.Heartbeat, Timeout.InfiniteTimeSpan);
                break;
            case ConsensusEffect.BuildBlock build:
                gathering.Begin();
                built = chain.Build(build.EvenEmpty);
                inputs.Enqueue(new ConsensusInput.BlockBuilt(build.Height, built?.Block.Header.Hash()));
                break;
            case ConsensusEffect.Decide decide:
                var block = built ?? throw new InvalidOperationException("Nothing was built that could be decided.");
                chain.Commit(block);
                built = null;
                feed.Publish(block);
                gathering.End(block.Block.Transactions.Count);
                inputs.Enqueue(new ConsensusInput.HeightStarted(decide.Height + 1));
                if (chain.Pool.Counts.Pending > 0)
                    Signal();
                break;
            default:
                throw new InvalidOperationException($"The effect {effect} is not known.");
        }
    }

    private void Elapsed(ulong height)
    {
        if (Interlocked.Exchange(ref elapsed, height) == 0)
            wake.Release();
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Block making stopped. {Why}")]
    private static partial void OutOfSpace(ILogger logger, string why);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Block making stopped.")]
    private static partial void Stopped(ILogger logger, Exception exception);
}
