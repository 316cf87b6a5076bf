using System.Text.Json;

namespace Aitbc.Fuzz.Running;

/// <summary>What every answer of JSON-RPC is, whatever was asked.</summary>
internal static class AnswerCheck
{
    private const int InternalError = -32603;

    public static void Check(ReadOnlyMemory<byte> answer)
    {
        if (answer.IsEmpty)
            return;
        using var document = Parse(answer);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            One(document.RootElement);
            return;
        }

        if (document.RootElement.GetArrayLength() == 0)
            throw new FuzzFailure("An empty list answers nothing.");
        foreach (var one in document.RootElement.EnumerateArray())
            One(one);
    }

    /// <summary>An answer, or a message of a subscription, which has no id.</summary>
    public static void CheckMessage(ReadOnlyMemory<byte> message)
    {
        using var document = Parse(message);
        var isEvent = document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("method", out var method)
            && method.GetString() == "eth_subscription";
        if (!isEvent)
            Check(message);
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> answer)
    {
        try
        {
            return JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = 256 });
        }
        catch (JsonException e)
        {
            throw new FuzzFailure("The answer is not JSON.", e);
        }
    }

    private static void One(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object
            || !answer.TryGetProperty("jsonrpc", out var version) || version.GetString() != "2.0"
            || !answer.TryGetProperty("id", out var id)
            || id.ValueKind is not (JsonValueKind.Null or JsonValueKind.Number or JsonValueKind.String)
            || answer.TryGetProperty("result", out _) == answer.TryGetProperty("error", out var error))
            throw new FuzzFailure($"Not an answer of JSON-RPC 2.0: {answer.GetRawText()}");
        if (error.ValueKind == JsonValueKind.Undefined)
            return;
        if (error.GetProperty("message").GetString() is not { Length: > 0 }
            || error.GetProperty("code").GetInt32() == InternalError)
            throw new FuzzFailure($"An error without a reason: {answer.GetRawText()}");
    }
}
