using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Selling;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Aitbc.Provider.Doors;

/// <summary>The body of a paid request: its bytes bind the payment, its JSON is what is asked.</summary>
internal sealed record PaidBody(JsonElement Json, Hash256 RequestHash, Hash256 BodyHash, string Url)
{
    public const int MostBytes = 24 * 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    public static async Task<PaidBody> ReadAsync(HttpContext http)
    {
        var bytes = await BytesAsync(http);
        var json = Parse(bytes, "The body is no JSON.");
        if (json.ValueKind != JsonValueKind.Object)
            throw SaleRefusedException.Invalid("The body must be a JSON object.");
        var request = http.Request;
        return new PaidBody(
            json,
            PaidRequest.HashOf(request.Method, request.Path, bytes.Span),
            Keccak256.Hash(bytes.Span),
            $"{request.Scheme}://{request.Host}{request.Path}");
    }

    /// <summary>What is asked within a message: its JSON without white space is what a payment is bound to.</summary>
    /// <param name="json">What is asked.</param>
    /// <param name="place">Path and fragment; with one, no request of another door has the same hash.</param>
    /// <param name="url">The resource as an offer names it.</param>
    public static PaidBody Of(JsonElement json, string place, string url)
    {
        var bytes = Parse(() =>
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var plain = new Utf8JsonWriter(buffer))
                json.WriteTo(plain);
            return buffer.WrittenMemory;
        });
        return new PaidBody(json, PaidRequest.HashOf("POST", place, bytes.Span), Keccak256.Hash(bytes.Span), url);
    }

    /// <summary>The bytes of a body that has at most <see cref="MostBytes"/>.</summary>
    public static async Task<ReadOnlyMemory<byte>> BytesAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MostBytes;
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    /// <summary>JSON of bounded depth without members of the same name.</summary>
    public static JsonElement Parse(ReadOnlyMemory<byte> bytes, string otherwise)
    {
        try
        {
            using var parsed = JsonDocument.Parse(bytes, Strict);
            return parsed.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is for names with half a character, which are JSON but no text.
            throw SaleRefusedException.Invalid(otherwise);
        }
    }

    /// <summary>Reads it with a function that throws as the readers of JSON do.</summary>
    public static T Parse<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or KeyNotFoundException
            or JsonException or OverflowException)
        {
            throw SaleRefusedException.Invalid(
                e is FormatException && e.Message.EndsWith('.') ? e.Message : "A member of the body has a wrong form.");
        }
    }

    /// <summary>What went wrong in the words of all doors; null for a defect.</summary>
    public static SaleRefusedException? Refusal(Exception e) => e switch
    {
        SaleRefusedException refused => refused,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            new(413, ProblemCodes.BodyTooLarge, $"The body may have {MostBytes} bytes."),
        BadHttpRequestException bad => new(bad.StatusCode, ProblemCodes.InvalidRequest, "The request cannot be read."),
        AitbcException { Problem: var problem } => new(problem.Status, problem.Code, problem.Detail),
        _ => null,
    };
}
