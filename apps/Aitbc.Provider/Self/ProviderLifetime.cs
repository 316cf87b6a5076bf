namespace Aitbc.Provider.Self;

/// <summary>Ends when the provider stops. Work on jobs is bound to it, and to no request.</summary>
internal sealed class ProviderLifetime : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken Stopping => _stopping.Token;

    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
