using System.Buffers;
using System.Text.Json;
using Aitbc.Wallet.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Wallet.EthereumRpc;

/// <summary>
/// <c>POST /rpc</c>: JSON-RPC 2.0 as Ethereum libraries speak it, with the wallet's token in the Authorization header.
/// </summary>
internal sealed class RpcDoor(SignerMethods methods, WalletBody bodies)
{
    private const int MostInBatch = 100;
    private const int MostAnswerBytes = 25 * 1024 * 1024;

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/rpc", (RequestDelegate)HandleAsync);

    private async Task HandleAsync(HttpContext http)
    {
        var body = await bodies.ReadAsync(http, RpcJson.Default.JsonDocument);
        if (body.Refusal is { } refusal && refusal.Code != "invalid_request")
        {
            await http.RefuseAsync(refusal);
            return;
        }

        var answer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(answer))
            await AnswerAsync(http, body.Value, json);
        if (answer.WrittenCount == 0)
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await http.AnswerAsync(200, answer.WrittenSpan.ToArray());
    }

    private async Task AnswerAsync(HttpContext http, JsonDocument? document, Utf8JsonWriter json)
    {
        if (document is null || !RpcMember.IsAllText(document.RootElement))
        {
            document?.Dispose();
            Write(json, default, RpcFailure.Parse());
            return;
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Array)
            {
                var key = http.Request.Headers["Idempotency-Key"].ToString();
                await OneAsync(http, root, key.Length == 0 ? null : key, json);
                return;
            }

            if (root.GetArrayLength() is 0 or > MostInBatch)
            {
                Write(json, default, RpcFailure.InvalidRequest($"a batch has 1 to {MostInBatch} requests"));
                return;
            }

            await BatchAsync(http, root, json);
        }
    }

    // Notifications leave no entry; of nothing but those, nothing is answered.
    private async Task BatchAsync(HttpContext http, JsonElement batch, Utf8JsonWriter json)
    {
        var isOpen = false;
        foreach (var each in batch.EnumerateArray())
        {
            var entry = new ArrayBufferWriter<byte>();
            var isFull = json.BytesCommitted + json.BytesPending > MostAnswerBytes;
            using (var part = new Utf8JsonWriter(entry))
                await OneAsync(http, each, null, part, isFull);
            if (entry.WrittenCount == 0)
                continue;
            if (!isOpen)
                json.WriteStartArray();
            isOpen = true;
            json.WriteRawValue(entry.WrittenSpan, skipInputValidation: true);
        }

        if (isOpen)
            json.WriteEndArray();
    }

    private async Task OneAsync(
        HttpContext http, JsonElement element, string? key, Utf8JsonWriter json, bool isFull = false)
    {
        RpcQuestion question;
        try
        {
            question = RpcQuestion.Read(element);
        }
        catch (RpcFailure failure)
        {
            Write(json, default, failure);
            return;
        }

        try
        {
            if (isFull)
                throw RpcFailure.TooMuch(MostAnswerBytes);
            var result = await methods.AnswerAsync(Caller.Of(http), question, key, http.RequestAborted);
            if (question.Id.ValueKind != JsonValueKind.Undefined)
                Write(json, question.Id, result);
        }
        catch (RpcFailure failure)
        {
            if (question.Id.ValueKind != JsonValueKind.Undefined)
                Write(json, question.Id, failure);
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement id, JsonElement result)
    {
        Begin(json, id);
        json.WritePropertyName("result");
        result.WriteTo(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, JsonElement id, RpcFailure failure)
    {
        Begin(json, id);
        json.WriteStartObject("error");
        json.WriteNumber("code", failure.Code);
        json.WriteString("message", failure.Message);
        if (failure.Refusal is { } refusal)
        {
            json.WriteStartObject("data");
            json.WriteString("code", refusal.Code);
            json.WriteBoolean("retryable", refusal.Retryable);
            json.WriteBoolean("charged", false);
            if (refusal.Next is { } next)
                json.WriteString("next", next);
            json.WriteEndObject();
        }
        else if (failure.NodeData is { } data)
        {
            json.WriteString("data", data);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, JsonElement id)
    {
        json.WriteStartObject();
        json.WriteString("jsonrpc", "2.0");
        json.WritePropertyName("id");
        if (id.ValueKind == JsonValueKind.Undefined)
            json.WriteNullValue();
        else
            json.WriteRawValue(id.GetRawText());
    }
}
