namespace Aitbc.Wallet.Budgets;

/// <summary>Asks for a look at the chain now instead of at the next tick.</summary>
internal sealed class ReconcileSignal : IDisposable
{
    private readonly SemaphoreSlim wake = new(0, 1);

    public void Give()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It was given already.
        }
    }

    /// <summary>Waits until it is given or the time is over.</summary>
    public async Task WaitAsync(TimeSpan most, TimeProvider time, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            await wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // It is time.
        }
    }

    public void Dispose() => wake.Dispose();
}
