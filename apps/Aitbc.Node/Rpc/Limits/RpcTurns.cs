using Aitbc.Node.Rpc.Protocol;

namespace Aitbc.Node.Rpc.Limits;

/// <summary>
/// How many requests compute at once. Whoever gets no turn waits in line, off the threads, until its deadline; a line
/// that is too long is refused. So however many ask, the block writer has its share of the processor.
/// </summary>
internal sealed class RpcTurns(NodeOptions options) : IDisposable
{
    private readonly SemaphoreSlim any = new(options.MaxRpcWork);
    private readonly SemaphoreSlim heavy = new(options.MaxHeavyRpcWork);
    private int waiting;

    public async ValueTask<Turn> TakeAsync(RpcCost cost, RpcDeadline deadline)
    {
        if (cost < RpcCost.Heavy)
        {
            await EnterAsync(any, deadline).ConfigureAwait(false);
            return new Turn(any, null);
        }

        // First the narrow door: who waits there must not keep a place from those who are quick.
        await EnterAsync(heavy, deadline).ConfigureAwait(false);
        try
        {
            await EnterAsync(any, deadline).ConfigureAwait(false);
            return new Turn(any, heavy);
        }
        catch
        {
            heavy.Release();
            throw;
        }
    }

    public void Dispose()
    {
        any.Dispose();
        heavy.Dispose();
    }

    private async ValueTask EnterAsync(SemaphoreSlim door, RpcDeadline deadline)
    {
        if (door.Wait(0, CancellationToken.None))
            return;
        try
        {
            if (Interlocked.Increment(ref waiting) > options.MaxRpcWaiting)
                throw RpcError.TooMuch($"the node is busy: {options.MaxRpcWaiting} requests wait");
            if (!await door.WaitAsync(deadline.Left, deadline.Gone).ConfigureAwait(false))
                throw deadline.Passed();
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    /// <summary>A turn taken; disposing it gives it back.</summary>
    internal readonly struct Turn(SemaphoreSlim any, SemaphoreSlim? heavy) : IDisposable
    {
        public void Dispose()
        {
            any.Release();
            heavy?.Release();
        }
    }
}
