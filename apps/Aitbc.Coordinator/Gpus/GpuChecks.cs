using Aitbc.Coordinator.Errors;
using Aitbc.Sdk.Errors;

namespace Aitbc.Coordinator.Gpus;

/// <summary>
/// Checking the longest lanes takes a processor some tenths of a second: few at once, and only so many that wait.
/// </summary>
internal sealed class GpuChecks : IDisposable
{
    private const int AtOnce = 2;
    private const int MostWaiting = 32;
    private readonly SemaphoreSlim places = new(AtOnce, AtOnce);
    private int here;

    /// <summary>Throws a refusal that may be repeated when too many wait; nothing was started then.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> check, CancellationToken cancel)
    {
        try
        {
            if (Interlocked.Increment(ref here) > AtOnce + MostWaiting)
                throw new AitbcException(Refusal.Of(
                    503, ProblemCodes.Busy, "Too many answers wait to be checked.", "Send it again.", true).Problem with
                { RetryAfter = 1 });
            await places.WaitAsync(cancel);
            try
            {
                return await Task.Run(check, cancel);
            }
            finally
            {
                places.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref here);
        }
    }

    public void Dispose() => places.Dispose();
}
