using Aitbc.Node.Pool;

namespace Aitbc.Node.Engine;

/// <summary>
/// When the next block is made. A lone transaction is final at once. Under load the blocks are made so far apart that
/// making them takes a quarter of the time, which makes them larger and each transaction in them cheaper; as soon as
/// nothing more comes in, the block is made.
/// </summary>
internal sealed class Gathering(TransactionPool pool, NodeOptions options, TimeProvider time)
{
    // A block of fewer is no sign of load.
    private const int Load = 64;

    // Three parts of waiting for one of making.
    private const int Parts = 3;

    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(2);

    private int transactions;
    private long began;
    private TimeSpan making;
    private long ended;

    public void Begin() => began = time.GetTimestamp();

    public void End(int made)
    {
        transactions = made;
        making = time.GetElapsedTime(began);
        ended = time.GetTimestamp();
    }

    /// <summary>Returns when the next block is to be made.</summary>
    public void Wait(CancellationToken cancel)
    {
        if (transactions < Load)
            return;
        var pause = making * Parts < options.MaxGathering ? making * Parts : options.MaxGathering;
        var seen = pool.Admitted;
        while (time.GetElapsedTime(ended) < pause)
        {
            if (cancel.WaitHandle.WaitOne(Quiet))
                cancel.ThrowIfCancellationRequested();
            var now = pool.Admitted;
            if (now == seen)
                return;
            seen = now;
        }
    }
}
