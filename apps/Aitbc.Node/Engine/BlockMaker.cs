using Aitbc.Consensus;
using Aitbc.Consensus.Solo;
using Aitbc.Ledger.Execution;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Engine;

/// <summary>
/// The one writer: hands inputs to the consensus engine one at a time and carries out its effects. A block is made as
/// soon as there is work, and an empty one when nothing happened for the heartbeat.
/// </summary>
internal sealed partial class BlockMaker(
    Chain chain, ChainFeed feed, NodeOptions options, TimeProvider time, IHostApplicationLifetime life,
    ILogger<BlockMaker> log)
    : BackgroundService
{
    private readonly SemaphoreSlim work = new(0, 1);
    private SoloState state = SoloState.Initial;
    private CancellationTokenSource heartbeat = new();
    private BlockResult? built;

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
        heartbeat.Dispose();
        work.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Whoever starts this service must not wait for its first block.
            await Task.Yield();
            Deliver(new ConsensusInput.HeightStarted(chain.Head.Header.Number + 1));
            while (true)
                Deliver(await NextAsync(stoppingToken).ConfigureAwait(false));
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

    private async Task<ConsensusInput> NextAsync(CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, heartbeat.Token);
        try
        {
            await work.WaitAsync(either.Token).ConfigureAwait(false);
            return new ConsensusInput.WorkAvailable();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Once is enough: the engine schedules the next with the next height.
            heartbeat.Dispose();
            heartbeat = new CancellationTokenSource();
            return new ConsensusInput.HeartbeatElapsed(state.Height);
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
            case ConsensusEffect.ScheduleHeartbeat:
                heartbeat.Dispose();
                heartbeat = new CancellationTokenSource(options.Heartbeat, time);
                break;
            case ConsensusEffect.BuildBlock build:
                built = chain.Build(build.EvenEmpty);
                inputs.Enqueue(new ConsensusInput.BlockBuilt(build.Height, built?.Block.Header.Hash()));
                break;
            case ConsensusEffect.Decide decide:
                var block = built ?? throw new InvalidOperationException("Nothing was built that could be decided.");
                chain.Commit(block);
                built = null;
                feed.Publish(block);
                inputs.Enqueue(new ConsensusInput.HeightStarted(decide.Height + 1));
                if (chain.Pool.Count > 0)
                    inputs.Enqueue(new ConsensusInput.WorkAvailable());
                break;
            default:
                throw new InvalidOperationException($"The effect {effect} is not known.");
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Block making stopped.")]
    private static partial void Stopped(ILogger logger, Exception exception);
}
