using System.Text.Json.Nodes;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Selling;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>What became of an answer and of its payment.</summary>
internal sealed class WhyTool(AnswerStore store, SalesDesk desk) : IMcpTool
{
    private const string OpenAiPrefix = "chatcmpl-";
    private const int LongestId = 64;

    public string Name => "why";

    public JsonObject Describe() => ToolSchemas.Describe(
        Name,
        "Says what became of an answer: whether it runs or was given, what was charged for it, and what to do. Free.",
        ToolSchemas.Text("answer", "Id of the answer, as chat gives it in _meta[\"aitbc/answer\"]."));

    public Task<JsonObject> CallAsync(ToolCallRequest call, CancellationToken cancel)
    {
        var id = PaidBody.Parse(() => call.Arguments.Text("answer"))
            ?? throw SaleRefusedException.Invalid("The answer is missing.");
        if (id.Length > LongestId)
            throw SaleRefusedException.Invalid("No answer has an id as long.");
        if (id.StartsWith(OpenAiPrefix, StringComparison.Ordinal))
            id = id[OpenAiPrefix.Length..];
        if (desk.Run(id) is not null)
            return Task.FromResult(ToolResults.Of(Say(
                id, "running", null, true, "Wait: the same call with the same payment joins it.")));
        if (store.Find(id) is { IsEnded: true, Head.IsCompletedSuccessfully: true } answer)
            return Task.FromResult(ToolResults.Of(Given(answer, answer.Head.Result)));
        return Task.FromResult(ToolResults.Of(Say(
            id, "unknown", null, true,
            "It was refused or broke, or is no longer kept. A channel was charged nothing for one that was refused or "
                + "broke; the same call with the same payment is charged once.")));
    }

    private JsonObject Given(LiveAnswer answer, AnswerHead head)
    {
        var response = ToolResults.Decode(head.PaymentResponse);
        // A transfer moves what was signed; of a channel the receipt says what was counted, also for a stream.
        var amount = (string?)response["amount"];
        var charged = amount is { Length: > 0 } ? amount
            : store.Receipt(answer.Id) is { } file ? ReceiptFile.TryParse(file)?.Receipt.Charge.ToString() : null;
        var said = Say(
            answer.Id, "given", charged, false,
            charged is null
                ? "The charge is told once the receipt is signed; ask again in a moment."
                : $"Nothing: GET /v1/streams/{answer.Id} gives it again, GET /v1/receipts/{answer.Id} its receipt.");
        if ((string?)response["transaction"] is { Length: > 0 } transaction)
            said["transaction"] = transaction;
        return said;
    }

    /// <param name="id">Of the answer.</param>
    /// <param name="state">Where it is.</param>
    /// <param name="charged">In atto-AIT; null = not known yet.</param>
    /// <param name="retryable">Whether sending the call again helps.</param>
    /// <param name="next">What to do.</param>
    private static JsonObject Say(string id, string state, string? charged, bool retryable, string next) => new()
    {
        ["answer"] = id,
        ["state"] = state,
        ["charged"] = charged,
        ["retryable"] = retryable,
        ["next"] = next,
    };
}
