using System.Collections.Concurrent;
using Aitbc.Coordinator.Links;
using Aitbc.Coordinator.Outbound;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Gateway;

/// <summary>How each provider is reached: by the link that it dialled, or else by its registered address.</summary>
internal sealed class ProviderRoutes(LinkTable links, CoordinatorOptions options) : IDisposable
{
    private readonly HttpMessageInvoker http = StrangerHttp.Sender(options.GatewayPrivateAddresses);
    private readonly ConcurrentDictionary<Address, Uri> addresses = new();

    /// <summary>Null if there is no way to it now.</summary>
    public IProviderRoute? Find(Address provider) => links.Find(provider) is { } link ? new LinkRoute(link)
        : addresses.TryGetValue(provider, out var address) ? new DirectRoute(http, address) : null;

    /// <summary>The same, after waiting for a link that may come back.</summary>
    public async Task<IProviderRoute?> WaitAsync(Address provider, TimeSpan most, CancellationToken cancel) =>
        Find(provider) ?? (await links.WaitAsync(provider, most, cancel) is { } link ? new LinkRoute(link) : null);

    /// <summary>Takes over what a provider registered; an empty or odd address is none.</summary>
    public void Know(Address provider, string url)
    {
        if (Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            addresses[provider] = address;
        else
            addresses.TryRemove(provider, out _);
    }

    /// <summary>The address that a provider registered; null = none.</summary>
    public Uri? AddressOf(Address provider) => addresses.GetValueOrDefault(provider);

    public void Forget(Address provider) => addresses.TryRemove(provider, out _);

    public void Dispose() => http.Dispose();
}
