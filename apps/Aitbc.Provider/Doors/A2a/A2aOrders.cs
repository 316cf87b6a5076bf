using System.Buffers;
using System.Text.Json;
using Aitbc.Provider.Doors.OpenAi;
using Aitbc.Provider.Doors.Rpc;
using Aitbc.Provider.Selling;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>A message to the agent, read.</summary>
/// <param name="Order">What it buys.</param>
/// <param name="Context">The context that it names; null = a new one.</param>
/// <param name="IsAwaited">Whether its client waits for the end of the task.</param>
internal sealed record A2aOrder(SaleOrder Order, string? Context, bool IsAwaited);

/// <summary>Reads messages of both eras as a chat of the OpenAI door.</summary>
internal sealed class A2aOrders(ModelShelf shelf, A2aTasks tasks, TaskBook book, TimeProvider time)
{
    private const int LongestId = 128;

    // Read from the message's metadata, besides the model and the earlier turns.
    private static readonly string[] Settings =
    [
        "max_tokens", "max_completion_tokens", "temperature", "top_p", "seed", "stop", "response_format",
        "reasoning_effort",
    ];

    /// <summary>Throws <see cref="SaleRefusedException"/> and <see cref="RpcRefusedException"/>.</summary>
    public async Task<A2aOrder> ReadAsync(
        HttpContext http, RpcMessage message, bool isLegacy, bool isStream, CancellationToken cancel)
    {
        var parameters = message.Params ?? throw SaleRefusedException.Invalid("The params are missing.");
        var said = Object(parameters, "message") ?? throw SaleRefusedException.Invalid("The message is missing.");
        var (context, isAwaited) = PaidBody.Parse(() => Check(parameters, said, isLegacy));
        var metadata = Object(said, "metadata");
        var name = PaidBody.Parse(() => metadata?.Text("model")) ?? await FirstAsync(cancel);
        var model = await OpenAiDoor.FindAsync(shelf, name, cancel);
        var chat = PaidBody.Parse(() => Chat(model.Name, said, metadata, isLegacy));
        var call = PaidBody.Parse(
            () => OpenAiRequests.Chat(chat, model.Source.Limits) with { Model = model.Name });
        var request = http.Request;
        var body = PaidBody.Of(
            parameters, $"{A2aDoor.Path}#{message.Method}",
            $"{request.Scheme}://{request.Host}{A2aDoor.Path}");
        var format = new TaskFormat(context, model.Name, isStream, book, time);
        return new A2aOrder(OpenAiDoor.Completion(model, call, body, format), context, isAwaited);
    }

    private async Task<string> FirstAsync(CancellationToken cancel) =>
        await shelf.AllAsync(cancel) is [var first, ..]
            ? first.Name
            : throw new SaleRefusedException(404, SaleRefusedException.ModelNotFound, "No model is sold here now.");

    private (string? Context, bool IsAwaited) Check(JsonElement parameters, JsonElement said, bool isLegacy)
    {
        if (Short(said, "messageId") is null)
            throw SaleRefusedException.Invalid("The messageId is missing.");
        if (said.Text("role") != (isLegacy ? "user" : "ROLE_USER"))
            throw SaleRefusedException.Invalid("The role of the message is that of a user.");
        if (Short(said, "taskId") is { } task)
        {
            throw tasks.Find(task) is null
                ? A2aErrors.NoTask()
                : A2aErrors.Of(
                    A2aErrors.UnsupportedOperation, "UNSUPPORTED_OPERATION",
                    "A task here is one message and its answer: send the next message without a task.");
        }

        var configuration = Object(parameters, "configuration");
        var modes = configuration?.Texts("acceptedOutputModes") ?? [];
        if (modes.Count > 0 && !modes.Any(m => m is "text/plain" or "text/*" or "*/*" or "text"))
            throw Content("The answer is text/plain.");
        if (configuration?.Member(isLegacy ? "pushNotificationConfig" : "taskPushNotificationConfig") is not null)
            throw NoPush();
        if (configuration?.Int("historyLength") < 0)
            throw SaleRefusedException.Invalid("historyLength is 0 or more.");
        var isAwaited = isLegacy
            ? configuration?.Bool("blocking") ?? true : !(configuration?.Bool("returnImmediately") ?? false);
        return (Short(said, "contextId"), isAwaited);
    }

    public static RpcRefusedException NoPush() => A2aErrors.Of(
        A2aErrors.PushNotSupported, "PUSH_NOTIFICATION_NOT_SUPPORTED",
        "Nothing is sent to other addresses: read the stream, or get the task.");

    private static RpcRefusedException Content(string sentence) =>
        A2aErrors.Of(A2aErrors.ContentTypeNotSupported, "CONTENT_TYPE_NOT_SUPPORTED", sentence);

    private static JsonElement? Object(JsonElement element, string name) => element.Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => value,
        _ => throw SaleRefusedException.Invalid($"{name} is an object."),
    };

    // Clients of protocol buffers send what is not there as an empty text.
    private static string? Short(JsonElement element, string name)
    {
        var text = element.Text(name);
        if (text is { Length: > LongestId })
            throw SaleRefusedException.Invalid($"{name} has at most {LongestId} characters.");
        return string.IsNullOrEmpty(text) ? null : text;
    }

    private static JsonElement Chat(string model, JsonElement said, JsonElement? metadata, bool isLegacy)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            foreach (var name in Settings)
            {
                if (metadata?.Member(name) is { } value)
                    Setting(json, name, value);
            }

            json.WriteStartArray("messages");
            if (metadata?.Member("messages") is { } earlier)
            {
                foreach (var turn in earlier.EnumerateArray())
                    turn.WriteTo(json);
            }

            json.WriteStartObject();
            json.WriteString("role", "user");
            json.WriteStartArray("content");
            var parts = said.GetProperty("parts");
            if (parts.GetArrayLength() == 0)
                throw new FormatException("A message has parts.");
            foreach (var part in parts.EnumerateArray())
                Part(json, part, isLegacy);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        using var chat = JsonDocument.Parse(buffer.WrittenMemory);
        return chat.RootElement.Clone();
    }

    // Clients of protocol buffers write every number with a point.
    private static void Setting(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            && double.IsInteger(number) && Math.Abs(number) < int.MaxValue)
            json.WriteNumberValue((long)number);
        else
            value.WriteTo(json);
    }

    private static void Part(Utf8JsonWriter json, JsonElement part, bool isLegacy)
    {
        var file = isLegacy ? part.Member("file") : part;
        var (bytes, type) = (
            file?.Text(isLegacy ? "bytes" : "raw"), file?.Text(isLegacy ? "mimeType" : "mediaType"));
        if (part.Text("text") is { } text)
        {
            Text(json, text);
        }
        else if (part.Member("data") is { } data)
        {
            Text(json, data.GetRawText());
        }
        else if (bytes is not null && type is not null && type.StartsWith("image/", StringComparison.Ordinal)
            && type.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '+' or '-'))
        {
            json.WriteStartObject();
            json.WriteString("type", "image_url");
            json.WriteStartObject("image_url");
            json.WriteString("url", $"data:{type};base64,{bytes}");
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else
        {
            // Nothing is fetched for callers: they would reach what only this machine can.
            throw Content("A part is a text, data, or a picture in the message itself.");
        }
    }

    private static void Text(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
