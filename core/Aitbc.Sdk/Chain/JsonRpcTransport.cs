using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Sdk.Chain;

/// <summary>One JSON-RPC 2.0 request per HTTP POST, with a bound on the time and on the size of the answer.</summary>
internal sealed class JsonRpcTransport(HttpClient http, ChainClientOptions options, TimeProvider time)
{
    private const int MaxErrorText = 1024;
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private long lastId;

    public async Task<JsonElement> InvokeAsync(
        string method, Action<Utf8JsonWriter>? writeParameters, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(options.RequestTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        var id = Interlocked.Increment(ref lastId);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, http.BaseAddress);
            request.Content = Body(id, method, writeParameters);
            using var response = await http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw Unusable($"HTTP status {(int)response.StatusCode}");
            using var body = await ReadBoundedAsync(response, both.Token).ConfigureAwait(false);
            return ResultOf(body.RootElement, id);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Unusable($"no answer within {options.RequestTimeout.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Unusable(e.Message, e);
        }
        catch (JsonException e)
        {
            throw Unusable("the answer is not JSON", e);
        }
    }

    private static ReadOnlyMemoryContent Body(long id, string method, Action<Utf8JsonWriter>? writeParameters)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc", "2.0");
            writer.WriteNumber("id", id);
            writer.WriteString("method", method);
            writer.WriteStartArray("params");
            writeParameters?.Invoke(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var content = new ReadOnlyMemoryContent(buffer.WrittenMemory);
        content.Headers.ContentType = Json;
        return content;
    }

    private async Task<JsonDocument> ReadBoundedAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.Content.Headers.ContentLength > options.MaxResponseBytes)
            throw Unusable($"the answer is longer than {options.MaxResponseBytes} bytes");
        var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = new ArrayBufferWriter<byte>(4096);
            while (true)
            {
                var read = await stream.ReadAsync(buffer.GetMemory(4096), cancel).ConfigureAwait(false);
                if (read == 0)
                    return JsonDocument.Parse(buffer.WrittenMemory);
                buffer.Advance(read);
                if (buffer.WrittenCount > options.MaxResponseBytes)
                    throw Unusable($"the answer is longer than {options.MaxResponseBytes} bytes");
            }
        }
    }

    private JsonElement ResultOf(JsonElement answer, long id)
    {
        if (answer.ValueKind != JsonValueKind.Object)
            throw Unusable("the answer is not a JSON-RPC object");
        if (answer.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
            throw ErrorOf(error);
        if (!answer.TryGetProperty("id", out var echoed) || !echoed.TryGetInt64(out var value) || value != id)
            throw Unusable("the answer belongs to another request");
        return answer.TryGetProperty("result", out var result)
            ? result.Clone()
            : throw Unusable("the answer has neither result nor error");
    }

    private static RpcException ErrorOf(JsonElement error)
    {
        var code = error.TryGetProperty("code", out var c) && c.TryGetInt32(out var number) ? number : 0;
        var message = error.TryGetProperty("message", out var m) && m.ValueKind == JsonValueKind.String
            ? m.GetString()!
            : "the node gave no message";
        if (message.Length > MaxErrorText)
            message = message[..MaxErrorText];
        var data = error.TryGetProperty("data", out var d) && d.ValueKind == JsonValueKind.String
            && Hex.TryParse(d.GetString(), out var bytes)
            ? bytes
            : [];
        return new RpcException(code, message, data);
    }

    private ChainUnavailableException Unusable(string reason, Exception? inner = null) =>
        new(http.BaseAddress, reason, inner);
}
