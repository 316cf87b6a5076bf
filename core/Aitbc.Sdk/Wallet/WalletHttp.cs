using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Sdk.Errors;

namespace Aitbc.Sdk.Wallet;

/// <summary>Requests to the wallet daemon with a token; refusals are <see cref="AitbcException"/>.</summary>
internal sealed class WalletHttp
{
    private const int MaxAnswerBytes = 64 * 1024 * 1024; // 100,000 accounts with the longest labels
    private readonly HttpClient http;
    private readonly AuthenticationHeaderValue authorization;

    public WalletHttp(HttpClient http, string token)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentException.ThrowIfNullOrWhiteSpace(token);
        this.http = http;
        authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
    }

    public async Task<TAnswer> GetAsync<TAnswer>(
        string path, JsonTypeInfo<TAnswer> answerType, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, answerType, cancel).ConfigureAwait(false);
    }

    public async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancel,
        string? idempotencyKey = null)
    {
        using var request = Post(path, body, bodyType);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await SendAsync(request, answerType, cancel).ConfigureAwait(false);
    }

    /// <summary>Posts without a body and expects no answer.</summary>
    public async Task PostAsync(string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        await SendAsync(request, cancel).ConfigureAwait(false);
    }

    /// <summary>Posts a body and expects no answer.</summary>
    public async Task PostAsync<TBody>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancel)
    {
        using var request = Post(path, body, bodyType);
        await SendAsync(request, cancel).ConfigureAwait(false);
    }

    /// <summary>Posts a body and copies the answer as it comes, of whatever length.</summary>
    public async Task DownloadAsync<TBody>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, Stream to, CancellationToken cancel)
    {
        using var request = Post(path, body, bodyType);
        request.Headers.Authorization = authorization;
        using var response = await http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await AitbcException.FromResponseAsync(response, cancel).ConfigureAwait(false);
        await response.Content.CopyToAsync(to, cancel).ConfigureAwait(false);
    }

    private async Task SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        request.Headers.Authorization = authorization;
        using var response = await http.SendAsync(request, cancel).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await AitbcException.FromResponseAsync(response, cancel).ConfigureAwait(false);
    }

    /// <summary>Posts without a body.</summary>
    public async Task<TAnswer> PostAsync<TAnswer>(
        string path, JsonTypeInfo<TAnswer> answerType, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        return await SendAsync(request, answerType, cancel).ConfigureAwait(false);
    }

    private static HttpRequestMessage Post<TBody>(string path, TBody body, JsonTypeInfo<TBody> bodyType)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, bodyType));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    private async Task<TAnswer> SendAsync<TAnswer>(
        HttpRequestMessage request, JsonTypeInfo<TAnswer> answerType, CancellationToken cancel)
    {
        request.Headers.Authorization = authorization;
        using var response = await http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancel).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw await AitbcException.FromResponseAsync(response, cancel).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync(answerType, cancel).ConfigureAwait(false)
            ?? throw new InvalidDataException("The wallet's answer is empty.");
    }
}
