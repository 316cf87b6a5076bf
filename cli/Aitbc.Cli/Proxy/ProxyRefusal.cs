using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.X402;

namespace Aitbc.Cli.Proxy;

/// <summary>What a client is told that gets no answer of the server, in the words of the API that it speaks.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">A lower-case word.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Retryable">True if the same request may succeed later.</param>
/// <param name="Charged">Whether it was paid for; null = that is not known.</param>
/// <param name="Next">What helps; null = nothing.</param>
internal sealed record ProxyRefusal(
    int Status, string Code, string Message, bool Retryable = false, bool? Charged = false, string? Next = null)
{
    // What is written is read by programs and by people in a terminal, never put into a page.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ProxyRefusal NoKey { get; } = new(
        401,
        "invalid_api_key",
        "The API key is no token of a budget.",
        Next: "'aitbc budget create NAME 5' makes a budget and shows its token; it is the API key.");

    public static ProxyRefusal Busy { get; } = new(
        503,
        "proxy_busy",
        $"{PayingProxy.MostAtOnce} requests are under way.",
        Retryable: true,
        Next: "Ask again later.");

    public static ProxyRefusal TooLong { get; } = new(
        413, ProblemCodes.BodyTooLarge, $"A body has at most {ProxyExchange.MostBytes} bytes.");

    /// <summary>The end of a stream whose server broke off.</summary>
    public static ProxyRefusal Lost { get; } = new(
        502, "server_lost", "The answer broke off at its server.", Charged: null,
        Next: "Ask for the rest, with the text so far as the last message.");

    /// <summary>The end of a stream whose proxy stops.</summary>
    public static ProxyRefusal Stopping { get; } = new(
        503, "proxy_stopping", "The proxy stops, and ended the answer: what was given of it is paid.", Charged: null);

    public static ProxyRefusal From(Exception failure) => failure switch
    {
        AitbcException { Problem: { Status: 401 } } => NoKey,
        AitbcException { Problem: var p } => new(
            p.Status, p.Code, p.Detail, p.Retryable, p.Charged, p.Next),
        X402Exception { Code: X402Exception.OutcomeUnknown } lost => new(
            502, lost.Code, lost.Message, Retryable: false, Charged: null,
            Next: $"The same request with the header 'Idempotency-Key: {lost.IdempotencyKey}' pays nothing more."),
        X402Exception payment => new(402, payment.Code, payment.Message, Charged: payment.Charged),
        TimeoutException => new(408, "timeout", "The request did not come to its end in time; nothing was asked."),
        HttpRequestException e => new(
            502,
            "unreachable",
            $"Server or wallet gives no answer: {e.Message}.",
            Retryable: true,
            Next: Failures.StartNetwork),
        _ => new(502, "failed", "The request ended without an answer.", Retryable: false, Charged: null),
    };

    /// <summary>The body, for a path of Ollama's API or of OpenAI's.</summary>
    public byte[] Body(string path)
    {
        JsonNode error = path.StartsWith("/api/", StringComparison.Ordinal)
            ? JsonValue.Create(Next is null ? Message : $"{Message} {Next}")
            : new JsonObject
            {
                ["message"] = Message,
                ["type"] = Status < 500 ? "invalid_request_error" : "server_error",
                ["param"] = null,
                ["code"] = Code,
                ["retryable"] = Retryable,
                ["charged"] = Charged,
                ["next"] = Next,
            };
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain))
            new JsonObject { ["error"] = error }.WriteTo(json);
        return buffer.ToArray();
    }
}
