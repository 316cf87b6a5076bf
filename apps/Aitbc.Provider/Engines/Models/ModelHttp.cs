using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Aitbc.Provider.Engines.Models;

/// <summary>
/// The HTTP side of a server of models. It sends what it is given and nothing else: no cookies, no proxy, no headers
/// that tell of the caller, and it follows no redirect.
/// </summary>
internal sealed class ModelHttp : IDisposable
{
    private readonly ModelLimits _limits;
    private readonly HttpClient _http;

    public ModelHttp(Uri address, ModelLimits limits, string? key = null)
    {
        _limits = limits;
        Address = address;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            // Would tell the server which request of whom this belongs to.
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        })
        {
            BaseAddress = address,
            // Each call has its own deadline.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (key is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Uri Address { get; }

    /// <summary>A small JSON document.</summary>
    public Task<JsonDocument> GetAsync(string path, CancellationToken cancellation) =>
        JsonAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);

    public Task<JsonDocument> PostAsync(string path, byte[] json, CancellationToken cancellation) =>
        JsonAsync(Post(path, json), cancellation);

    /// <summary>
    /// Opens a stream of the named media type; the answer is returned when its headers are there. Throws
    /// <see cref="HttpRequestException"/> with the status of a refusal.
    /// </summary>
    public async Task<Answer> OpenAsync(string path, byte[] json, string mediaType, CancellationToken cancellation)
    {
        using var request = Post(path, json);
        var response = await SendAsync(request, cancellation);
        if (response.Content.Headers.ContentType?.MediaType is { } type && type != mediaType)
        {
            response.Dispose();
            throw new FormatException($"The server did not answer with {mediaType}.");
        }

        var body = await response.Content.ReadAsStreamAsync(cancellation);
        return new Answer(response, new BoundedBody(body, _limits.MaxLineBytes, _limits.MaxResponseBytes));
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Post(string path, byte[] json)
    {
        var content = new ByteArrayContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    private async Task<JsonDocument> JsonAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var sent = request;
        using var response = await SendAsync(request, cancellation);
        await using var body = new BoundedBody(
            await response.Content.ReadAsStreamAsync(cancellation), _limits.MaxResponseBytes, _limits.MaxResponseBytes);
        return JsonDocument.Parse(await body.RestAsync(cancellation));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode == HttpStatusCode.OK)
            return response;
        using (response)
            throw new ServerRefusedException(response.StatusCode, response.Headers.RetryAfter?.Delta);
    }

    /// <summary>An open stream; disposing it closes the connection unless the stream was read to its end.</summary>
    internal sealed class Answer(HttpResponseMessage response, BoundedBody body) : IAsyncDisposable
    {
        public BoundedBody Body => body;

        public async ValueTask DisposeAsync()
        {
            await body.DisposeAsync();
            response.Dispose();
        }
    }
}

/// <summary>
/// The server answered with another status than 200. Its words are not repeated: they may hold secrets of it.
/// </summary>
internal sealed class ServerRefusedException(HttpStatusCode status, TimeSpan? retryAfter)
    : HttpRequestException($"The server answered with status {(int)status}.", null, status)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
