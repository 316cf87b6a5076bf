using Aitbc.Coordinator.Outbound;

namespace Aitbc.Coordinator.Gateway;

/// <summary>A way to ask one provider: over its link, or by its own address.</summary>
internal interface IProviderRoute
{
    /// <summary>Sends a request and waits for the head of its answer. Throws <see cref="RouteException"/>.</summary>
    Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancel);
}

/// <summary>What a provider is asked. Only headers that may cross are in it.</summary>
internal sealed record ProviderCall(
    string Method, string Path, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);

/// <summary>What it answers; disposing it ends what is still on its way.</summary>
internal sealed class ProviderAnswer(
    int status, IReadOnlyDictionary<string, string> headers, Stream body, Func<ValueTask> close) : IAsyncDisposable
{
    public int Status { get; } = status;

    public IReadOnlyDictionary<string, string> Headers { get; } = headers;

    /// <summary>Throws <see cref="IOException"/> or <see cref="HttpRequestException"/> where it breaks.</summary>
    public Stream Body { get; private set; } = body;

    /// <summary>Reads the whole body, which can still be read after it; nothing if it is longer or breaks.</summary>
    public async Task<ReadOnlyMemory<byte>> PeekAsync(int most, CancellationToken cancel)
    {
        try
        {
            var whole = await BoundedBody.ReadAsync(Body, most, cancel);
            Body = new MemoryStream(whole.ToArray(), writable: false);
            return whole;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException)
        {
            Body = Stream.Null;
            return default;
        }
    }

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public ValueTask DisposeAsync() => close();
}

/// <summary>The provider gave no answer.</summary>
internal sealed class RouteException(bool wasSent, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether it may have got the request, and a payment with it.</summary>
    public bool WasSent { get; } = wasSent;
}
