namespace Aitbc.Provider.Engines.Models;

/// <summary>A token that ends with the caller's or after a time, whichever comes first.</summary>
internal sealed class LinkedDeadline : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;

    public LinkedDeadline(TimeSpan after, TimeProvider time, CancellationToken outer)
    {
        _timer = new CancellationTokenSource(after, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, outer);
    }

    public CancellationToken Token => _linked.Token;

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
