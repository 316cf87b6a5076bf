using System.Text.Json.Nodes;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>The paid tool: one answer of a model, whole.</summary>
internal sealed class ChatTool(ChatOrders orders, SalesDesk desk) : IMcpTool
{
    public const string AnswerKey = "aitbc/answer";

    public string Name => "chat";

    public JsonObject Describe() => ToolSchemas.Describe(
        Name,
        "Asks a model. Paid by x402: without a payment the result says how to pay; call it again with the same "
            + "arguments and the payment in _meta[\"x402/payment\"]. The same payment again gives the same answer.",
        ToolSchemas.Chat,
        isFree: false);

    public async Task<JsonObject> CallAsync(ToolCallRequest call, CancellationToken cancel)
    {
        var (order, _, _) = await orders.ReadAsync(call.Arguments, cancel);
        var (answer, head) = await desk.SellAsync(order, call.Header, raises: false, cancel);
        return Given(answer, head, Result);
    }

    /// <summary>A whole answer as a result, with its payment.</summary>
    // The head of an answer that is no stream comes when all of it is there.
    public static JsonObject Given(LiveAnswer answer, AnswerHead head, Func<JsonObject, JsonObject> say)
    {
        var bytes = new MemoryStream();
        foreach (var data in answer.All())
            bytes.Write(data.Span);
        var result = say(JsonNode.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length))!.AsObject());
        result["_meta"] = new JsonObject
        {
            [ToolResults.ResponseKey] = ToolResults.Decode(head.PaymentResponse),
            [AnswerKey] = answer.Id,
        };
        return result;
    }

    // An answer may be calls of tools without any text.
    private static JsonObject Result(JsonObject completion)
    {
        var message = completion["choices"]![0]!["message"]!;
        return ToolResults.Of(completion, (string?)message["content"] ?? message.ToJsonString());
    }
}
