using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Aitbc.Wallet.Access;

/// <summary>
/// Reads JSON bodies within the limit. The bytes are zeroed after parsing, and what is wrong with them is said by its
/// place only: a body may hold a secret.
/// </summary>
internal sealed class WalletBody(WalletOptions options)
{
    public async Task<Verdict<T>> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if (!http.Request.HasJsonContentType())
            return Refusal.UnsupportedMediaType;
        if (http.Request.ContentLength > options.MaxBodyBytes)
            return Refusal.BodyTooLarge(options.MaxBodyBytes);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxBodyBytes;
        var most = checked((int)options.MaxBodyBytes + 1);
        var buffer = ArrayPool<byte>.Shared.Rent(most);
        var length = 0;
        try
        {
            length = await http.Request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, most), most, throwOnEndOfStream: false, http.RequestAborted);
            return length > options.MaxBodyBytes
                ? Refusal.BodyTooLarge(options.MaxBodyBytes)
                : Parse(buffer.AsSpan(0, length), type);
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Refusal.BodyTooLarge(options.MaxBodyBytes)
                : Refusal.InvalidRequest("The request's body ended early or is malformed.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Verdict<T> Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) is { } value
                ? value
                : Refusal.InvalidRequest("The request's body is null.");
        }
        catch (JsonException e)
        {
            // Path and message may repeat what was sent; line and byte do not.
            return Refusal.InvalidRequest(
                "The body is not the JSON this endpoint takes: malformed, or a member is missing, unknown, given twice "
                + $"or of a wrong type (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");
        }
    }
}
