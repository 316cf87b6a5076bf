namespace Aitbc.Testing;

/// <summary>Counts what a step allocates: bytes are the same on every machine, times are not.</summary>
public static class Allocations
{
    /// <summary>
    /// Bytes that a step allocates on this thread, the mean of many. As many steps before are not counted: they compile
    /// the code and fill its caches. No step is given the same number twice.
    /// </summary>
    public static long By(int times, Action<int> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        for (var i = 0; i < times; i++)
            step(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = times; i < 2 * times; i++)
            step(i);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / times;
    }
}
