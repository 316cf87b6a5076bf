using Aitbc.Node.Rpc.Protocol;

namespace Aitbc.Node.Rpc.Limits;

/// <summary>Until when a request may compute. Whoever loops looks at it once a step.</summary>
internal readonly struct RpcDeadline(TimeProvider time, TimeSpan limit, CancellationToken gone)
{
    private readonly long begun = time.GetTimestamp();

    /// <summary>Signalled when the client is gone or the node stops.</summary>
    public CancellationToken Gone => gone;

    public TimeSpan Left =>
        limit - time.GetElapsedTime(begun) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <exception cref="RpcError">The time is over.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits for the answer.</exception>
    public void Check()
    {
        gone.ThrowIfCancellationRequested();
        if (time.GetElapsedTime(begun) > limit)
            throw Passed();
    }

    public RpcError Passed() => RpcError.TimedOut(limit);
}
