namespace Aitbc.Provider.Self;

/// <summary>
/// Who this provider is, once wallet and node have said so. Until then nothing can be admitted.
/// </summary>
internal sealed class ProviderSelf
{
    private readonly TaskCompletionSource<ProviderIdentity> _known = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null until known.</summary>
    public ProviderIdentity? Identity => _known.Task.IsCompletedSuccessfully ? _known.Task.Result : null;

    public Task<ProviderIdentity> WhenKnownAsync(CancellationToken cancellation) => _known.Task.WaitAsync(cancellation);

    public void Set(ProviderIdentity identity) => _known.TrySetResult(identity);
}
